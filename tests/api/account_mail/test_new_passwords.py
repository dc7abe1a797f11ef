"""New passwords, by links that mails carry, and what they end."""

import asyncio
import logging
import time

import httpx2
import pytest
from sqlalchemy import func, select, text, update

from bootstrap.adapters import Adapters
from bootstrap.services import Services
from models import AccountLink, OutgoingMail
from storage.database import MAINTENANCE, Database
from tests.support.accounts import PASSWORD, Account, Browser, bearer, get_tokens
from tests.support.mail_server import MailServer
from tests.support.mailed_accounts import (
    NEW_PASSWORD,
    forgot,
    new_email,
    register,
    reset,
    verified_account,
)

pytestmark = pytest.mark.server


async def test_a_forgotten_password_is_replaced_by_a_link_that_is_good_once(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    account = await verified_account(client, services, server)
    tool = await bearer(client, account)
    browser = Browser(client)
    await browser.login(account)

    asked = await forgot(client, account.email)
    await services.mails.send_due()
    token = server.token_to(account.email)
    done, again = await reset(client, token), await reset(client, token)

    assert (asked.status_code, done.status_code, again.status_code) == (202, 204, 422)
    assert again.json()["code"] == "bad_link"
    assert (await client.get("/users/me", headers=tool)).status_code == 401
    assert (await browser.send("GET", "/users/me")).status_code == 401
    assert (await get_tokens(client, account)).status_code == 401
    assert (await get_tokens(client, Account(account.email, NEW_PASSWORD))).status_code == 200
    await services.mails.send_due()
    assert server.to(account.email)[-1]["Subject"] == "Your password was changed"


async def test_forgetting_tells_nobody_which_addresses_have_accounts(
    client: httpx2.AsyncClient, services: Services, server: MailServer, adapters: Adapters
) -> None:
    account = await verified_account(client, services, server)
    unknown = new_email()

    async def timed(email: str) -> tuple[int, str, float]:
        started = time.perf_counter()
        response = await forgot(client, email)
        return response.status_code, response.text, time.perf_counter() - started

    known_answers = [await timed(account.email) for _ in range(8)]
    unknown_answers = [await timed(unknown) for _ in range(8)]
    while await services.mails.send_due():
        pass

    assert {answer[:2] for answer in known_answers} == {answer[:2] for answer in unknown_answers}
    quickest = min(answer[2] for answer in known_answers)
    assert 0.2 < min(answer[2] for answer in unknown_answers) / quickest < 5
    assert server.to(unknown) == []
    assert len(server.to(account.email)) == 2


async def test_a_link_is_kept_as_a_hash_and_no_mail_stays_behind(
    client: httpx2.AsyncClient, services: Services, server: MailServer, database: Database
) -> None:
    account = await verified_account(client, services, server)
    await forgot(client, account.email)
    async with database.transaction(MAINTENANCE) as session:
        rows = text("SELECT string_agg(to_jsonb(outgoing_mails)::text, ' ') FROM outgoing_mails")
        waiting = await session.scalar(rows)
    await services.mails.send_due()
    token = server.token_to(account.email)

    async with database.transaction(MAINTENANCE) as session:
        links = await session.scalar(
            text("SELECT string_agg(to_jsonb(account_links)::text, ' ') FROM account_links")
        )
        left = await session.scalar(
            select(func.count()).where(OutgoingMail.recipient == account.email)
        )

    assert waiting is not None
    assert token not in waiting + links
    assert left == 0


async def test_an_old_link_and_one_for_another_purpose_are_refused(
    client: httpx2.AsyncClient, services: Services, server: MailServer, database: Database
) -> None:
    email = new_email()
    await register(client, email)
    await services.mails.send_due()
    verify_token = server.token_to(email)
    misused = await reset(client, verify_token)
    await forgot(client, email)
    await services.mails.send_due()
    reset_token = server.token_to(email)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(update(AccountLink).values(expires_at=func.now()))

    old = await reset(client, reset_token)

    assert (misused.status_code, old.status_code) == (422, 422)


async def test_of_two_uses_at_once_one_sets_the_password(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    account = await verified_account(client, services, server)
    await forgot(client, account.email)
    await services.mails.send_due()
    token = server.token_to(account.email)

    answers = await asyncio.gather(*(reset(client, token) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [204, 422, 422]


async def test_a_weak_new_password_leaves_the_link_good(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    account = await verified_account(client, services, server)
    await forgot(client, account.email)
    await services.mails.send_due()
    token = server.token_to(account.email)

    weak = await reset(client, token, "password123")

    assert weak.json()["errors"][0]["field"] == "password"
    assert (await reset(client, token)).status_code == 204


async def test_a_changed_password_ends_all_other_sessions(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    account = await verified_account(client, services, server)
    here, there = await bearer(client, account), await bearer(client, account)
    path = "/auth/password/change"

    wrong = {"current_password": "not this one", "new_password": NEW_PASSWORD}
    refused = await client.post(path, headers=here, json=wrong)
    right = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    changed = await client.post(path, headers=here, json=right)

    assert refused.json()["errors"][0]["field"] == "current_password"
    assert changed.status_code == 204
    assert (await client.get("/users/me", headers=here)).status_code == 200
    assert (await client.get("/users/me", headers=there)).status_code == 401
    assert (await get_tokens(client, Account(account.email, NEW_PASSWORD))).status_code == 200


async def test_no_log_holds_a_secret(
    client: httpx2.AsyncClient,
    services: Services,
    server: MailServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    account = await verified_account(client, services, server)
    tokens = (await get_tokens(client, account)).json()
    browser = Browser(client)
    await browser.login(account)
    wrong = Account(account.email, "a wrong password typed")
    await get_tokens(client, wrong)
    await forgot(client, account.email)
    await services.mails.send_due()
    token = server.token_to(account.email)
    await reset(client, token)
    await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})

    secrets = [
        account.password, wrong.password, NEW_PASSWORD, token, tokens["access_token"],
        tokens["refresh_token"], *browser.cookies.values(), browser.csrf_token,
    ]  # fmt: skip
    assert [secret for secret in secrets if secret is not None and secret in caplog.text] == []
