"""What those who work on content have to say to each other about it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import ContentKind
from services.access import Permission
from services.actors import Actor
from services.authoring.entering import EnteredContent, enter_content
from services.authoring.versions import require_part, stored_value
from services.errors import PermissionDeniedError
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.content_comments import ContentCommentsRepository, StoredComment
from storage.repositories.contents import ContentsRepository


class ContentComments:
    """Comments on content or on one part of it; learners see none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        actor: Actor,
        kind: ContentKind,
        content_id: UUID,
        request: PageRequest,
        *,
        is_open: bool | None = None,
    ) -> Page[StoredComment]:
        """Comments, oldest first.

        Raises:
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: for who does not see drafts.
            InvalidCursorError: when the cursor is not one of this list.
        """
        async with self._database.transaction(actor.scope) as session:
            await enter_content(session, actor, kind, content_id, Permission.REVIEW)
            comments = ContentCommentsRepository(session)
            return await comments.page(content_id, request, is_open=is_open)

    async def add(
        self, actor: Actor, kind: ContentKind, content_id: UUID, body: str, part: str | None
    ) -> StoredComment:
        """Comments on the version worked on, or on a part of it.

        Raises:
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: for who does not see drafts.
            InvalidValueError: there is no such part.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.REVIEW)
            head = entered.head
            if part is not None:
                version = await ContentsRepository(session).version(head.id, head.version)
                require_part(stored_value(kind, version), part)
            comments = ContentCommentsRepository(session)
            return await comments.add(
                head.course_id, head.id, head.version, part, body, actor.user_id
            )

    async def resolve(
        self,
        actor: Actor,
        kind: ContentKind,
        content_id: UUID,
        comment_id: UUID,
        *,
        is_resolved: bool,
    ) -> StoredComment:
        """Says that a comment is dealt with, or open again; for its author and who may edit.

        Raises:
            NotFoundError: no such comment, or as `page`.
            PermissionDeniedError: the comment is another's, and the actor may not edit.
        """
        async with self._database.transaction(actor.scope) as session:
            await self._enter_own(session, actor, kind, content_id, comment_id)
            comments = ContentCommentsRepository(session)
            return await comments.resolve(comment_id, is_resolved=is_resolved)

    async def delete(
        self, actor: Actor, kind: ContentKind, content_id: UUID, comment_id: UUID
    ) -> None:
        """Takes a comment away; for its author and who may edit.

        Raises:
            NotFoundError: no such comment, or as `page`.
            PermissionDeniedError: the comment is another's, and the actor may not edit.
        """
        async with self._database.transaction(actor.scope) as session:
            await self._enter_own(session, actor, kind, content_id, comment_id)
            await ContentCommentsRepository(session).delete(comment_id)

    async def _enter_own(
        self,
        session: AsyncSession,
        actor: Actor,
        kind: ContentKind,
        content_id: UUID,
        comment_id: UUID,
    ) -> EnteredContent:
        entered = await enter_content(session, actor, kind, content_id, Permission.REVIEW)
        comment = await ContentCommentsRepository(session).read(content_id, comment_id)
        may_edit = Permission.EDIT in entered.access.permissions
        if comment.author_id != actor.user_id and not may_edit:
            raise PermissionDeniedError("change another's comment")
        return entered
