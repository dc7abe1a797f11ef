"""What people do with accounts that mails are sent for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
from asgi_lifespan import LifespanManager

from api.app import create_app
from bootstrap.adapters import Adapters
from bootstrap.services import Services
from tests.support.accounts import PASSWORD, Account
from tests.support.mail_server import MailServer

NEW_PASSWORD = "another long secret"


def with_settings(adapters: Adapters, **changes: Any) -> Adapters:
    return replace(adapters, settings=adapters.settings.model_copy(update=changes))


@asynccontextmanager
async def client_of(adapters: Adapters) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(lambda _: nullcontext(adapters), adapters.settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
        httpx2.AsyncClient(transport=transport, base_url="http://service/api/v1") as client,
    ):
        yield client


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
