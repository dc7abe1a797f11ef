"""Registering, proving an address, and new passwords by links that a real SMTP server takes."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr
from sqlalchemy import delete, func, select, text, update

from api.app import create_app
from bootstrap.adapters import Adapters
from bootstrap.services import Services, build_services
from models import AccountLink, OutgoingMail, User
from storage.database import MAINTENANCE, Database
from tests.support.accounts import PASSWORD, Account, Browser, bearer, get_tokens
from tests.support.mail_server import MailServer, mail_server, token_in
from tests.support.service import Person

pytestmark = pytest.mark.server

NEW_PASSWORD = "another long secret"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture(autouse=True)
async def empty_outbox(database: Database) -> None:
    """Other tests leave mails behind that nobody sends."""
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(delete(OutgoingMail))


def with_settings(adapters: Adapters, **changes: Any) -> Adapters:
    return replace(adapters, settings=adapters.settings.model_copy(update=changes))


@pytest.fixture
def mail_adapters(adapters: Adapters, server: MailServer) -> Adapters:
    return with_settings(
        adapters,
        smtp_url=SecretStr(server.url),
        mail_from="Our School <tutor@school.edu>",
        public_url="https://tutor.school.edu/",
        school_name="Our School",
    )


@asynccontextmanager
async def client_of(adapters: Adapters) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(lambda _: nullcontext(adapters), adapters.settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
        httpx2.AsyncClient(transport=transport, base_url="http://service/api/v1") as client,
    ):
        yield client


@pytest.fixture
async def client(mail_adapters: Adapters) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(mail_adapters) as opened:
        yield opened


@pytest.fixture
def services(mail_adapters: Adapters) -> Services:
    return build_services(mail_adapters)


def new_email() -> str:
    return f"{uuid4().hex}@school.edu"


async def register(client: httpx2.AsyncClient, email: str, **fields: Any) -> httpx2.Response:
    body = {"email": email, "password": PASSWORD, "display_name": "Asha", **fields}
    return await client.post("/auth/register", json=body)


async def verified_account(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> Account:
    account = Account(new_email())
    await register(client, account.email)
    await services.mails.send_due()
    token = server.token_to(account.email)
    verified = await client.post("/auth/verify-email", json={"token": token})
    assert verified.status_code == 204, verified.text
    return account


async def forgot(client: httpx2.AsyncClient, email: str) -> httpx2.Response:
    return await client.post("/auth/password/forgot", json={"email": email})


async def reset(
    client: httpx2.AsyncClient, token: str, password: str = NEW_PASSWORD
) -> httpx2.Response:
    return await client.post("/auth/password/reset", json={"token": token, "password": password})


async def test_who_registers_proves_the_address_before_signing_in(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    account = Account(new_email())
    registered = await register(client, account.email)
    before = await get_tokens(client, account)
    await services.mails.send_due()
    (mail,) = server.to(account.email)

    verified = await client.post("/auth/verify-email", json={"token": token_in(mail.get_content())})
    after = await get_tokens(client, account)

    assert registered.status_code == 201
    assert (before.status_code, before.json()["code"]) == (403, "email_not_verified")
    assert mail["From"] == "Our School <tutor@school.edu>"
    assert "https://tutor.school.edu/verify-email#" in mail.get_content()
    assert (verified.status_code, after.status_code) == (204, 200)


async def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    account = await verified_account(client, services, server)

    fresh = await register(client, new_email())
    taken = await register(client, account.email.upper())
    await services.mails.send_due()

    assert taken.status_code == fresh.status_code == 201
    assert taken.json().keys() == fresh.json().keys()
    assert taken.json()["email"] == account.email
    assert server.to(account.email)[-1]["Subject"] == "You have an account already"
    assert (await get_tokens(client, account)).status_code == 200


async def test_mails_are_in_the_language_of_the_account(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    account = Account(new_email())
    await register(client, account.email, language="hi-IN")
    await services.mails.send_due()
    token = server.token_to(account.email)
    await client.post("/auth/verify-email", json={"token": token})
    await register(client, account.email)
    await services.mails.send_due()
    await forgot(client, account.email)
    await services.mails.send_due()
    await reset(client, server.token_to(account.email))
    await services.mails.send_due()

    mails = server.to(account.email)

    assert [mail["Subject"] for mail in mails] == [
        "अपने ई-मेल पते की पुष्टि करें",
        "आपका खाता पहले से है",
        "नया पासवर्ड चुनें",
        "आपका पासवर्ड बदला गया",
    ]
    for mail in mails:
        assert mail.get_content().startswith("नमस्ते Asha,")
        assert "https://tutor.school.edu/" in mail.get_content()


async def test_who_chooses_another_language_gets_mails_in_it(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    account = await verified_account(client, services, server)
    person = await bearer(client, account)

    changed = await client.patch("/users/me", json={"language": "hi"}, headers=person)
    await forgot(client, account.email)
    await services.mails.send_due()

    assert changed.json()["language"] == "hi"
    assert server.to(account.email)[-1]["Subject"] == "नया पासवर्ड चुनें"


@pytest.mark.parametrize(
    "trick",
    [
        lambda email: email.upper(),
        lambda email: f"  {email} ",
        lambda email: email.replace("k", "\u212a"),  # Kelvin sign
        lambda email: email.replace("a", "\uff41"),  # full width
        lambda email: email.replace("@school.edu", "@\uff53chool.edu"),
    ],
)
async def test_an_address_written_another_way_is_the_same_account(
    client: httpx2.AsyncClient, services: Services, database: Database, trick: Any
) -> None:
    email = f"k{uuid4().hex}a@school.edu"
    await register(client, email)

    await register(client, trick(email))

    async with database.transaction(MAINTENANCE) as session:
        statement = select(func.count()).where(User.email.like(f"%{email[1:33]}%"))
        assert await session.scalar(statement) == 1


@pytest.mark.parametrize("email", ["\u0131\u0131@school.edu", "asha@school.edu\u200b", "a@b", "@"])
async def test_addresses_that_are_none_are_named(client: httpx2.AsyncClient, email: str) -> None:
    responses = [await register(client, email), await forgot(client, email)]

    kinds = {response.status_code for response in responses}
    assert kinds <= {201, 202} if "\u0131" in email else kinds == {422}


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


@pytest.mark.parametrize("path", ["/auth/register", "/auth/login", "/auth/password/reset"])
async def test_a_password_of_a_megabyte_is_refused_before_it_is_hashed(
    client: httpx2.AsyncClient, path: str
) -> None:
    body = {"email": new_email(), "token": "x", "password": "x" * 1_000_000}
    started = time.process_time()

    response = await client.post(path, json=body)

    assert response.status_code == 413
    assert time.process_time() - started < 1


async def test_a_mail_server_that_is_away_loses_nothing_and_holds_up_nobody(
    adapters: Adapters, mail_adapters: Adapters, server: MailServer, database: Database
) -> None:
    away = with_settings(mail_adapters, smtp_url=SecretStr("smtp://127.0.0.1:9"))
    email = new_email()
    async with client_of(away) as client:
        started = time.perf_counter()
        registered = await register(client, email)
        seconds = time.perf_counter() - started
    await build_services(away).mails.send_due()
    async with database.transaction(MAINTENANCE) as session:
        row = await session.scalar(select(OutgoingMail).where(OutgoingMail.recipient == email))
        assert row is not None
        await session.execute(update(OutgoingMail).values(due_at=func.now()))

    await build_services(mail_adapters).mails.send_due()

    assert registered.status_code == 201
    assert seconds < 2
    assert (row.attempts, row.ended_at) == (1, None)
    assert row.error
    assert len(server.to(email)) == 1


async def test_a_busy_server_is_asked_again_later_and_a_refusing_one_is_not(
    client: httpx2.AsyncClient, services: Services, server: MailServer, database: Database
) -> None:
    busy, refused = new_email(), new_email()
    server.refused.add(refused)
    await register(client, refused)
    await services.mails.send_due()
    server.answers.append("451 try again later")
    await register(client, busy)

    await services.mails.send_due()

    async with database.transaction(MAINTENANCE) as session:
        rows = await session.scalars(
            select(OutgoingMail).where(OutgoingMail.recipient.in_([busy, refused]))
        )
        kept = {row.recipient: row for row in rows}
    assert "451" in (kept[busy].error or "")
    assert kept[busy].ended_at is None
    assert "550" in (kept[refused].error or "")
    assert kept[refused].ended_at is not None
    assert server.mails == []


async def test_two_senders_send_each_mail_once(
    client: httpx2.AsyncClient, services: Services, server: MailServer
) -> None:
    emails = [new_email() for _ in range(5)]
    for email in emails:
        await register(client, email)

    await asyncio.gather(*(services.mails.send_due() for _ in range(4)))

    assert [len(server.to(email)) for email in emails] == [1] * 5


async def test_invited_people_register_with_the_role_chosen_for_them(
    mail_adapters: Adapters, admin: Person, student: Person, server: MailServer
) -> None:
    by_invitation = with_settings(mail_adapters, registration="invitation")
    services = build_services(by_invitation)
    account, other = Account(new_email()), new_email()
    body = {"email": account.email, "role": "teacher"}
    async with client_of(by_invitation) as client:
        refused = await client.post("/invitations", headers=student.headers, json=body)
        uninvited = await register(client, other)
        made = await client.post("/invitations", headers=admin.headers, json=body)
        await services.mails.send_due()
        token = server.token_to(account.email)

        foreign = await register(client, other, invitation=token)
        registered = await register(client, account.email.upper(), invitation=token)
        again = await register(client, new_email(), invitation=token)
        signed_in = await get_tokens(client, account)

    assert (refused.status_code, uninvited.status_code, made.status_code) == (403, 403, 201)
    assert made.json()["link"] is None
    assert (foreign.status_code, again.status_code) == (422, 422)
    assert registered.json()["role"] == "teacher"
    assert signed_in.status_code == 200


async def test_an_invitation_is_in_the_language_of_who_invites(
    client: httpx2.AsyncClient, services: Services, server: MailServer, admin: Person
) -> None:
    email = new_email()
    await client.patch("/users/me", json={"language": "hi"}, headers=admin.headers)

    await client.post("/invitations", headers=admin.headers, json={"email": email})
    await services.mails.send_due()

    (mail,) = server.to(email)
    assert mail["Subject"] == "आपको Our School में आमंत्रित किया गया है"
    assert re.search(r"यह निमंत्रण \d+ [\u0900-\u097f]+ \d{4} तक मान्य है।", mail.get_content())
    assert token_in(mail.get_content())


async def test_without_a_mail_server_the_admin_hands_the_link_over_and_may_take_it_back(
    adapters: Adapters, admin: Person
) -> None:
    async with client_of(adapters) as client:
        email = new_email()
        made = await client.post("/invitations", headers=admin.headers, json={"email": email})
        path = f"/invitations/{made.json()['id']}"
        listed = (await client.get("/invitations", headers=admin.headers)).json()["items"]
        revoked = await client.delete(path, headers=admin.headers)
        late = await register(client, email, invitation=token_in(made.json()["link"]))

    assert made.json()["id"] in [one["id"] for one in listed]
    assert revoked.status_code == 204
    assert late.status_code == 422


async def test_in_the_embedded_mode_mails_are_read_by_admins(
    adapters: Adapters, admin: Person, student: Person
) -> None:
    services = build_services(adapters)
    async with client_of(adapters) as client:
        account = Account(new_email())
        await register(client, account.email)
        await forgot(client, account.email)
        while await services.mails.send_due():
            pass
        hidden = await client.get("/admin/mails", headers=student.headers)
        listed = (await client.get("/admin/mails", headers=admin.headers)).json()["items"]
        (mail,) = [one for one in listed if one["recipient"] == account.email]
        done = await reset(client, token_in(mail["body"]))

    assert hidden.status_code == 403
    assert done.status_code == 204


async def test_in_production_without_a_mail_server_no_link_is_kept_or_promised(
    adapters: Adapters, database: Database
) -> None:
    production = with_settings(adapters, environment="production")
    services = build_services(production)
    email = new_email()
    async with client_of(production) as client:
        await register(client, email)
        refused = await forgot(client, email)
        await client.post("/auth/verify-email/resend", json={"email": email})
    await services.mails.send_due()

    async with database.transaction(MAINTENANCE) as session:
        row = await session.scalar(select(OutgoingMail).where(OutgoingMail.recipient == email))
    assert refused.status_code == 409
    assert row is not None
    assert row.body is None
    assert "SMTP_URL" in (row.error or "")


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
