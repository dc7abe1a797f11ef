"""The edge, over a real server: hosts, schemes, forwarded headers, paths, names of files."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI

from bootstrap.settings import Settings
from tests.support.running_app import running_app

pytestmark = pytest.mark.server


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"trusted_hosts": ("tutor.example", "*.school.example"), "https_only": True}
    )


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with running_app(app) as opened:
        yield opened


async def sent(address: str, *lines: str) -> str:
    """The answer to a request that is written by hand; of one that stays open the head."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    has_connection = any(line.startswith("Connection:") for line in lines)
    end = ["", ""] if has_connection else ["Connection: close", "", ""]
    writer.write("\r\n".join([*lines, *end]).encode("latin-1"))
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    if not has_connection:
        answer += await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return answer.decode("latin-1")


HTTPS = "X-Forwarded-Proto: https"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("tutor.example", 200),
        ("TUTOR.Example.:8443", 200),
        ("a.b.school.example", 200),
        ("school.example", 400),
        ("evilschool.example", 400),
        ("tutor.example.evil.example", 400),
        ("evil.example", 400),
        ("[::1]:80", 400),
        ("tutor.example@evil.example", 400),
        ("", 400),
    ],
)
async def test_only_its_own_names_are_served(address: str, host: str, status: int) -> None:
    answer = await sent(address, "GET /api/v1/auth/options HTTP/1.1", f"Host: {host}", HTTPS)

    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "evil" not in answer


async def test_several_hosts_are_none(address: str) -> None:
    hosts = ("Host: tutor.example", "Host: evil.example")

    answer = await sent(address, "GET /api/v1/auth/options HTTP/1.1", *hosts, HTTPS)

    assert answer.startswith("HTTP/1.1 400 ")


async def test_plain_http_is_sent_to_https_and_told_to_stay(address: str) -> None:
    host = "Host: tutor.example:8000"

    plain = await sent(address, "GET /docs?a=1&b=%0d%0aX: HTTP/1.1", host)
    encrypted = await sent(address, "GET /api/v1/auth/options HTTP/1.1", host, HTTPS)

    assert plain.startswith("HTTP/1.1 308 ")
    assert "\r\nlocation: https://tutor.example/docs?a=1&b=%0d%0aX:\r\n" in plain
    assert "strict-transport-security" not in plain
    assert encrypted.startswith("HTTP/1.1 200 ")
    assert "\r\nstrict-transport-security: max-age=31536000\r\n" in encrypted


async def test_health_answers_by_any_name_and_scheme(address: str) -> None:
    answer = await sent(address, "GET /health/live HTTP/1.1", "Host: 10.0.0.7")

    assert answer.startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2fpyproject.toml",
        "/assets/....//....//pyproject.toml",
        "/assets/%252e%252e/pyproject.toml",
        "/..\\..\\pyproject.toml",
        "//etc/passwd",
        "/api/v1/../../pyproject.toml",
    ],
)
async def test_no_path_leads_out_of_the_page(address: str, path: str) -> None:
    answer = await sent(address, f"GET {path} HTTP/1.1", "Host: tutor.example", HTTPS)

    assert "root:" not in answer
    assert "[build-system]" not in answer
    assert not answer.startswith("HTTP/1.1 5")


@pytest.mark.parametrize("path", ["//api/v1/users", "/API/v1/users", "/api/v1/users/", "/api//v1"])
async def test_a_path_written_otherwise_opens_nothing(address: str, path: str) -> None:
    answer = await sent(address, f"GET {path} HTTP/1.1", "Host: tutor.example", HTTPS)

    assert '"items"' not in answer
    assert not answer.startswith("HTTP/1.1 5")


async def test_every_answer_has_its_security_headers(address: str) -> None:
    paths = ("/", "/api/v1/users", "/nowhere", "/health")
    head = {"Host": "tutor.example", "X-Forwarded-Proto": "https"}

    async with httpx2.AsyncClient(base_url=address, headers=head) as client:
        answers = [await client.get(path) for path in paths]

    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_a_plain_websocket_is_refused(address: str) -> None:
    upgrade = (
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
    )

    answer = await sent(address, "GET /api/v1/ws HTTP/1.1", "Host: tutor.example", *upgrade)

    assert answer.startswith("HTTP/1.1 403 ")
