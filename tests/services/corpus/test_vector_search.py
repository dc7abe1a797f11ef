"""Search by the index of a course, in a database of its own."""

import re
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest

from services.access import Permission, authorise
from storage.candidate_statements import DenseSearch, candidate_statement
from storage.database import Database, Scope
from storage.repositories.embedders import EmbeddersRepository
from storage.repositories.retrieval import APPROXIMATE_FROM_CHUNKS
from storage.vector_indexes import IndexBuild
from storage.vectors import halfvec_bytes, vector_connection
from tests.support.material import CountingEmbedder, Shelf
from tests.support.servers import TEMPLATE, in_database, run_sql

TOPICS = {
    "pendulum": "The period of a pendulum depends on its length and on gravity, not on its mass.",
    "friction": "Friction opposes motion and turns the energy of a moving body into heat.",
    "ohm": "Ohm's law: the voltage across a resistor is the current times the resistance.",
}


@pytest.fixture
def database_url(server_urls, database_url: str) -> str:
    name = f"vector_search_{uuid4().hex}"
    run_sql(server_urls.database_url, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    return in_database(server_urls.database_url, name)


@pytest.fixture
async def stocked(shelf: Shelf) -> Shelf:
    shelf.write_records("topics.jsonl", TOPICS)
    await shelf.ingest()
    return shelf


async def test_a_large_course_is_searched_by_its_index_and_finds_the_same(
    stocked: Shelf, database: Database
):
    retrieval = stocked.services.retrieval
    async with database.transaction(stocked.teacher.actor.scope) as session:
        access = await authorise(session, stocked.teacher.actor, stocked.course_id, Permission.READ)
    large = replace(access, chunk_count=APPROXIMATE_FROM_CHUNKS)
    scope = Scope(user_id=stocked.teacher.id, course_ids=(stocked.course_id,))
    exact = await retrieval.retrieve(scope, access, "pendulum swing")
    without_index = await retrieval.retrieve(scope, large, "pendulum swing")
    build = await stocked.services.vector_indexes.build_missing(from_chunks=1)

    approximate = await retrieval.retrieve(scope, large, "pendulum swing")

    assert build.built
    assert not build.failed
    assert await stocked.services.vector_indexes.build_missing(from_chunks=1) == IndexBuild()
    ids = [passage.chunk_id for passage in exact.passages]
    assert ids == [passage.chunk_id for passage in without_index.passages]
    assert ids == [passage.chunk_id for passage in approximate.passages]


async def test_the_approximate_plan_reads_the_index_under_row_level_security(
    stocked: Shelf, database: Database, embedder: CountingEmbedder
):
    await stocked.services.vector_indexes.build_missing(from_chunks=1)
    vector = halfvec_bytes(np.ones(384, dtype=np.float32))
    scope = Scope(user_id=stocked.teacher.id, course_ids=(stocked.course_id,))
    async with database.transaction(scope) as session:
        embedder_id = await EmbeddersRepository(session).ensure(embedder.id, 384)
        statement = candidate_statement(
            DenseSearch("approximate", stocked.course_id, embedder_id, 384)
        )
        connection = await vector_connection(session)
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        lines = await connection.fetch(
            f"EXPLAIN ANALYZE {statement}",
            *(stocked.course_id, embedder_id, vector, 50, ["pendulum"], 1, 1, 1, 1),
        )
        iterative = await connection.fetchval("SHOW hnsw.iterative_scan")
    plan = "\n".join(line[0] for line in lines)

    assert re.search(rf"Index Scan using ix_hnsw_{embedder_id}_{stocked.course_id.hex} ", plan), (
        plan
    )
    assert len(set(re.findall(r" on (chunk_vectors_p\d\d)", plan))) == 1, plan
    assert iterative == "relaxed_order"
