"""Accounts with passwords, and ways to sign in to them over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Account:
    """An address and its password."""

    email: str
    password: str = PASSWORD


async def new_account(client: httpx2.AsyncClient, **fields: Any) -> Account:
    """Registers someone."""
    account = Account(f"{uuid4().hex}@school.edu")
    body = {"email": account.email, "password": account.password, **fields}
    response = await client.post("/auth/register", json=body)
    assert response.status_code == 201, response.text
    return account


async def get_tokens(
    client: httpx2.AsyncClient, account: Account, **fields: str
) -> httpx2.Response:
    """Answers of the OAuth2 password form."""
    form = {"username": account.email, "password": account.password, **fields}
    return await client.post("/auth/token", data=form)


async def bearer(client: httpx2.AsyncClient, account: Account) -> dict[str, str]:
    """The headers of a tool that signed in."""
    return bearing((await get_tokens(client, account)).json()["access_token"])


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class Browser:
    """A browser with a jar of its own, whose page sends the CSRF token it was given."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.cookies: dict[str, str] = {}
        self.csrf_token: str | None = None

    async def login(self, account: Account, **fields: str) -> httpx2.Response:
        body = {"email": account.email, "password": account.password, **fields}
        response = await self.send("POST", "/auth/login", json=body)
        if response.status_code == 200:
            self.csrf_token = response.json()["csrf_token"]
        return response

    async def send(
        self, method: str, path: str, *, csrf: bool = True, **options: Any
    ) -> httpx2.Response:
        headers = dict(options.pop("headers", {}))
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={v}" for name, v in self.cookies.items())
        if csrf and self.csrf_token is not None:
            headers["X-CSRF-Token"] = self.csrf_token
        response = await self.client.request(method, path, headers=headers, **options)
        for name, value in response.cookies.items():
            self.cookies[name] = value
        for line in response.headers.get_list("set-cookie"):
            if "Max-Age=0" in line:
                self.cookies.pop(line.partition("=")[0], None)
        self.client.cookies.clear()
        return response
