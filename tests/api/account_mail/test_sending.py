"""Sending: once each, again later, and what holds where nobody sends."""

import asyncio

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from bootstrap.adapters import Adapters
from bootstrap.services import Services, build_services
from models import OutgoingMail
from storage.database import MAINTENANCE, Database
from tests.support.accounts import Account
from tests.support.mail_server import MailServer, token_in
from tests.support.mailed_accounts import (
    client_of,
    forgot,
    new_email,
    register,
    reset,
    with_settings,
)
from tests.support.service import Person

pytestmark = pytest.mark.server


async def mail_to(database: Database, email: str) -> OutgoingMail:
    async with database.transaction(MAINTENANCE) as session:
        mail = await session.scalar(select(OutgoingMail).where(OutgoingMail.recipient == email))
        assert mail is not None
        return mail


async def test_a_mail_server_that_is_away_loses_nothing_and_holds_up_nobody(
    adapters: Adapters, mail_adapters: Adapters, server: MailServer, database: Database
) -> None:
    away = with_settings(mail_adapters, smtp_url=SecretStr("smtp://127.0.0.1:9"))
    email = new_email()
    async with client_of(away) as client:
        registered = await register(client, email)
    at_registration = await mail_to(database, email)
    await build_services(away).mails.send_due()
    once_tried = await mail_to(database, email)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(update(OutgoingMail).values(due_at=func.now()))

    await build_services(mail_adapters).mails.send_due()

    assert registered.status_code == 201
    assert at_registration.attempts == 0
    assert (once_tried.attempts, once_tried.ended_at) == (1, None)
    assert once_tried.error
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

    mail = await mail_to(database, email)
    assert refused.status_code == 409
    assert mail.body is None
    assert "SMTP_URL" in (mail.error or "")
