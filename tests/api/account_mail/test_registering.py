"""Registering: an address is proven by the link in a mail."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select

from bootstrap.services import Services
from models import User
from storage.database import MAINTENANCE, Database
from tests.support.accounts import Account, bearer, get_tokens
from tests.support.mail_server import MailServer, token_in
from tests.support.mailed_accounts import forgot, new_email, register, reset, verified_account

pytestmark = pytest.mark.server


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


@pytest.mark.parametrize("path", ["/auth/register", "/auth/login", "/auth/password/reset"])
async def test_a_password_of_a_megabyte_is_refused_by_its_size(
    client: httpx2.AsyncClient, path: str
) -> None:
    body = {"email": new_email(), "token": "x", "password": "x" * 1_000_000}

    response = await client.post(path, json=body)

    assert response.status_code == 413
