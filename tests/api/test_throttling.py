"""Wrong passwords make the next attempt wait: of one account from one network, and no other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Protocol
from uuid import uuid4

import httpx2
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from sqlalchemy import text

from services.accounts import throttling
from services.accounts.throttling import FREE_ATTEMPTS, LONGEST_PAUSE_SECONDS
from services.devices import Device
from storage.database import MAINTENANCE, Database
from storage.repositories.sign_in_attempts import SignInAttemptRepository
from tests.support.accounts import Account, get_tokens, new_account

pytestmark = pytest.mark.server

FIRST_PAUSE_SECONDS = 600
FORGET_PAUSES = text("UPDATE sign_in_attempts SET blocked_until = now()")
AGE = text("UPDATE sign_in_attempts SET last_at = last_at - interval '25 hours'")


class ClientAt(Protocol):
    """Gives a client whose requests come from an address."""

    async def __call__(self, address: str) -> httpx2.AsyncClient: ...


@pytest.fixture
async def client_at(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ClientAt]:
    """Where a first pause outlasts the test, however slow that is."""
    monkeypatch.setattr(throttling, "FIRST_PAUSE_SECONDS", FIRST_PAUSE_SECONDS)
    async with AsyncExitStack() as stack:
        manager = LifespanManager(app, startup_timeout=60, shutdown_timeout=60)
        running = await stack.enter_async_context(manager)

        async def client_at(address: str) -> httpx2.AsyncClient:
            transport = httpx2.ASGITransport(app=running.app, client=(address, 50_000))
            client = httpx2.AsyncClient(transport=transport, base_url="http://service/api/v1")
            return await stack.enter_async_context(client)

        yield client_at


async def fail(client: httpx2.AsyncClient, email: str, times: int = FREE_ATTEMPTS) -> list[int]:
    wrong = Account(email, "not this one at all")
    return [(await get_tokens(client, wrong)).status_code for _ in range(times)]


@pytest.mark.parametrize("has_account", [True, False])
async def test_after_five_wrong_ones_the_next_has_to_wait_whoever_it_is(
    client_at: ClientAt, has_account: bool
) -> None:
    client = await client_at("203.0.113.7")
    unknown = Account(f"{uuid4().hex}@school.edu")
    account = await new_account(client) if has_account else unknown

    statuses = await fail(client, account.email, FREE_ATTEMPTS + 1)
    right = await get_tokens(client, account)

    assert statuses == [401] * FREE_ATTEMPTS + [429]
    assert (right.status_code, right.json()["code"]) == (429, "too_many_attempts")
    assert FIRST_PAUSE_SECONDS - 120 < int(right.headers["Retry-After"]) <= FIRST_PAUSE_SECONDS


async def test_nobody_else_has_to_wait(client_at: ClientAt) -> None:
    school, home = await client_at("203.0.113.7"), await client_at("198.51.100.1")
    attacked, colleague = await new_account(school), await new_account(school)

    await fail(school, attacked.email)

    assert (await get_tokens(school, colleague)).status_code == 200
    assert (await get_tokens(home, attacked)).status_code == 200
    assert (await get_tokens(school, attacked)).status_code == 429


async def test_another_spelling_or_address_of_the_same_network_begins_nothing_anew(
    client_at: ClientAt,
) -> None:
    client = await client_at("2001:db8:1:2:a::1")
    neighbour = await client_at("2001:db8:1:2:b::2")
    elsewhere = await client_at("2001:db8:1:3::1")
    account = await new_account(client)

    await fail(client, account.email)

    shouted = Account(account.email.upper().replace("S", "\uff53"))
    assert (await get_tokens(neighbour, shouted)).status_code == 429
    assert (await get_tokens(elsewhere, shouted)).status_code == 200


async def test_a_right_password_after_the_pause_begins_anew(
    client_at: ClientAt, database: Database
) -> None:
    client = await client_at("203.0.113.8")
    account = await new_account(client)
    await fail(client, account.email)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(FORGET_PAUSES)

    right = await get_tokens(client, account)

    assert right.status_code == 200
    assert await fail(client, account.email) == [401] * FREE_ATTEMPTS


async def test_guesses_side_by_side_find_no_password(client_at: ClientAt) -> None:
    client = await client_at("203.0.113.9")
    account = await new_account(client)
    wrong = Account(account.email, "not this one at all")
    guesses = [wrong] * (FREE_ATTEMPTS + 5) + [account]

    answers = await asyncio.gather(*(get_tokens(client, guess) for guess in guesses))

    assert answers[-1].status_code == 429
    assert {answer.status_code for answer in answers} <= {401, 429}


async def test_people_who_sign_in_side_by_side_do_not_hold_up_one_another(
    client_at: ClientAt,
) -> None:
    client = await client_at("203.0.113.10")
    account = await new_account(client)

    answers = await asyncio.gather(*(get_tokens(client, account) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}


async def test_pauses_double_up_to_a_quarter_of_an_hour_and_are_forgotten_after_a_day(
    database: Database,
) -> None:
    key, pauses = uuid4().bytes, []
    limits = {
        "free": FREE_ATTEMPTS,
        "first_seconds": 1,
        "longest_seconds": LONGEST_PAUSE_SECONDS,
    }
    for _ in range(FREE_ATTEMPTS + 12):
        async with database.transaction(MAINTENANCE) as session:
            attempts = SignInAttemptRepository(session)
            await attempts.fail(key, **limits)
            pauses.append(await attempts.seconds_to_wait(key))
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(AGE)
        attempts = SignInAttemptRepository(session)
        count = await attempts.fail(key, **limits)

    assert pauses[:10] == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
    assert count == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:a:b:c:d", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "unknown"),
    ],
)
def test_a_network_is_an_address_or_what_one_customer_has(address: str, network: str) -> None:
    assert Device(address, "x").network == network
