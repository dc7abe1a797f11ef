"""Reads given again: nobody is told of a state that an edit has ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from uuid import UUID

import httpx2
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from sqlalchemy import text

from api.app import create_app
from api.entity_tags import names_tag
from bootstrap.adapters import open_adapters
from bootstrap.services import Services
from bootstrap.settings import Settings
from content.kinds import ContentKind
from services.authoring.versions import version_of
from services.courses import NewCourse
from services.lessons import NewLesson
from storage.database import MAINTENANCE, Database
from storage.repositories.contents import ContentsRepository
from storage.repositories.documents import DocumentsRepository, PendingDocument
from tests.support.running_app import running_app
from tests.support.school import CARD_DECK
from tests.support.service import People, Person, UnusedEmbedder

pytestmark = pytest.mark.server

PENDING = PendingDocument("levers.md", "Levers", "text/markdown", 1, None)
EDITS = (
    "UPDATE courses SET description = 'edited' WHERE id = :course",
    "UPDATE lessons SET title = 'edited' WHERE course_id = :course",
    "INSERT INTO lessons (id, course_id, title) VALUES (gen_random_uuid(), :course, 'new')",
    "DELETE FROM lessons WHERE course_id = :course AND title = 'new'",
    "UPDATE contents SET published_version = 1 WHERE course_id = :course",
    "UPDATE content_versions SET title = 'edited' WHERE course_id = :course",
    "UPDATE documents SET reason = 'edited' WHERE course_id = :course",
    "INSERT INTO document_versions (document_id, version, course_id, text)"
    " SELECT id, 1, course_id, 'text' FROM documents WHERE course_id = :course",
    "INSERT INTO concepts (id, course_id, name, key)"
    " VALUES (:course, :course, 'Lever', 'lever'), (:teacher, :course, 'Force', 'force')",
    "INSERT INTO concept_prerequisites (concept_id, prerequisite_id, course_id)"
    " VALUES (:course, :teacher, :course)",
)
"""Statements as anyone may send them: a service, a worker, an operator in psql."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A course of a teacher with one of each thing that is read again, and where it is read."""

    teacher: Person
    learner: Person
    course_id: UUID
    lesson: str
    paths: tuple[str, ...]

    @property
    def lessons(self) -> str:
        return f"/courses/{self.course_id}/lessons"


@pytest.fixture
async def shelf(services: Services, database: Database, teacher: Person, student: Person) -> Shelf:
    course = await services.courses.create(teacher.actor, NewCourse(title="Shelf"))
    await services.enrollments.enrol(teacher.actor, course.id, student.id, "learner")
    new = NewLesson(title="Levers", status="published")
    lesson = await services.lessons.create(teacher.actor, course.id, new)
    async with database.transaction(MAINTENANCE) as session:
        deck = await ContentsRepository(session).add(
            course.id, ContentKind.DECK, version_of(CARD_DECK), origin="person", created_by=None
        )
        document_id = await DocumentsRepository(session).mark_failed(course.id, PENDING, "torn")
    paths = (
        "/courses",
        f"/courses/{course.slug}",
        f"/courses/{course.slug}/lessons",
        f"/lessons/{lesson.id}",
        f"/lessons/{lesson.id}/structure",
        f"/courses/{course.slug}/decks",
        f"/decks/{deck.id}",
        f"/courses/{course.slug}/documents",
        f"/documents/{document_id}",
        f"/courses/{course.slug}/concepts",
    )
    return Shelf(teacher, student, course.id, f"/lessons/{lesson.id}", paths)


async def read(
    client: httpx2.AsyncClient, person: Person, path: str, known: str | None = None
) -> httpx2.Response:
    asked = {} if known is None else {"If-None-Match": known}
    return await client.get(path, headers={**person.headers, **asked})


async def edit(database: Database, shelf: Shelf, statement: str) -> None:
    values = {"course": shelf.course_id, "teacher": shelf.teacher.id}
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text(statement), used)


@asynccontextmanager
async def replica(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """Another API process in all but its process: with connections and memory of its own."""
    async with open_adapters(settings, UnusedEmbedder()) as adapters:
        app = create_app(lambda _: nullcontext(adapters), settings)
        async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
            transport = httpx2.ASGITransport(app=manager.app)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://service/api/v1"
            ) as opened:
                yield opened


async def test_who_has_it_already_is_told_so_by_a_real_server_until_it_changes(
    app: FastAPI, shelf: Shelf
) -> None:
    async with (
        running_app(app) as url,
        httpx2.AsyncClient(base_url=f"{url}/api/v1") as client,
    ):
        first = await read(client, shelf.teacher, shelf.lesson)
        again = await read(client, shelf.teacher, shelf.lesson, f'"other", {first.headers["etag"]}')
        changed = await client.patch(
            shelf.lesson, json={"title": "Pulleys"}, headers=shelf.teacher.headers
        )
        after = await read(client, shelf.teacher, shelf.lesson, first.headers["etag"])

    assert first.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert changed.status_code == 200
    assert (after.status_code, after.json()["title"]) == (200, "Pulleys")


async def test_each_edit_makes_every_read_of_its_course_old(
    client: httpx2.AsyncClient, database: Database, shelf: Shelf
) -> None:
    for path in shelf.paths:  # the first look at a lesson's parts keeps them as a version
        await read(client, shelf.teacher, path)
    known = {path: await read(client, shelf.teacher, path) for path in shelf.paths}

    for statement in EDITS:
        for path in shelf.paths:  # so that all is kept under the mark of now
            kept = await read(client, shelf.teacher, path, known[path].headers["etag"])
            assert kept.status_code == 304, (path, statement)
        await edit(database, shelf, statement)
        for path in shelf.paths:
            known[path] = after = await read(
                client, shelf.teacher, path, known[path].headers["etag"]
            )
            assert after.status_code == 200, (path, statement)
            assert after.headers["cache-status"] == "neuroshiksha; fwd=uri-miss; stored"


async def test_what_one_replica_keeps_the_other_gives_until_an_edit_at_either(
    client: httpx2.AsyncClient, settings: Settings, shelf: Shelf
) -> None:
    async with replica(settings) as other:
        made = await read(client, shelf.teacher, shelf.lessons)
        given = await read(other, shelf.teacher, shelf.lessons)
        await client.patch(shelf.lesson, json={"title": "Gears"}, headers=shelf.teacher.headers)
        after = await read(other, shelf.teacher, shelf.lessons)
        await other.patch(shelf.lesson, json={"title": "Screws"}, headers=shelf.teacher.headers)
        last = await read(client, shelf.teacher, shelf.lessons)

    assert given.headers["cache-status"] == "neuroshiksha; hit"
    assert given.json() == made.json()
    assert [item["title"] for item in after.json()["items"]] == ["Gears"]
    assert [item["title"] for item in last.json()["items"]] == ["Screws"]


async def test_an_edit_counts_with_its_commit_and_not_when_it_is_taken_back(
    client: httpx2.AsyncClient, database: Database, shelf: Shelf
) -> None:
    rename = text("UPDATE lessons SET title = 'Renamed' WHERE course_id = :course")
    known = (await read(client, shelf.teacher, shelf.lesson)).headers["etag"]

    async with database.transaction(MAINTENANCE) as session:
        await session.execute(rename, {"course": shelf.course_id})
        await session.rollback()
    taken_back = await read(client, shelf.teacher, shelf.lesson, known)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(rename, {"course": shelf.course_id})
        meanwhile = await read(client, shelf.teacher, shelf.lesson, known)
    after = await read(client, shelf.teacher, shelf.lesson, known)

    assert (taken_back.status_code, meanwhile.status_code) == (304, 304)
    assert (after.status_code, after.json()["title"]) == (200, "Renamed")


async def test_a_learner_is_not_given_what_was_kept_for_a_teacher(
    client: httpx2.AsyncClient, services: Services, shelf: Shelf
) -> None:
    await services.lessons.create(shelf.teacher.actor, shelf.course_id, NewLesson(title="Draft"))

    seen = await read(client, shelf.teacher, shelf.lessons)
    learned = await read(client, shelf.learner, shelf.lessons, seen.headers["etag"])

    assert [item["title"] for item in seen.json()["items"]] == ["Levers", "Draft"]
    assert [item["title"] for item in learned.json()["items"]] == ["Levers"]


async def test_who_leaves_a_course_is_refused_whatever_they_kept(
    client: httpx2.AsyncClient, services: Services, shelf: Shelf
) -> None:
    known = (await read(client, shelf.learner, shelf.lesson)).headers["etag"]
    listed = (await read(client, shelf.learner, "/courses")).headers["etag"]
    await services.enrollments.remove(shelf.teacher.actor, shelf.course_id, shelf.learner.id)

    refused = await read(client, shelf.learner, shelf.lesson, known)
    left = await read(client, shelf.learner, "/courses", listed)

    assert refused.status_code == 404
    assert (left.status_code, left.json()["items"]) == (200, [])


async def test_without_redis_all_is_read_anew_and_what_is_unchanged_still_said(
    settings: Settings, shelf: Shelf
) -> None:
    cut_off = settings.model_copy(
        update={"redis_cache_url": type(settings.redis_cache_url)("redis://127.0.0.1:1/0")}
    )

    async with replica(cut_off) as client:
        first = await read(client, shelf.teacher, shelf.lesson)
        anew = await read(client, shelf.teacher, shelf.lesson)
        again = await read(client, shelf.teacher, shelf.lesson, first.headers["etag"])

    assert first.status_code == anew.status_code == 200
    assert anew.headers["cache-status"] == "neuroshiksha; fwd=uri-miss"
    assert again.status_code == 304


async def test_an_admin_sees_what_is_spared_and_makes_all_of_a_course_old(
    client: httpx2.AsyncClient, people: People, shelf: Shelf
) -> None:
    admin = await people.add("admin")
    before = (await read(client, admin, "/admin/cache/reads")).json()

    known = (await read(client, shelf.teacher, shelf.lesson)).headers["etag"]
    await read(client, shelf.teacher, shelf.lesson)
    await read(client, shelf.teacher, shelf.lesson, known)
    after = (await read(client, admin, "/admin/cache/reads")).json()
    purged = await client.post(
        "/admin/cache/reads/purge", json={"course": str(shelf.course_id)}, headers=admin.headers
    )
    old = await read(client, shelf.teacher, shelf.lesson, known)

    told = {name: after[name] - before[name] for name in after if name != "is_available"}
    assert told == {"unchanged": 1, "hits": 1, "misses": 1, "fills": 1, "too_large": 0}
    assert purged.json() == {"courses": 1}
    assert (old.status_code, old.headers["cache-status"]) == (
        200,
        "neuroshiksha; fwd=uri-miss; stored",
    )


async def test_a_body_past_the_limit_is_not_kept(settings: Settings, shelf: Shelf) -> None:
    small = settings.model_copy(update={"read_cache_body_bytes": 10})

    async with replica(small) as client:
        await read(client, shelf.teacher, shelf.lesson)
        again = await read(client, shelf.teacher, shelf.lesson)

    assert (again.status_code, again.headers["cache-status"]) == (200, "neuroshiksha; fwd=uri-miss")


def test_a_tag_is_named_whole_or_not_at_all() -> None:
    assert names_tag('W/"abc", "def"', "def")
    assert names_tag('W/"abc"', "abc")
    assert not names_tag('"abcd"', "abc")
    assert not names_tag("abc", "abc")
    assert not names_tag(None, "abc")
