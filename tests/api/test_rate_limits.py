"""Rate limits over HTTP: who is counted as whom, and what callers are told."""

import secrets
from collections.abc import AsyncIterator
from typing import Literal

import httpx2
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI

from bootstrap.settings import Settings
from tests.support.service import People, Person

pytestmark = pytest.mark.server


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"rate_limit_address": 4, "rate_limit_user": 3, "rate_limit_api_key": 2}
    )


class Addresses:
    """Clients of one app that come from addresses of their own."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def __call__(self, address: str) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=self._app, client=(address, 1))
        return httpx2.AsyncClient(transport=transport, base_url="http://service/api/v1")


@pytest.fixture
async def app_from(app: FastAPI) -> AsyncIterator[Addresses]:
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60):
        yield Addresses(app)


async def statuses(
    client: httpx2.AsyncClient, times: int, headers: dict[str, str] | None = None
) -> list[int]:
    return [
        (await client.get("/users/me", headers=headers or {})).status_code for _ in range(times)
    ]


async def test_users_are_counted_each_for_themselves_and_told_how_they_stand(
    client: httpx2.AsyncClient, student: Person, teacher: Person
) -> None:
    first = await client.get("/users/me", headers=student.headers)
    more = await statuses(client, 2, student.headers)
    refused = await client.get("/users/me", headers=student.headers)

    assert first.headers["RateLimit-Policy"] == '"user";q=3;w=60'
    assert first.headers["RateLimit"].startswith('"user";r=2;t=')
    assert (more, refused.status_code) == ([200, 200], 429)
    assert refused.json()["code"] == "rate_limited"
    seconds = int(refused.headers["Retry-After"])
    assert 1 <= seconds <= 120
    assert refused.headers["RateLimit"] == f'"user";r=0;t={seconds}'
    assert await statuses(client, 1, teacher.headers) == [200]


async def test_a_key_is_counted_for_itself(client: httpx2.AsyncClient, people: People) -> None:
    owner = await people.add("student")
    made = await client.post("/users/me/api-keys", headers=owner.headers, json={"name": "One"})

    with_key = await statuses(client, 3, {"Authorization": f"Bearer {made.json()['key']}"})

    assert with_key == [200, 200, 429]
    assert await statuses(client, 2, owner.headers) == [200, 200]


async def test_who_has_not_signed_in_is_counted_by_address(
    app_from: Addresses, student: Person
) -> None:
    async with app_from("2001:db8:7::1") as client:
        bad = await statuses(client, 2, {"Authorization": "Bearer nsk_unknown"})
        options = [(await client.get("/auth/options")).status_code for _ in range(3)]
        signed_in = await statuses(client, 1, student.headers)
    async with app_from("2001:db8:8::1") as client:
        elsewhere = (await client.get("/auth/options")).status_code

    assert bad == [401, 401]
    assert options == [200, 200, 429]
    assert (signed_in, elsewhere) == ([200], 200)


async def test_openai_clients_are_refused_in_their_own_shape(
    client: httpx2.AsyncClient, people: People
) -> None:
    asker = await people.add("student")
    await statuses(client, 3, asker.headers)

    refused = await client.get("http://service/v1/models", headers=asker.headers)

    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert "Retry-After" in refused.headers


async def test_health_is_never_limited(client: httpx2.AsyncClient) -> None:
    answers = [await client.get("http://service/health/live") for _ in range(10)]

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [("embedded", {}), ("production", {"address": 6000, "user": 1200, "key": 1200})],
)
def test_production_limits_and_embedded_does_not(
    environment: Literal["embedded", "production"], expected: dict[str, int]
) -> None:
    settings = Settings(_env_file=None, environment=environment, secret_key=secrets.token_hex(32))

    assert settings.rate_limits == expected
