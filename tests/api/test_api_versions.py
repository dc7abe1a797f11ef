"""Versions of the API, and routes that will go."""

import re
from datetime import date
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from api.app import PREFIXED_ROUTERS
from api.deprecations import deprecated, deprecated_routes, deprecation_table
from api.middleware import RequestContext

TABLE = re.compile(r"<!-- deprecated -->\n(.*?)\n<!-- /deprecated -->", re.DOTALL)
POLICY = Path(__file__).parents[2] / "docs" / "api-versions.md"


@pytest.mark.server
@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [("/api/v9/courses", None, 404), ("/api/v1/courses", "9", 400), ("/api/v2", None, 404)],
)
async def test_a_version_that_is_not_spoken_is_refused_with_those_that_are(
    client: httpx2.AsyncClient, path: str, asked: str | None, status: int
) -> None:
    headers = {} if asked is None else {"API-Version": asked}

    response = await client.get(f"http://service{path}", headers=headers)

    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert (problem["code"], problem["versions"]) == ("unknown_api_version", ["1"])
    assert response.headers["api-version"] == "1"


@pytest.mark.server
async def test_every_answer_of_the_api_names_its_version(client: httpx2.AsyncClient) -> None:
    refused = await client.get("/courses", headers={"API-Version": "1"})
    unknown = await client.get("/nothing-here")
    health = await client.get("http://service/health/live")

    assert (refused.status_code, refused.headers["api-version"]) == (401, "1")
    assert (unknown.status_code, unknown.headers["api-version"]) == (404, "1")
    assert unknown.json()["code"] == "not_found"
    assert "api-version" not in health.headers


async def test_a_deprecated_route_says_since_when_until_when_and_what_instead() -> None:
    app = FastAPI()

    @app.get("/old")
    @deprecated(since=date(2026, 1, 1), sunset=date(2026, 12, 31), successor="/api/v1/new")
    async def old() -> str:
        return "old"

    transport = httpx2.ASGITransport(app=RequestContext(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        response = await client.get("/old")

    assert response.headers["deprecation"] == "@1767225600"
    assert response.headers["sunset"] == "Thu, 31 Dec 2026 00:00:00 GMT"
    assert response.headers["link"] == (
        '</docs>; rel="deprecation", </api/v1/new>; rel="successor-version"'
    )


def test_no_route_goes_without_half_a_year_of_notice() -> None:
    with pytest.raises(ValueError, match="180 days"):
        deprecated(since=date(2026, 1, 1), sunset=date(2026, 3, 1), successor="/api/v1/new")


def test_the_documented_table_is_the_one_that_the_routes_declare() -> None:
    found = TABLE.search(POLICY.read_text())

    assert found is not None
    assert found[1] == deprecation_table(deprecated_routes(PREFIXED_ROUTERS))
