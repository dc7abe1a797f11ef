"""A course whose vectors come from a remote encoder, of another dimension than the built-in one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ai.embedding.errors import EmbeddingsMisconfiguredError, EmbeddingsUnavailableError
from connectors.embeddings import OpenAICompatibleEmbedder
from services.access import Permission, authorise
from storage.database import Database
from storage.repositories.retrieval import APPROXIMATE_FROM_CHUNKS
from tests.support.embedders import remote_embedder
from tests.support.material import Shelf
from tests.support.remote_services import DIMENSION, RemoteServices, remote_services

pytestmark = pytest.mark.server

TOPICS = {
    "pendulum": "The period of a pendulum depends on its length and on gravity.",
    "friction": "Friction opposes motion and turns energy into heat.",
    "ohm": "The voltage across a resistor is the current times the resistance.",
}


@pytest.fixture
def remote() -> Iterator[RemoteServices]:
    with remote_services() as services:
        yield services


@pytest.fixture
def embedder(remote: RemoteServices) -> Iterator[OpenAICompatibleEmbedder]:
    with remote_embedder(remote) as opened:
        yield opened


async def test_vectors_of_another_dimension_are_stored_and_searched(
    shelf: Shelf, database: Database
) -> None:
    shelf.write_records("topics.jsonl", TOPICS)
    report = await shelf.ingest()
    retrieval = shelf.services.retrieval
    actor = shelf.teacher.actor

    found = await retrieval.search(actor, shelf.slug, "Which voltage has a resistor?")

    assert report.count("ok") == 1, report
    assert found.query_vector.shape == (DIMENSION,)
    assert found.passages[0].document_key == "ohm"
    assert found.passages[0].dense > 0.3
    assert found.passages[0].sentence_vectors.shape == (1, DIMENSION)


async def test_an_index_over_them_gives_what_an_exact_scan_gives(
    shelf: Shelf, database: Database
) -> None:
    shelf.write_records("topics.jsonl", TOPICS)
    await shelf.ingest()
    actor, retrieval = shelf.teacher.actor, shelf.services.retrieval
    async with database.transaction(actor.scope) as session:
        access = await authorise(session, actor, shelf.course_id, Permission.READ)
    exact = await retrieval.retrieve(actor.scope, access, "voltage of a resistor")

    built = (await shelf.services.vector_indexes.build_missing(from_chunks=1)).built
    large = replace(access, chunk_count=APPROXIMATE_FROM_CHUNKS)
    indexed = await retrieval.retrieve(actor.scope, large, "voltage of a resistor")

    assert DIMENSION in {index.dimension for index in built}
    assert [p.chunk_id for p in indexed.passages] == [p.chunk_id for p in exact.passages]


async def test_ingestion_says_what_the_encoder_lacks_and_goes_on_when_it_is_back(
    shelf: Shelf, remote: RemoteServices
) -> None:
    shelf.write_records("topics.jsonl", TOPICS)
    remote.always = "wrong_key"
    with pytest.raises(EmbeddingsMisconfiguredError, match="does not accept the key"):
        await shelf.ingest()

    remote.always = "none"
    report = await shelf.ingest()

    assert report.count("ok") == 1
    assert await shelf.revision() == len(TOPICS)


async def test_a_search_says_that_the_encoder_is_away(shelf: Shelf, remote: RemoteServices) -> None:
    remote.always = "server_error"

    with pytest.raises(EmbeddingsUnavailableError, match="does not serve just now"):
        await shelf.services.retrieval.search(shelf.teacher.actor, shelf.slug, "pendulum")
