"""Search over HTTP, narrowed to part of a course's material."""

import httpx2
import pytest
from uuid_utils.compat import uuid4

from tests.support.material import Shelf

pytestmark = pytest.mark.server


@pytest.fixture
async def stocked(shelf: Shelf) -> Shelf:
    shelf.write({"ohm.md": "# Ohm\n\nVoltage is current times resistance."})
    shelf.write({"volt.csv": "quantity,unit\nvoltage,volt\n"})
    await shelf.ingest()
    return shelf


async def titles(client: httpx2.AsyncClient, shelf: Shelf, **narrowed: str) -> set[str]:
    response = await client.get(
        f"/courses/{shelf.slug}/search",
        params={"q": "voltage", **narrowed},
        headers=shelf.teacher.headers,
    )
    assert response.status_code == 200, response.text
    return {hit["document_title"] for hit in response.json()["hits"]}


async def test_a_search_is_narrowed_by_query_parameters(
    client: httpx2.AsyncClient, stocked: Shelf
) -> None:
    everything = await titles(client, stocked)

    tables = await titles(client, stocked, kind="table")

    assert len(everything) == 2
    assert len(tables) == 1
    assert await titles(client, stocked, kind="text") == everything - tables
    assert await titles(client, stocked, language="en") == everything
    assert await titles(client, stocked, language="hi") == set()
    assert await titles(client, stocked, document=str(uuid4())) == set()
    assert await titles(client, stocked, lesson=str(uuid4())) == set()


@pytest.mark.parametrize("query", ["kind=song", "language=x", "document=one", "lesson=one"])
async def test_a_filter_that_means_nothing_is_refused(
    client: httpx2.AsyncClient, shelf: Shelf, query: str
) -> None:
    response = await client.get(
        f"/courses/{shelf.slug}/search?q=ohm&{query}", headers=shelf.teacher.headers
    )

    assert response.status_code == 422
