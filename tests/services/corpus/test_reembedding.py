"""Another encoder: the search never stops, no work is lost, and nothing is forgotten."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid4

from ai.embedding.onnx import OnnxEmbedder
from bootstrap.adapters import Adapters
from bootstrap.home import CHECKOUT
from bootstrap.services import Services, build_services
from services.reembedding import BATCH_CHUNKS, ReembeddingResult
from storage.database import MAINTENANCE, Database
from tests.support.material import CountingEmbedder, OtherEmbedder, Shelf
from tests.support.servers import TEMPLATE, in_database, run_sql

TOPICS = {
    "pendulum": "The period of a pendulum depends on its length and on gravity, not on its mass.",
    "friction": "Friction opposes motion and turns the energy of a moving body into heat.",
    "ohm": "Ohm's law: the voltage across a resistor is the current times the resistance.",
}
BY_MEANING = "What slows a sliding box down?"
"""Shares no word with the passage that answers it."""
BY_WORDS = "Which friction opposes motion?"
VECTORS = text("""
SELECT documents.key, chunks.ordinal, embedders.name, vector::text, sentence_vectors
FROM chunk_vectors JOIN embedders ON embedders.id = embedder_id
JOIN chunks ON chunks.id = chunk_id JOIN documents ON documents.id = document_id
ORDER BY 1, 2, 3
""")
ACTIVE = text("SELECT name FROM embedders WHERE is_active")

KILLED_RUN = """
import asyncio, os, signal, sys
from ai.embedding.onnx import OnnxEmbedder
from bootstrap.services import build_reembedding
from storage.database import Database
from tests.support.encoder import exported_encoder
from tests.support.material import OtherEmbedder

batches = iter(range(2))

def die_at_the_second():
    if next(batches):
        os.kill(os.getpid(), signal.SIGKILL)

class Unheard:
    def started(self, chunks): pass
    def encoded(self, chunks): pass

embedder = OtherEmbedder(OnnxEmbedder(exported_encoder(), threads=1), die_at_the_second)
asyncio.run(build_reembedding(Database(sys.argv[1]), embedder).run(Unheard()))
"""


class Counter:
    """Follows a run and keeps its numbers."""

    def __init__(self) -> None:
        self.total = 0
        self.done = 0

    def started(self, chunks: int, /) -> None:
        self.total = chunks

    def encoded(self, chunks: int, /) -> None:
        self.done += chunks


@pytest.fixture
def database_url(server_urls, database_url: str) -> str:
    """A database of its own: all courses of an installation change their encoder together."""
    name = f"reembedding_{uuid4().hex}"
    run_sql(server_urls.database_url, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    return in_database(server_urls.database_url, name)


@pytest.fixture
async def stocked(shelf: Shelf) -> Shelf:
    shelf.write_records("topics.jsonl", TOPICS)
    await shelf.ingest()
    return shelf


@pytest.fixture
def changed(adapters: Adapters, session_encoder: OnnxEmbedder) -> Callable[..., Services]:
    """The services of a process that was started with another encoder."""

    def services(on_passages: Callable[[], None] = lambda: None) -> Services:
        other = OtherEmbedder(session_encoder, on_passages)
        return build_services(replace(adapters, embedder=other))

    return services


async def first_found(shelf: Shelf, services: Services, question: str) -> str | None:
    found = await services.retrieval.search(shelf.teacher.actor, shelf.slug, question)
    return found.passages[0].document_key if found.passages else None


async def is_fully_encoded(shelf: Shelf, services: Services) -> bool:
    found = await services.retrieval.search(shelf.teacher.actor, shelf.slug, BY_WORDS)
    return found.is_fully_encoded


async def vectors_by(database: Database, embedder: str) -> list[tuple]:
    async with database.transaction(MAINTENANCE) as session:
        rows = await session.execute(VECTORS)
        return [tuple(row) for row in rows if row.name == embedder]


async def active(database: Database) -> str:
    async with database.transaction(MAINTENANCE) as session:
        return str(await session.scalar(ACTIVE))


async def test_before_and_after_the_change_the_search_finds(
    stocked: Shelf, database: Database, changed: Callable[..., Services]
):
    services = changed()
    before = await first_found(stocked, services, BY_WORDS)
    was_fully_encoded = await is_fully_encoded(stocked, services)
    counter = Counter()

    result = await services.reembedding.run(counter)

    assert (before, was_fully_encoded) == ("friction", False)
    assert result == ReembeddingResult(is_active=True)
    assert counter.total == counter.done == len(TOPICS)
    assert await active(database) == OtherEmbedder.id
    assert await is_fully_encoded(stocked, services)
    assert await first_found(stocked, services, BY_MEANING) == "friction"


async def test_a_process_with_the_old_encoder_finds_as_before_until_its_vectors_are_dropped(
    stocked: Shelf, database: Database, embedder: CountingEmbedder, changed: Callable[..., Services]
):
    services = changed()
    await services.reembedding.run(Counter())
    during = await first_found(stocked, stocked.services, BY_MEANING)

    dropped = await services.reembedding.drop_old()

    assert during == "friction"
    assert dropped == len(TOPICS)
    assert await vectors_by(database, embedder.id) == []
    assert await first_found(stocked, services, BY_MEANING) == "friction"
    assert await first_found(stocked, stocked.services, BY_WORDS) == "friction"


async def test_vectors_are_not_dropped_before_the_switch(
    stocked: Shelf, database: Database, embedder: CountingEmbedder, changed: Callable[..., Services]
):
    services = changed()

    assert await services.reembedding.drop_old() == 0
    assert len(await vectors_by(database, embedder.id)) == len(TOPICS)


async def test_filling_in_makes_the_vectors_that_ingestion_would_have_made(
    shelf: Shelf, database: Database, changed: Callable[..., Services]
):
    services = changed()
    shelf.write({"heat.md": "# Heat\n\n## Friction\n\nIt warms your hands."})
    shelf.write({"titled.html": "<title>On levers</title><p>A long arm helps.</p>"})
    await shelf.ingest()
    await services.reembedding.run(Counter())
    filled = await vectors_by(database, OtherEmbedder.id)
    for path in shelf.folder.iterdir():
        path.write_text(path.read_text() + "\n")
    await services.reembedding.drop_old()
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text("DELETE FROM chunk_vectors"))

    await replace(shelf, services=services).ingest()

    assert len(filled) >= 2
    assert await vectors_by(database, OtherEmbedder.id) == filled


async def test_a_run_killed_half_way_is_gone_on_with_and_ends_with_equal_rows(
    shelf: Shelf, database: Database, database_url: str, changed: Callable[..., Services]
):
    shelf.write_records("many.jsonl", {f"note-{n:03}": f"Number {n}. " * 5 for n in range(150)})
    await shelf.ingest()
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", KILLED_RUN, database_url],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        check=False,
    )
    left = len(await vectors_by(database, OtherEmbedder.id))
    counter = Counter()

    await changed().reembedding.run(counter)

    filled = await vectors_by(database, OtherEmbedder.id)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text("UPDATE courses SET vectors_revision = NULL"))
        await session.execute(
            text("DELETE FROM chunk_vectors WHERE embedder_id = (SELECT max(id) FROM embedders)")
        )
    await changed().reembedding.run(Counter())
    assert killed.returncode == -signal.SIGKILL
    assert left == BATCH_CHUNKS
    assert counter.done == 150 - BATCH_CHUNKS
    assert filled == await vectors_by(database, OtherEmbedder.id)


async def test_what_an_older_process_ingests_meanwhile_is_covered(
    stocked: Shelf, database: Database, changed: Callable[..., Services]
):
    loop = asyncio.get_running_loop()
    batches: list[str] = []

    def ingest_more() -> None:
        if not batches:
            batches.append("first")
            stocked.write_records("later.jsonl", {"lever": "A lever turns about its fulcrum."})
            asyncio.run_coroutine_threadsafe(stocked.ingest(), loop).result()

    services = changed(ingest_more)
    await services.reembedding.run(Counter())

    keys = {row[0] for row in await vectors_by(database, OtherEmbedder.id)}
    assert keys == {*TOPICS, "lever"}
    assert await active(database) == OtherEmbedder.id


async def test_a_document_deleted_while_it_is_encoded_leaves_no_vectors(
    stocked: Shelf, database: Database, changed: Callable[..., Services]
):
    loop = asyncio.get_running_loop()
    found = await stocked.services.retrieval.search(stocked.teacher.actor, stocked.slug, "ohm", k=1)
    deletions = iter([found.passages[0].document_id])

    def delete() -> None:
        for document_id in deletions:
            deletion = stocked.services.documents.delete(stocked.teacher.actor, document_id)
            asyncio.run_coroutine_threadsafe(deletion, loop).result()

    await changed(delete).reembedding.run(Counter())

    async with database.transaction(MAINTENANCE) as session:
        orphans = await session.scalar(
            text("SELECT count(*) FROM chunk_vectors WHERE chunk_id NOT IN (SELECT id FROM chunks)")
        )
    assert orphans == 0
    assert len(await vectors_by(database, OtherEmbedder.id)) == len(TOPICS) - 1


async def test_a_workers_rounds_fill_in_and_switch_by_themselves(
    stocked: Shelf, database: Database, changed: Callable[..., Services]
):
    is_done = await changed().reembedding.round(lambda: False)

    assert is_done
    assert await active(database) == OtherEmbedder.id
    assert len(await vectors_by(database, OtherEmbedder.id)) == len(TOPICS)


async def test_a_round_gives_way_to_a_job_that_waits(
    stocked: Shelf, database: Database, changed: Callable[..., Services]
):
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            text(
                "INSERT INTO jobs (id, course_id, requested_by, kind, payload)"
                " VALUES (:id, :course, :user, 'ingest', '{}')"
            ),
            {"id": uuid4(), "course": stocked.course_id, "user": stocked.teacher.id},
        )

    is_done = await changed().reembedding.round(lambda: False)

    assert not is_done
    assert await vectors_by(database, OtherEmbedder.id) == []


async def test_a_worker_with_the_old_encoder_switches_nothing_back(
    stocked: Shelf, database: Database, changed: Callable[..., Services]
):
    await changed().reembedding.run(Counter())

    await stocked.services.reembedding.round(lambda: False)

    assert await active(database) == OtherEmbedder.id


async def test_going_back_to_the_old_encoder_is_asked_for_by_the_command(
    stocked: Shelf, database: Database, embedder: CountingEmbedder, changed: Callable[..., Services]
):
    services = changed()
    await services.reembedding.run(Counter())
    stocked.write_records("later.jsonl", {"lever": "A lever turns about its fulcrum."})
    await replace(stocked, services=services).ingest()

    result = await stocked.services.reembedding.run(Counter())

    assert result.is_active
    assert await active(database) == embedder.id
    assert len(await vectors_by(database, embedder.id)) == len(TOPICS) + 1


async def test_one_course_alone_is_filled_in_and_nothing_is_switched_yet(
    stocked: Shelf, database: Database, embedder: CountingEmbedder, changed: Callable[..., Services]
):
    slug = f"other-{uuid4().hex}"
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            text("INSERT INTO courses (id, slug, title, chunk_count) VALUES (:id, :slug, 'O', 1)"),
            {"id": uuid4(), "slug": slug},
        )

    result = await changed().reembedding.run(Counter(), course=stocked.slug)

    assert not result.is_active
    assert await active(database) == embedder.id
    assert await is_fully_encoded(stocked, changed())
