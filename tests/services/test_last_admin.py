"""Whoever is erased, a school keeps an admin who can sign in."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bootstrap.adapters import Adapters
from bootstrap.services import Services, build_services
from services.devices import Device
from services.errors import WrongStateError
from services.users import NewUser
from storage.database import Database
from tests.support.accounts import PASSWORD

pytestmark = pytest.mark.server

HERE = Device.of("192.0.2.1", "test")


@pytest.fixture
async def lone_school(own_database_url: str, adapters: Adapters) -> AsyncIterator[Services]:
    """A school of its own, where nobody else is an admin."""
    database = Database(own_database_url)
    yield build_services(replace(adapters, database=database))
    await database.close()


async def test_one_admin_stays(lone_school: Services) -> None:
    services = lone_school
    operator = await services.identity.operator()
    first, second = [
        await services.users.create(operator, NewUser(f"{n}@school.edu", PASSWORD, role="admin"))
        for n in range(2)
    ]
    actors = [replace(operator, user_id=one.id, email=one.email) for one in (first, second)]

    await services.erasure.erase_own(actors[0], PASSWORD, None, HERE)
    with pytest.raises(WrongStateError, match="last admin"):
        await services.erasure.erase_own(actors[1], PASSWORD, None, HERE)
    with pytest.raises(WrongStateError, match="command line"):
        await services.erasure.erase_for(actors[1], operator.user_id, operator.email, HERE)

    assert (await services.users.read(actors[1], second.id)).role == "admin"
