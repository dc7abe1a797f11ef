"""Every error is an RFC 9457 problem, and none tells what is inside."""

import errno
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI

from api.app import create_app
from bootstrap.adapters import Adapters
from bootstrap.settings import Settings
from services.errors import OverloadedError, UpstreamTimeoutError
from storage.database import Database
from tests.support.service import Person

pytestmark = pytest.mark.server

MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "instance"}


def require_problem(response: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert set(body) - {"errors"} == MEMBERS
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:neuroshiksha:problem:{code}"
    assert body["instance"] == response.request.url.path
    assert body["request_id"] == response.headers["X-Request-ID"]
    return body


async def test_an_unknown_path_is_not_found(client: httpx2.AsyncClient) -> None:
    require_problem(await client.get("/alchemy"), 404, "not_found")


async def test_an_unknown_path_is_not_found_for_browsers_too(client: httpx2.AsyncClient) -> None:
    response = await client.get("/alchemy", headers={"Accept": "text/html"})

    require_problem(response, 404, "not_found")


async def test_a_wrong_method_is_not_allowed(client: httpx2.AsyncClient) -> None:
    require_problem(await client.delete("/courses"), 405, "method_not_allowed")


async def test_a_missing_token_asks_to_sign_in(client: httpx2.AsyncClient) -> None:
    response = await client.get("/courses")

    require_problem(response, 401, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_refused_act_says_which(client: httpx2.AsyncClient, student: Person) -> None:
    response = await client.post("/courses", headers=student.headers, json={"title": "x"})

    body = require_problem(response, 403, "permission_denied")
    assert body["detail"] == "Your role does not allow you to create courses."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"title": ', "not valid JSON at character"),
        (b"", "Field required"),
        (b"[]", "must be a JSON object"),
        (b"1e999", "must be a JSON object"),
        (b'{"title": "\\ud800"}', "unable to parse"),
    ],
)
async def test_a_malformed_body_is_named(
    client: httpx2.AsyncClient, teacher: Person, content: bytes, message: str
) -> None:
    headers = {**teacher.headers, "Content-Type": "application/json"}

    response = await client.post("/courses", headers=headers, content=content)

    body = require_problem(response, 422, "invalid_request")
    assert message in body["errors"][0]["message"]


async def test_a_body_that_is_no_text_is_named(client: httpx2.AsyncClient, teacher: Person) -> None:
    headers = {**teacher.headers, "Content-Type": "application/json"}

    response = await client.post("/courses", headers=headers, content=b'{"title": "\xff"}')

    body = require_problem(response, 422, "invalid_request")
    assert body["errors"] == [
        {"field": "body", "message": "cannot be read: There was an error parsing the body"}
    ]


async def test_a_body_without_content_type_says_what_is_missing(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    response = await client.post("/courses", headers=teacher.headers, content=b'{"title": "x"}')

    body = require_problem(response, 422, "invalid_request")
    assert "Content-Type: application/json" in body["errors"][0]["message"]


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_body_of_100_kb_is_too_large(
    client: httpx2.AsyncClient, teacher: Person, is_announced: bool
) -> None:
    text = b'{"title": "%s"}' % (b"x" * 100_000)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(text), 10_000):
            yield text[start : start + 10_000]

    headers = {**teacher.headers, "Content-Type": "application/json"}
    content = text if is_announced else pieces()
    response = await client.post("/courses", headers=headers, content=content)

    body = require_problem(response, 413, "too_large")
    assert "65,536 bytes" in body["detail"]


async def test_a_sane_request_id_is_kept_and_another_replaced(client: httpx2.AsyncClient) -> None:
    kept = await client.get("/alchemy", headers={"X-Request-ID": "lesson-42.retry_1"})
    replaced = await client.get("/alchemy", headers={"X-Request-ID": "<script>alert</script>"})

    assert kept.json()["request_id"] == "lesson-42.retry_1"
    assert "script" not in replaced.headers["X-Request-ID"]


async def test_every_response_carries_time_and_security_headers(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.get("/alchemy")

    assert float(response.headers["X-Process-Time"]) < 5
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "script-src 'self';" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.fixture
async def failing_client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the app with routes that fail in ways the real ones should not."""

    @app.get("/fail/{how}")
    async def fail(how: str) -> None:
        errors: dict[str, Exception] = {
            "timeout": UpstreamTimeoutError("The chat model", 20.0),
            "overload": OverloadedError("answers", 3),
            "disk": OSError(errno.ENOSPC, "No space left on device", "/tmp/upload"),
            "bug": RuntimeError("SELECT password_hash FROM users"),
        }
        raise errors[how]

    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
        transport = httpx2.ASGITransport(app=manager.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://service") as opened:
            yield opened


async def test_an_upstream_time_out_is_504(failing_client: httpx2.AsyncClient) -> None:
    require_problem(await failing_client.get("/fail/timeout"), 504, "upstream_timeout")


async def test_overload_says_when_to_come_again(failing_client: httpx2.AsyncClient) -> None:
    response = await failing_client.get("/fail/overload")

    require_problem(response, 503, "overloaded")
    assert response.headers["Retry-After"] == "3"


async def test_a_full_disk_is_said_to_be_full_and_not_where(
    failing_client: httpx2.AsyncClient,
) -> None:
    response = await failing_client.get("/fail/disk")

    require_problem(response, 503, "disk_full")
    assert "/tmp/upload" not in response.text


async def test_a_bug_tells_the_log_and_nobody_else(
    failing_client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = await failing_client.get("/fail/bug")

    body = require_problem(response, 500, "internal_error")
    assert "password_hash" not in response.text
    assert "password_hash" in caplog.text
    assert body["request_id"] in caplog.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_database_that_is_away_is_503_with_retry_after(
    adapters: Adapters, settings: Settings, teacher: Person
) -> None:
    away = replace(adapters, database=Database("postgresql://nobody@127.0.0.1:1/none"))
    app = create_app(lambda _: nullcontext(away), settings)
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
        transport = httpx2.ASGITransport(app=manager.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
            response = await client.get("/api/v1/courses", headers=teacher.headers)
            ready = await client.get("/health/ready")
            live = await client.get("/health/live")

    require_problem(response, 503, "storage_unavailable")
    assert int(response.headers["Retry-After"]) >= 1
    assert (ready.status_code, ready.json()["status"]) == (503, "unhealthy")
    assert live.status_code == 200


async def test_origins_on_the_list_may_call_and_others_not(
    adapters: Adapters, settings: Settings
) -> None:
    listed = settings.model_copy(update={"cors_origins": ("https://school.edu",)})
    app = create_app(lambda _: nullcontext(adapters), listed)
    ask = {"Access-Control-Request-Method": "POST"}
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
        transport = httpx2.ASGITransport(app=manager.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
            good = await client.options(
                "/api/v1/courses", headers={"Origin": "https://school.edu", **ask}
            )
            bad = await client.options(
                "/api/v1/courses", headers={"Origin": "https://evil.example", **ask}
            )

    assert good.headers["Access-Control-Allow-Origin"] == "https://school.edu"
    assert "Access-Control-Allow-Origin" not in bad.headers


async def test_a_form_with_a_null_character_is_refused(client: httpx2.AsyncClient) -> None:
    form = {"username": f"{uuid4().hex}\0@school.edu", "password": "correct horse battery"}

    response = await client.post("/auth/token", data=form)

    body = require_problem(response, 422, "invalid_request")
    assert body["errors"][0]["field"] == "username"
