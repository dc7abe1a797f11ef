"""The demo: loaded whole, again without harm, and not against the will of its owner."""

import pytest

from services.accounts.signing_in import Proof
from services.actors import Actor
from services.demo import ACCOUNTS, DEMO_PASSWORD
from services.devices import THIS_MACHINE
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
        assert await services.signing_in.for_tool(Proof(account.email, DEMO_PASSWORD), THIS_MACHINE)
    with pytest.raises(NotAuthenticatedError):
        await services.signing_in.for_tool(Proof(ACCOUNTS[0].email, "wrong password"), THIS_MACHINE)
    found = await services.retrieval.search(operator, SLUG, "Why does a pendulum keep time?")
    assert "pendulum" in found.passages[0].text.lower()

    await services.courses.delete(operator, SLUG)
    assert await services.demo.load(operator) is None
