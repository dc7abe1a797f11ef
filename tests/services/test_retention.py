"""What is too old is removed for good, what is not stays, and files go with what they were of."""

import os
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from uuid_utils.compat import uuid4, uuid7

from ai.embedding.embedder import Embedder
from ai.embedding.onnx import OnnxEmbedder
from bootstrap.adapters import Adapters
from bootstrap.retention import build_retention
from bootstrap.services import Services
from bootstrap.settings import Settings
from services.courses import NewCourse
from services.retention import FILES_SETTLE_IN, Retention, RetentionService
from storage.database import MAINTENANCE, Database
from storage.files import FileStore
from tests.support.material import Shelf, session_encoder, shelf
from tests.support.personal_rows import PersonalRows, tables_holding, write_personal_rows
from tests.support.service import People, Person

__all__ = ["session_encoder", "shelf"]

pytestmark = pytest.mark.server

Aged = Callable[..., Awaitable[None]]


@pytest.fixture
def settings(settings: Settings, own_database_url: str) -> Settings:
    """With a database of its own: a purge removes whatever is old."""
    return settings.model_copy(update={"database_url": SecretStr(own_database_url)})


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> Embedder:
    return session_encoder


@pytest.fixture
def retention(adapters: Adapters) -> RetentionService:
    return build_retention(adapters.settings, adapters.database, adapters.redis)


@pytest.fixture
async def rows(people: People, database: Database) -> PersonalRows:
    person = await people.add("student")
    return await write_personal_rows(database, person.id, person.actor.email)


async def change(database: Database, statement: str, **values: object) -> None:
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text(statement), values)


async def ids_of(database: Database, table: str) -> set[UUID]:
    async with database.transaction(MAINTENANCE) as session:
        return set(await session.scalars(text(f"SELECT id FROM {table}")))


def stored(files: FileStore, folder: Path, content: bytes, *, age_days: float = 2) -> str:
    """The hash of a file that was stored so long ago."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / uuid4().hex
    source.write_bytes(content)
    content_hash = sha256(content).hexdigest()
    files.write_file(source, content_hash)
    then = time.time() - age_days * 86400
    os.utime(files.path(content_hash), (then, then))
    return content_hash


async def test_what_is_young_stays(
    retention: RetentionService, rows: PersonalRows, database: Database
) -> None:
    before = await tables_holding(database, rows.mark)
    await retention.purge()  # of what other tests have left old

    counts = await retention.purge()

    assert await tables_holding(database, rows.mark) == before
    assert set(counts.values()) == {0}


@pytest.mark.parametrize(
    ("column", "days", "is_gone"),
    [("deleted_at", 29, False), ("deleted_at", 31, True), ("updated_at", 400, False)],
)
async def test_deleted_conversations_go_after_their_days(
    retention: RetentionService,
    rows: PersonalRows,
    database: Database,
    column: str,
    days: int,
    is_gone: bool,
) -> None:
    statement = (
        f"UPDATE conversations SET {column} = now() - make_interval(days => :days) WHERE id = :id"
    )
    await change(database, statement, days=days, id=rows.ids["conversation"])

    await retention.purge()

    assert (rows.ids["conversation"] not in await ids_of(database, "conversations")) == is_gone
    assert (rows.ids["answer"] not in await ids_of(database, "messages")) == is_gone


async def test_idle_conversations_go_where_the_school_says_so(
    adapters: Adapters, rows: PersonalRows, database: Database
) -> None:
    settings = adapters.settings.model_copy(update={"keep_conversations_days": 60})
    statement = "UPDATE conversations SET updated_at = now() - interval '61 days' WHERE id = :id"
    await change(database, statement, id=rows.ids["conversation"])

    await build_retention(settings, database, adapters.redis).purge()

    assert rows.ids["conversation"] not in await ids_of(database, "conversations")


async def test_turns_of_conversations_kept_elsewhere_go_by_themselves(
    retention: RetentionService, rows: PersonalRows, database: Database
) -> None:
    statement = """UPDATE conversations
                   SET deleted_at = NULL, updated_at = now() - interval '91 days'
                   WHERE user_id = :person"""
    await change(database, statement, person=rows.person)

    await retention.purge()

    left = await ids_of(database, "conversations")
    assert rows.ids["unlisted"] not in left
    assert rows.ids["conversation"] in left


async def test_usage_loses_the_person_and_keeps_the_figures(
    retention: RetentionService, rows: PersonalRows, database: Database
) -> None:
    values = {"course": rows.ids["course"]}
    old = """UPDATE usage_records SET created_at = now() - interval '401 days'
             WHERE course_id = :course"""
    await change(database, old, **values)

    await retention.purge()

    kept = text(
        "SELECT user_id, message_id, prompt_tokens FROM usage_records WHERE course_id = :course"
    )
    async with database.transaction(MAINTENANCE) as session:
        assert (await session.execute(kept, values)).one() == (None, None, 41)


async def test_the_audit_log_goes_back_so_far_and_no_further(
    retention: RetentionService, rows: PersonalRows, database: Database
) -> None:
    old = "UPDATE audit_events SET created_at = now() - interval '731 days' WHERE actor_id = :id"
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text("RESET ROLE"))  # nobody else may change a line
        await session.execute(text(old), {"id": rows.person})

    counts = await retention.purge()

    assert counts["audit_events"] == 1
    assert "audit_events" in await tables_holding(database, rows.email)


@pytest.mark.parametrize(("days", "is_gone"), [(29, False), (31, True)])
async def test_deleted_content_goes_after_its_days_with_all_that_hangs_from_it(
    retention: RetentionService, rows: PersonalRows, database: Database, days: int, is_gone: bool
) -> None:
    statement = (
        "UPDATE contents SET deleted_at = now() - make_interval(days => :days) WHERE id = :id"
    )
    await change(database, statement, days=days, id=rows.ids["quiz"])

    counts = await retention.purge()

    assert counts["deleted_contents"] == int(is_gone)
    assert (rows.ids["quiz"] not in await ids_of(database, "contents")) == is_gone
    assert (rows.ids["attempt"] not in await ids_of(database, "attempts")) == is_gone


async def test_old_jobs_and_mails_go(
    retention: RetentionService, rows: PersonalRows, database: Database
) -> None:
    done = """UPDATE jobs SET status = 'succeeded', finished_at = now() - interval '181 days'
              WHERE id = :id"""
    await change(database, done, id=rows.ids["job"])
    ended = (
        "UPDATE outgoing_mails SET ended_at = now() - interval '8 days' WHERE recipient = :email"
    )
    await change(database, ended, email=rows.email)

    counts = await retention.purge()

    assert (counts["jobs"], counts["outgoing_mails"]) == (1, 1)


async def test_a_deleted_account_is_erased_after_its_days(
    retention: RetentionService, rows: PersonalRows, database: Database
) -> None:
    old = "UPDATE users SET deleted_at = now() - interval '31 days' WHERE id = :id"
    await change(database, old, id=rows.person)

    counts = await retention.purge()

    assert counts["deleted_users"] == 1
    assert await tables_holding(database, rows.mark) == set()
    assert await tables_holding(database, rows.email) == set()


async def test_a_deleted_course_goes_with_chunks_vectors_postings_and_files(
    retention: RetentionService, shelf: Shelf, database: Database, adapters: Adapters
) -> None:
    shelf.write({"work.md": "# Work\n\nWork is force times displacement."})
    assert (await shelf.ingest()).count("ok") == 1
    async with database.transaction(MAINTENANCE) as session:
        statement = text("SELECT file_hash FROM documents WHERE course_id = :course")
        hashes = (await session.scalars(statement, {"course": shelf.course_id})).all()
    files = adapters.files
    for each in hashes:
        os.utime(files.path(each), (0, 0))
    await shelf.services.courses.delete(shelf.teacher.actor, shelf.slug)
    await change(
        database,
        "UPDATE courses SET deleted_at = now() - interval '31 days' WHERE id = :id",
        id=shelf.course_id,
    )

    counts = await retention.purge()

    assert (counts["deleted_courses"], counts["files"]) == (1, len(set(hashes)))
    assert not any(
        (adapters.settings.files_folder / each[:2] / each[2:4] / each).exists() for each in hashes
    )
    holding = await tables_holding(database, str(shelf.course_id))
    assert holding <= {"audit_events"}


async def test_a_restored_course_stays(
    retention: RetentionService, services: Services, teacher: Person, database: Database
) -> None:
    slug = f"kept-{uuid4().hex}"
    course = await services.courses.create(teacher.actor, NewCourse(title="Kept", slug=slug))
    await services.courses.delete(teacher.actor, slug)
    await change(
        database,
        "UPDATE courses SET deleted_at = now() - interval '29 days' WHERE id = :id",
        id=course.id,
    )

    await retention.purge()
    await services.courses.restore(teacher.actor, slug)

    assert (await services.courses.read(teacher.actor, slug)).id == course.id


async def test_a_file_that_another_document_or_job_needs_stays(
    retention: RetentionService,
    rows: PersonalRows,
    database: Database,
    adapters: Adapters,
    tmp_path: Path,
) -> None:
    alone, shared, waiting = (
        stored(adapters.files, tmp_path / "in", f"{name} {uuid4()}".encode())
        for name in ("alone", "shared", "waiting")
    )
    add = """INSERT INTO documents (id, course_id, key, title, media_type, file_hash, deleted_at)
             VALUES (:id, :course, :key, 'x', 'text/plain', :hash,
                     CASE WHEN :is_old THEN now() - interval '31 days' END)"""
    wanted = [(alone, True), (shared, True), (shared, False), (waiting, True)]
    for n, (content_hash, is_old) in enumerate(wanted):
        await change(
            database,
            add,
            id=uuid7(),
            course=rows.ids["course"],
            key=f"{n}.txt",
            hash=content_hash,
            is_old=is_old,
        )
    job = """UPDATE jobs SET payload = jsonb_build_object('sources', jsonb_build_array(
             jsonb_build_object('content_hash', CAST(:hash AS text)))) WHERE id = :id"""
    await change(database, job, hash=waiting, id=rows.ids["job"])

    counts = await retention.purge()

    assert (counts["deleted_documents"], counts["files"]) == (3, 1)
    assert adapters.files.path(shared).is_file()
    assert adapters.files.path(waiting).is_file()


async def test_a_file_that_was_stored_just_now_waits_for_the_next_purge(
    retention: RetentionService, database: Database, adapters: Adapters, tmp_path: Path
) -> None:
    content = f"young {uuid4()}".encode()
    content_hash = stored(adapters.files, tmp_path / "in", content, age_days=0)
    await change(
        database, "INSERT INTO discarded_files (content_hash) VALUES (:hash)", hash=content_hash
    )

    await retention.purge()
    kept = adapters.files.path(content_hash)
    os.utime(kept, (0, 0))
    await retention.purge()

    assert not kept.exists()


def test_a_file_stored_again_is_young_again(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "store")
    content_hash = stored(files, tmp_path / "in", b"again", age_days=9)

    (tmp_path / "in" / "copy").write_bytes(b"again")
    files.write_file(tmp_path / "in" / "copy", content_hash)

    assert not files.discard(content_hash, unused_for=FILES_SETTLE_IN)
    assert files.path(content_hash).read_bytes() == b"again"


async def test_a_purge_that_is_told_to_stop_removes_nothing_more(
    retention: RetentionService, rows: PersonalRows, database: Database
) -> None:
    old = "UPDATE conversations SET deleted_at = now() - interval '31 days' WHERE id = :id"
    await change(database, old, id=rows.ids["conversation"])

    await retention.purge(lambda: True)

    assert rows.ids["conversation"] in await ids_of(database, "conversations")


def test_nothing_goes_where_everything_is_kept_for_ever() -> None:
    settings = Settings(
        _env_file=None,
        **{
            f"keep_{kind}_days": 0
            for kind in (
                "deleted",
                "conversations",
                "unlisted_conversations",
                "audit",
                "usage",
                "jobs",
                "mails",
            )
        },
    )

    assert settings.retention == Retention(0, 0, 0, 0, 0, 0, 0)
