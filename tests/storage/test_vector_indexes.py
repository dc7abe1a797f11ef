"""HNSW indexes are built where a course has grown, once, and again after a build that failed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bootstrap.services import build_vector_upkeep
from services.vector_upkeep import VectorUpkeep
from storage.database import MAINTENANCE, Database
from storage.errors import LockTakenError
from storage.locks import named_lock
from storage.vector_indexes import INDEX_LOCK, VectorIndex, VectorIndexes
from tests.support.servers import run_sql
from tests.support.service import UnusedEmbedder
from tests.support.vectors import LARGE, forget_wanted, index_wanted

IS_VALID = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")


@pytest.fixture
async def index(database: Database) -> AsyncIterator[VectorIndex]:
    """The one that a course with two vectors, counted as large, is missing."""
    yield await index_wanted(database, [[1, 0], [0, 1]])
    await forget_wanted(database)


def upkeep(database: Database) -> VectorUpkeep:
    return build_vector_upkeep(database, UnusedEmbedder())


async def is_valid(database: Database, index: VectorIndex) -> bool | None:
    async with database.transaction(MAINTENANCE) as session:
        answer: bool | None = await session.scalar(IS_VALID, {"name": index.name})
        return answer


async def test_upkeep_builds_the_index_of_a_course_that_has_grown(
    database: Database, index: VectorIndex
):
    indexes = VectorIndexes(database)
    assert index in await indexes.missing(LARGE)

    await upkeep(database).build_indexes(LARGE)

    assert await is_valid(database, index)
    assert index not in await indexes.missing(LARGE)


async def test_an_index_that_a_broken_build_left_invalid_is_made_again(
    database: Database, database_url: str, index: VectorIndex
):
    indexes = VectorIndexes(database)
    await indexes.build_missing(LARGE, embedder_id=index.embedder_id)
    broken = f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{index.name}'::regclass"
    await asyncio.to_thread(run_sql, database_url, broken)

    build = await indexes.build_missing(LARGE, embedder_id=index.embedder_id)

    assert index in build.built
    assert await is_valid(database, index)


async def test_a_build_that_fails_leaves_nothing_and_keeps_no_other_from_being_built(
    database: Database, index: VectorIndex
):
    failing = await index_wanted(database, [[1, 0], [1, 0, 0]])
    indexes = VectorIndexes(database)

    build = await indexes.build_missing(LARGE)
    again = await indexes.build_missing(LARGE, embedder_id=failing.embedder_id)

    assert index in build.built
    assert failing in [each for each, _ in build.failed]
    assert failing in [each for each, _ in again.failed]
    assert await is_valid(database, failing) is None


async def test_each_large_course_has_an_index_of_its_own(database: Database, index: VectorIndex):
    other = await index_wanted(database, [[1, 0], [0, 1]], embedder_id=index.embedder_id)

    await VectorIndexes(database).build_missing(LARGE, embedder_id=index.embedder_id)

    assert await is_valid(database, index)
    assert await is_valid(database, other)


async def test_upkeep_drops_what_no_search_reads_any_more(
    database: Database, database_url: str, index: VectorIndex
):
    shrunk = await index_wanted(database, [[1, 0]])
    gone = await index_wanted(database, [[0, 1]])
    indexes = VectorIndexes(database)
    await indexes.build_missing(LARGE)
    whole_partition = f"ix_{index.partition}_hnsw_{index.embedder_id}"
    await asyncio.to_thread(
        run_sql,
        database_url,
        f"CREATE INDEX {whole_partition} ON {index.partition}"
        " USING hnsw ((vector::halfvec(2)) halfvec_ip_ops)"
        f" WHERE embedder_id = {index.embedder_id}",
    )
    async with database.transaction(MAINTENANCE) as session:
        few = {"count": LARGE // 3, "id": shrunk.course_id}
        await session.execute(text("UPDATE courses SET chunk_count = :count WHERE id = :id"), few)
        await session.execute(text("DELETE FROM courses WHERE id = :id"), {"id": gone.course_id})

    await upkeep(database).build_indexes(LARGE)

    assert await is_valid(database, index)
    left = [await is_valid(database, each) for each in (shrunk, gone)]
    async with database.transaction(MAINTENANCE) as session:
        left.append(await session.scalar(IS_VALID, {"name": whole_partition}))
    assert left == [None, None, None]


async def test_a_course_in_the_bin_keeps_its_index(database: Database, index: VectorIndex):
    await VectorIndexes(database).build_missing(LARGE)
    await forget_wanted(database)

    await upkeep(database).build_indexes(LARGE)

    assert await is_valid(database, index)


async def test_dropping_an_embedder_drops_its_indexes_only(database: Database, index: VectorIndex):
    other = await index_wanted(database, [[1, 0]])
    indexes = VectorIndexes(database)
    await indexes.build_missing(LARGE)

    await indexes.drop(index.embedder_id)

    assert await is_valid(database, index) is None
    assert await is_valid(database, other)


async def test_one_builds_at_a_time(database: Database, index: VectorIndex):
    indexes = VectorIndexes(database)
    async with named_lock(database, INDEX_LOCK, wait_seconds=5):
        with pytest.raises(LockTakenError):
            await indexes.build_missing(LARGE, embedder_id=index.embedder_id, wait_seconds=0.1)
        await upkeep(database).build_indexes(LARGE)

        assert index in await indexes.missing(LARGE)
