"""Accounts in a school whose mails a real SMTP server takes."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import delete

from bootstrap.adapters import Adapters
from bootstrap.services import Services, build_services
from models import OutgoingMail
from storage.database import MAINTENANCE, Database
from tests.support.mail_server import MailServer, mail_server
from tests.support.mailed_accounts import client_of, with_settings


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture(autouse=True)
async def empty_outbox(database: Database) -> None:
    """Other tests leave mails behind that nobody sends."""
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(delete(OutgoingMail))


@pytest.fixture
def mail_adapters(adapters: Adapters, server: MailServer) -> Adapters:
    return with_settings(
        adapters,
        smtp_url=SecretStr(server.url),
        mail_from="Our School <tutor@school.edu>",
        public_url="https://tutor.school.edu/",
        school_name="Our School",
    )


@pytest.fixture
async def client(mail_adapters: Adapters) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(mail_adapters) as opened:
        yield opened


@pytest.fixture
def services(mail_adapters: Adapters) -> Services:
    return build_services(mail_adapters)
