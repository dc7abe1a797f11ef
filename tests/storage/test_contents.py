"""Content keeps every version; pointers say which is worked on and which is published."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from bootstrap.services import Services
from content.kinds import ContentKind
from services.courses import NewCourse
from storage.database import MAINTENANCE, Database, Scope
from storage.paging import PageRequest
from storage.repositories.contents import ContentsRepository
from storage.repositories.stored_content import NewVersion
from tests.support.service import People

pytestmark = pytest.mark.server


@pytest.fixture
async def course_id(services: Services, people: People) -> UUID:
    teacher = await people.add("teacher")
    course = await services.courses.create(teacher.actor, NewCourse(title="Mechanics"))
    return course.id


def quiz(title: str, *sources: tuple[UUID, int]) -> NewVersion:
    return NewVersion(title, {"title": title}, sources)


async def test_an_edit_after_undoing_keeps_what_was_undone(database: Database, course_id: UUID):
    async with database.transaction(Scope(course_ids=(course_id,))) as session:
        contents = ContentsRepository(session)
        first = await contents.add(course_id, ContentKind.QUIZ, quiz("first"))
        second = await contents.add_version(first, quiz("second"))
        undone = await contents.work_on(first.id, 1)
        third = await contents.add_version(undone, quiz("third"))

        versions = (await contents.versions(first.id, PageRequest())).items
        after_first = await contents.version_after(first.id, 1)

    assert (second.version, third.version, after_first) == (2, 3, 3)
    assert [(v.number, v.parent, v.title) for v in versions] == [
        (3, 1, "third"), (2, 1, "second"), (1, None, "first"),
    ]  # fmt: skip


async def test_a_version_cannot_be_changed(database: Database, course_id: UUID):
    scope = Scope(course_ids=(course_id,))
    async with database.transaction(scope) as session:
        await ContentsRepository(session).add(course_id, ContentKind.QUIZ, quiz("first"))

    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(scope) as session:
            await session.execute(text("UPDATE content_versions SET title = 'other'"))


async def test_learners_list_shows_the_published_title(database: Database, course_id: UUID):
    async with database.transaction(Scope(course_ids=(course_id,))) as session:
        contents = ContentsRepository(session)
        made = await contents.add(course_id, ContentKind.QUIZ, quiz("published"))
        await contents.add(course_id, ContentKind.QUIZ, quiz("never published"))
        await contents.publish(made.id, 1)
        await contents.add_version(made, quiz("worked on"))

        shown = await contents.page(course_id, ContentKind.QUIZ, PageRequest(), sees_drafts=False)
        worked_on = await contents.page(
            course_id, ContentKind.QUIZ, PageRequest(), sees_drafts=True
        )

    assert [item.title for item in shown.items] == ["published"]
    assert [item.title for item in worked_on.items] == ["never published", "worked on"]


async def test_content_is_stale_once_a_document_it_cites_has_a_newer_version(
    database: Database, course_id: UUID
):
    document = uuid7()
    scope = Scope(course_ids=(course_id,))
    async with database.transaction(scope) as session:
        contents = ContentsRepository(session)
        await session.execute(
            text(
                "INSERT INTO documents (id, course_id, key, title, media_type, current_version)"
                " VALUES (:id, :course, 'a.md', 'A', 'text/markdown', 1)"
            ),
            {"id": document, "course": course_id},
        )
        await contents.add(course_id, ContentKind.DECK, quiz("cites", (document, 1)))

        before = await contents.page(course_id, ContentKind.DECK, PageRequest(), sees_drafts=True)
        await session.execute(text("UPDATE documents SET current_version = 2"))
        after = await contents.page(course_id, ContentKind.DECK, PageRequest(), sees_drafts=True)
        changed = await contents.superseded([(document, 1), (document, 2)])

    assert [before.items[0].is_stale, after.items[0].is_stale] == [False, True]
    assert changed == {(document, 1)}


async def test_a_job_that_runs_again_makes_nothing_twice(database: Database, course_id: UUID):
    job_id = uuid7()
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            text("INSERT INTO jobs (id, course_id, kind, payload) VALUES (:id, :c, 'quiz', '{}')"),
            {"id": job_id, "c": course_id},
        )
    async with database.transaction(Scope(course_ids=(course_id,))) as session:
        contents = ContentsRepository(session)
        made = replace(quiz("made"), job_id=job_id)
        once = await contents.add(course_id, ContentKind.QUIZ, made)
        again = await contents.add(course_id, ContentKind.QUIZ, made)
        changed = await contents.add_version(once, made)

        page = await contents.page(course_id, ContentKind.QUIZ, PageRequest(), sees_drafts=True)

    assert once == again == changed
    assert page.total == 1
