"""Comments on content."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models.content import ContentComment
from models.people import User
from storage.errors import NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

KEYSET = Keyset({"created_at": ContentComment.created_at}, ContentComment.id)
OLDEST_FIRST = Order("created_at")


@dataclass(frozen=True, slots=True)
class StoredComment:
    """A comment as its readers see it."""

    id: UUID
    content_id: UUID
    version: int
    part: str | None
    body: str
    author_id: UUID | None
    created_at: datetime
    resolved_at: datetime | None
    author: str | None = None
    """The name that its author goes by, in a list."""


class ContentCommentsRepository:
    """The rows of `content_comments`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        course_id: UUID,
        content_id: UUID,
        version: int,
        part: str | None,
        body: str,
        author_id: UUID,
    ) -> StoredComment:
        """A new comment on a version of some content."""
        statement = (
            insert(ContentComment)
            .values(
                id=uuid7(),
                course_id=course_id,
                content_id=content_id,
                version=version,
                part=part,
                body=body,
                author_id=author_id,
            )
            .returning(ContentComment)
        )
        return _stored(await self._session.scalar(statement), None)

    async def read(self, content_id: UUID, comment_id: UUID) -> StoredComment:
        """One comment.

        Raises:
            NotFoundError: when there is none on that content.
        """
        return _stored(await self._session.scalar(self._one(content_id, comment_id)), comment_id)

    async def page(
        self, content_id: UUID, request: PageRequest, *, is_open: bool | None = None
    ) -> Page[StoredComment]:
        """Comments, oldest first; only those resolved, or not, where that is asked for.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = (
            select(ContentComment, User.display_name)
            .outerjoin(User, User.id == ContentComment.author_id)
            .where(ContentComment.content_id == content_id)
        )
        if is_open is not None:
            resolved = ContentComment.resolved_at
            statement = statement.where(resolved.is_(None) if is_open else resolved.is_not(None))
        page = await fetch_page(self._session, statement, KEYSET, request, OLDEST_FIRST)
        return page.map(lambda row: _stored(row[0], None, row[1]))

    async def resolve(self, comment_id: UUID, *, is_resolved: bool) -> StoredComment:
        """Marks a comment as dealt with, or as open again.

        Raises:
            NotFoundError: when it is gone.
        """
        statement = (
            update(ContentComment)
            .where(ContentComment.id == comment_id)
            .values(resolved_at=func.now() if is_resolved else None)
            .returning(ContentComment)
            .execution_options(populate_existing=True)
        )
        return _stored(await self._session.scalar(statement), comment_id)

    async def delete(self, comment_id: UUID) -> None:
        """Takes a comment away."""
        await self._session.execute(delete(ContentComment).where(ContentComment.id == comment_id))

    def _one(self, content_id: UUID, comment_id: UUID) -> Select[ContentComment]:
        return select(ContentComment).where(
            ContentComment.id == comment_id, ContentComment.content_id == content_id
        )


def _stored(
    row: ContentComment | None, comment_id: UUID | None, author: str | None = None
) -> StoredComment:
    if row is None:
        raise NotFoundError("comment", comment_id)
    names = [field.name for field in fields(StoredComment) if field.name != "author"]
    return StoredComment(**{name: getattr(row, name) for name in names}, author=author)
