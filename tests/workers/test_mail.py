"""A real worker process sends mail by itself, while a mail server that is away loses none."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from bootstrap.adapters import Adapters
from bootstrap.services import Services
from models import OutgoingMail
from services.users import NewUser
from storage.database import MAINTENANCE
from tests.support.mail_server import MailServer, free_port, mail_server
from tests.workers.test_worker import settings, worker

__all__ = ["settings", "worker"]

pytestmark = pytest.mark.worker

PATIENCE_SECONDS = 120


async def until(is_there: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_there():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.05)


async def attempts_of(adapters: Adapters, email: str) -> int | None:
    async with adapters.database.transaction(MAINTENANCE) as session:
        statement = select(OutgoingMail.attempts).where(OutgoingMail.recipient == email)
        return await session.scalar(statement)


async def new_user(services: Services) -> str:
    email = f"{uuid4().hex}@school.edu"
    operator = await services.identity.operator()
    await services.users.create(operator, NewUser(email, "correct horse battery"))
    return email


def mailing(server: MailServer) -> dict[str, str]:
    return {"SMTP_URL": server.url, "NEUROSHIKSHA_MAIL_FROM": "Our School <tutor@school.edu>"}


async def test_a_worker_sends_what_waits_and_tries_again_what_failed(
    services: Services, adapters: Adapters, worker: Callable
) -> None:
    email = await new_user(services)
    with mail_server() as server:
        port, server.port = server.port, free_port()
        with worker(**mailing(server)):
            await services.recovery.forgot(email)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await attempts_of(adapters, email):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        server.port = port
        async with adapters.database.transaction(MAINTENANCE) as session:
            await session.execute(update(OutgoingMail).values(due_at=func.now()))
        with worker(**mailing(server)):
            await until(lambda: server.to(email))

    (mail,) = server.to(email)
    assert "reset-password#" in mail.get_content()
