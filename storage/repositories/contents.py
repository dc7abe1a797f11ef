"""Content in its versions: rows that are added, and two pointers to them that move."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Label,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from content.kinds import ContentKind
from models.content import ContentVersion, StoredContent
from storage.errors import NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page
from storage.repositories.stored_content import (
    CitedVersion,
    ContentHead,
    ListedContent,
    NewVersion,
    Origin,
    StoredVersion,
    VersionHead,
)

KEYSET = Keyset({"created_at": StoredContent.created_at}, StoredContent.id)
NEWEST_FIRST = Order("created_at", descending=True)
IS_STALE: Label[bool] = literal_column(
    """
EXISTS (SELECT FROM unnest(content_versions.source_documents, content_versions.source_versions)
            AS cited (document_id, version)
        LEFT JOIN documents ON documents.id = cited.document_id AND documents.deleted_at IS NULL
        WHERE documents.current_version IS DISTINCT FROM cited.version)
""",
    Boolean(),
).label("is_stale")
SUPERSEDED = text("""
SELECT cited.id, cited.version
FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[])) AS cited (id, version)
LEFT JOIN documents ON documents.id = cited.id AND documents.deleted_at IS NULL
WHERE documents.current_version IS DISTINCT FROM cited.version
""")


class ContentsRepository:
    """The rows of `contents` and `content_versions`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        course_id: UUID,
        kind: ContentKind,
        first: NewVersion,
        *,
        content_id: UUID | None = None,
        origin: Origin = "person",
        created_by: UUID | None = None,
    ) -> ContentHead:
        """New content with its first version; what a job has made before is given back as it is.

        A lesson takes the id of its row in `lessons`.
        """
        new_id = content_id or uuid7()
        values = {
            "id": new_id,
            "course_id": course_id,
            "kind": kind.value,
            "lesson_id": new_id if kind is ContentKind.LESSON else None,
            "origin": origin,
            "job_id": first.job_id,
            "created_by": created_by,
        }
        statement = (
            insert_or(StoredContent)
            .values(values)
            .on_conflict_do_nothing()
            .returning(StoredContent)
        )
        row = await self._session.scalar(statement)
        if row is None:
            return await self._made_before(new_id, first.job_id)
        await self._insert(new_id, course_id, 1, None, first)
        return _head(row)

    async def course_of(
        self, content_id: UUID, kind: ContentKind, *, is_deleted: bool = False
    ) -> UUID | None:
        """The course of living (or deleted) content of a kind, None where there is none."""
        statement = select(StoredContent.course_id).where(
            StoredContent.id == content_id,
            StoredContent.kind == kind.value,
            _is_gone(is_deleted),
        )
        return await self._session.scalar(statement)

    async def head(
        self, content_id: UUID, *, is_locked: bool = False, is_deleted: bool = False
    ) -> ContentHead:
        """Living (or deleted) content; locked for who is about to move its pointers.

        Raises:
            NotFoundError: when there is none.
        """
        statement = select(StoredContent).where(
            StoredContent.id == content_id, _is_gone(is_deleted)
        )
        if is_locked:
            statement = statement.with_for_update()
        row = await self._session.scalar(statement.execution_options(populate_existing=True))
        if row is None:
            raise NotFoundError("content", content_id)
        return _head(row)

    async def made_by(self, job_id: UUID) -> ContentHead | None:
        """What a job has made or changed, living or deleted; None where it has not yet."""
        statement = (
            select(StoredContent)
            .join(ContentVersion, ContentVersion.content_id == StoredContent.id)
            .where(ContentVersion.job_id == job_id)
        )
        row = await self._session.scalar(statement)
        return None if row is None else _head(row)

    async def version_by(self, job_id: UUID) -> int | None:
        """The number of the version that a job has written; None where it has not yet."""
        statement = select(ContentVersion.number).where(ContentVersion.job_id == job_id)
        return await self._session.scalar(statement)

    async def published_quizzes(
        self, course_id: UUID, limit: int = 100
    ) -> list[tuple[UUID, int, Mapping[str, Any]]]:
        """The newest quizzes that learners see: id, version and body of each."""
        statement = (
            select(StoredContent.id, ContentVersion.number, ContentVersion.body)
            .join(
                ContentVersion,
                (ContentVersion.content_id == StoredContent.id)
                & (ContentVersion.number == StoredContent.published_version),
            )
            .where(
                StoredContent.course_id == course_id,
                StoredContent.kind == ContentKind.QUIZ.value,
                StoredContent.deleted_at.is_(None),
            )
            .order_by(StoredContent.created_at.desc(), StoredContent.id)
            .limit(limit)
        )
        return [(id_, number, body) for id_, number, body in await self._session.execute(statement)]

    async def version(self, content_id: UUID, number: int) -> StoredVersion:
        """One version.

        Raises:
            NotFoundError: when there is none.
        """
        row = await self._session.get(ContentVersion, (content_id, number))
        if row is None:
            raise NotFoundError("version", number)
        return _version(row)

    async def versions(self, content_id: UUID, request: PageRequest) -> Page[VersionHead]:
        """Versions without their bodies, newest first; the pages are numbered."""
        columns = [getattr(ContentVersion, field.name) for field in fields(VersionHead)]
        of_content = ContentVersion.content_id == content_id
        statement = (
            select(*columns)
            .where(of_content)
            .order_by(ContentVersion.number.desc())
            .limit(request.size)
            .offset((request.page - 1) * request.size)
        )
        items = tuple(VersionHead(*row) for row in await self._session.execute(statement))
        total = await self._session.scalar(
            select(func.count()).select_from(ContentVersion).where(of_content)
        )
        return Page(items, request.size, total or 0, request.page, None)

    async def add_version(self, head: ContentHead, new: NewVersion) -> ContentHead:
        """Keeps a state that follows the one worked on, which it now is; lock the head first.

        What a job has added before is not added again.
        """
        if new.job_id is not None and await self.version_by(new.job_id) is not None:
            return head
        last = await self._session.scalar(
            select(func.max(ContentVersion.number)).where(ContentVersion.content_id == head.id)
        )
        number = (last or 0) + 1
        await self._insert(head.id, head.course_id, number, head.version, new)
        return await self._change(head.id, {"version": number})

    async def version_after(self, content_id: UUID, number: int) -> int | None:
        """The newest version that was made from this one, which redoing goes to."""
        statement = select(func.max(ContentVersion.number)).where(
            ContentVersion.content_id == content_id, ContentVersion.parent == number
        )
        return await self._session.scalar(statement)

    async def work_on(self, content_id: UUID, number: int) -> ContentHead:
        """Makes a version the one that teachers work on.

        Raises:
            NotFoundError: when the content is gone.
        """
        return await self._change(content_id, {"version": number})

    async def publish(self, content_id: UUID, number: int | None) -> ContentHead:
        """Makes a version the one that learners see; None shows them nothing.

        Raises:
            NotFoundError: when the content is gone.
        """
        return await self._change(content_id, {"published_version": number})

    async def delete(self, content_id: UUID) -> None:
        """Marks living content deleted.

        Raises:
            NotFoundError: when there is none.
        """
        await self._change(content_id, {"deleted_at": func.now()})

    async def restore(self, content_id: UUID) -> ContentHead:
        """Brings deleted content back.

        Raises:
            NotFoundError: when it is not among the deleted.
        """
        return await self._change(content_id, {"deleted_at": None}, is_deleted=True)

    async def page(
        self,
        course_id: UUID,
        kind: ContentKind,
        request: PageRequest,
        *,
        sees_drafts: bool,
        is_deleted: bool = False,
    ) -> Page[ListedContent]:
        """Content of one kind, newest first; without drafts each by its published title.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        published = StoredContent.published_version
        shown = StoredContent.version if sees_drafts else published
        statement = select(StoredContent, ContentVersion.title, IS_STALE)
        statement = statement.join(
            ContentVersion,
            (ContentVersion.content_id == StoredContent.id) & (ContentVersion.number == shown),
        ).where(
            StoredContent.course_id == course_id,
            StoredContent.kind == kind.value,
            _is_gone(is_deleted),
        )
        if not sees_drafts:
            statement = statement.where(published.is_not(None))
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(lambda row: ListedContent(_head(row[0]), row[1], row[2]))

    async def superseded(self, cited: Sequence[CitedVersion]) -> frozenset[CitedVersion]:
        """Those of the cited versions that are not the current ones of their documents."""
        parameters = {
            "ids": [document_id for document_id, _ in cited],
            "versions": [version for _, version in cited],
        }
        rows = await self._session.execute(SUPERSEDED, parameters)
        return frozenset((row.id, row.version) for row in rows)

    async def _made_before(self, content_id: UUID, job_id: UUID | None) -> ContentHead:
        same = StoredContent.id == content_id
        if job_id is not None:
            same |= StoredContent.job_id == job_id
        row = await self._session.scalar(select(StoredContent).where(same))
        if row is None:
            raise NotFoundError("content", content_id)
        return _head(row)

    async def _insert(
        self, content_id: UUID, course_id: UUID, number: int, parent: int | None, new: NewVersion
    ) -> None:
        await self._session.execute(
            insert(ContentVersion).values(
                content_id=content_id,
                number=number,
                parent=parent,
                course_id=course_id,
                title=new.title,
                body=dict(new.body),
                quality=None if new.quality is None else dict(new.quality),
                source_documents=[document_id for document_id, _ in new.sources],
                source_versions=[version for _, version in new.sources],
                author_id=new.author_id,
                job_id=new.job_id,
                why=new.why,
            )
        )

    async def _change(
        self, content_id: UUID, values: Mapping[str, Any], *, is_deleted: bool = False
    ) -> ContentHead:
        statement = (
            update(StoredContent)
            .where(StoredContent.id == content_id, _is_gone(is_deleted))
            .values(**values)
            .returning(StoredContent)
            .execution_options(populate_existing=True)
        )
        row = await self._session.scalar(statement)
        if row is None:
            raise NotFoundError("content", content_id)
        return _head(row)


def _is_gone(is_deleted: bool) -> ColumnElement[bool]:
    gone = StoredContent.deleted_at
    return gone.is_not(None) if is_deleted else gone.is_(None)


def _head(row: StoredContent) -> ContentHead:
    values = {name.name: getattr(row, name.name) for name in fields(ContentHead)}
    return ContentHead(**{**values, "kind": ContentKind(row.kind)})


def _version(row: ContentVersion) -> StoredVersion:
    return StoredVersion(**{name.name: getattr(row, name.name) for name in fields(StoredVersion)})
