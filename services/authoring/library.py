"""The content of a course: finding, reading, making, editing, deleting and restoring it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from content.kinds import ContentKind
from services.access import Permission, authorise
from services.actors import Actor
from services.authoring.entering import EnteredContent, enter_content
from services.authoring.gate import EditGate
from services.authoring.lesson_versions import show_version
from services.authoring.recording import record
from services.authoring.versions import edited_value, version_of
from services.authoring.views import ContentSummary, ContentView, summary_of, view_of
from storage.database import Database, Scope
from storage.paging import Page, PageRequest
from storage.repositories.contents import ContentsRepository
from storage.repositories.stored_content import Origin


class ContentLibrary:
    """Reads and changes content; learners see the published versions in their courses."""

    def __init__(self, database: Database, gate: EditGate) -> None:
        self._database = database
        self._gate = gate

    async def page(
        self,
        actor: Actor,
        course: UUID | str,
        kind: ContentKind,
        request: PageRequest,
        *,
        is_deleted: bool = False,
    ) -> Page[ContentSummary]:
        """Content of one kind, newest first; a learner's list holds what is published.

        Raises:
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when a learner asks for the deleted ones.
            InvalidCursorError: when the cursor is not one of this list.
        """
        permission = Permission.REVIEW if is_deleted else Permission.READ
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, permission)
            page = await ContentsRepository(session).page(
                access.course_id,
                kind,
                request,
                sees_drafts=Permission.REVIEW in access.permissions,
                is_deleted=is_deleted,
            )
        return page.map(summary_of)

    async def read(self, actor: Actor, kind: ContentKind, content_id: UUID) -> ContentView:
        """One piece of content; keys of a quiz only for those who see drafts.

        Raises:
            NotFoundError: none of that kind, or not one that this actor may see.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.READ)
            return await view_of(session, entered)

    async def create(
        self,
        actor: Actor,
        course: UUID | str,
        kind: ContentKind,
        body: Mapping[str, Any],
        *,
        origin: Origin = "person",
        why: str = "",
    ) -> ContentView:
        """Keeps content that a person wrote or brings along, as a draft.

        Raises:
            InvalidValueError: it is not one of that kind; names the field.
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not edit it.
        """
        value = edited_value(kind, body)
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
        scope = Scope(user_id=actor.user_id, course_ids=(access.course_id,))
        quality = await self._gate.edited(scope, access.course_id, value)
        first = version_of(value, quality=quality, author_id=actor.user_id, why=why)
        async with self._database.transaction(scope) as session:
            head = await ContentsRepository(session).add(
                access.course_id, kind, first, origin=origin, created_by=actor.user_id
            )
            entered = EnteredContent(access, head)
            await record(session, "create", actor, entered)
            return await view_of(session, entered)

    async def change(
        self,
        actor: Actor,
        kind: ContentKind,
        content_id: UUID,
        body: Mapping[str, Any],
        *,
        based_on: int | None = None,
        why: str = "",
    ) -> ContentView:
        """Keeps an edited state as a new version, which learners see once it is published.

        Raises:
            InvalidValueError: it is not one of that kind; names the field.
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
            WrongStateError: someone has changed it since version `based_on`.
        """
        value = edited_value(kind, body)
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
        course_id = entered.head.course_id
        scope = Scope(user_id=actor.user_id, course_ids=(course_id,))
        quality = await self._gate.edited(scope, course_id, value)
        new = version_of(value, quality=quality, author_id=actor.user_id, why=why)
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
            entered.require_unchanged(based_on)
            head = await ContentsRepository(session).add_version(entered.head, new)
            if kind is ContentKind.LESSON:
                await show_version(session, content_id, value)
            changed = EnteredContent(entered.access, head)
            await record(session, "update", actor, changed)
            return await view_of(session, changed)

    async def delete(self, actor: Actor, kind: ContentKind, content_id: UUID) -> None:
        """Deletes softly: it can be restored.

        Raises:
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
            await ContentsRepository(session).delete(content_id)
            await record(session, "delete", actor, entered)

    async def restore(self, actor: Actor, kind: ContentKind, content_id: UUID) -> ContentView:
        """Brings deleted content back.

        Raises:
            NotFoundError: not among the deleted, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(
                session, actor, kind, content_id, Permission.EDIT, is_deleted=True
            )
            await ContentsRepository(session).restore(content_id)
            await record(session, "restore", actor, entered)
            return await view_of(session, entered)
