"""The demo: loaded whole, again without harm, and not against the will of its owner."""

import pytest

from services.actors import Actor
from services.demo import ACCOUNTS, DEMO_PASSWORD
from services.errors import NotAuthenticatedError
from tests.support.material import Shelf

SLUG = "how-things-move"


@pytest.fixture
async def operator(shelf: Shelf) -> Actor:
    return await shelf.services.identity.operator()


async def test_the_demo_is_loaded_once_and_a_deleted_one_stays_deleted(
    shelf: Shelf, operator: Actor
):
    services = shelf.services
    first = await services.demo.load(operator)
    second = await services.demo.load(operator)

    assert first is not None
    assert second is not None
    assert {file.status for file in first.files} == {"ok"}
    assert {file.status for file in second.files} == {"unchanged"}
    for account in ACCOUNTS:
        assert await services.identity.sign_in(account.email, DEMO_PASSWORD)
    with pytest.raises(NotAuthenticatedError):
        await services.identity.sign_in(ACCOUNTS[0].email, "wrong password")
    found = await services.retrieval.search(operator, SLUG, "Why does a pendulum keep time?")
    assert "pendulum" in found.passages[0].text.lower()

    await services.courses.delete(operator, SLUG)
    assert await services.demo.load(operator) is None
