"""The versions of content: looking back, telling what differs, undoing and redoing."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import AnyContent, ContentKind
from services.access import Permission
from services.actors import Actor
from services.authoring.differences import Difference, difference_of
from services.authoring.entering import EnteredContent, enter_content
from services.authoring.lesson_versions import show_version
from services.authoring.recording import record
from services.authoring.versions import stored_value
from services.authoring.views import ContentView, view_of
from services.errors import WrongStateError
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.contents import ContentsRepository
from storage.repositories.stored_content import StoredVersion, VersionHead


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with its value."""

    head: VersionHead
    content: AnyContent


class ContentHistory:
    """Versions are never changed; undoing and redoing move the pointer to the one worked on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def versions(
        self, actor: Actor, kind: ContentKind, content_id: UUID, request: PageRequest
    ) -> Page[VersionHead]:
        """Versions, newest first.

        Raises:
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: for who does not see drafts.
        """
        async with self._database.transaction(actor.scope) as session:
            await enter_content(session, actor, kind, content_id, Permission.REVIEW)
            return await ContentsRepository(session).versions(content_id, request)

    async def version(
        self, actor: Actor, kind: ContentKind, content_id: UUID, number: int
    ) -> VersionView:
        """One version with its value.

        Raises:
            NotFoundError: no such version, or as `versions`.
            PermissionDeniedError: as `versions`.
        """
        async with self._database.transaction(actor.scope) as session:
            await enter_content(session, actor, kind, content_id, Permission.REVIEW)
            found = await ContentsRepository(session).version(content_id, number)
        return VersionView(found, stored_value(kind, found))

    async def difference(
        self,
        actor: Actor,
        kind: ContentKind,
        content_id: UUID,
        number: int,
        against: int | None = None,
    ) -> Difference:
        """What version `number` has changed since `against`, by default the one it was made from.

        Raises:
            NotFoundError: no such version, or as `versions`.
            PermissionDeniedError: as `versions`.
            WrongStateError: it is the first version, and none was named to compare it with.
        """
        async with self._database.transaction(actor.scope) as session:
            await enter_content(session, actor, kind, content_id, Permission.REVIEW)
            contents = ContentsRepository(session)
            new = await contents.version(content_id, number)
            earlier = new.parent if against is None else against
            if earlier is None:
                raise WrongStateError("The first version was made from no other; name `against`.")
            old = await contents.version(content_id, earlier)
        return difference_of(old, stored_value(kind, old), new, stored_value(kind, new))

    async def undo(self, actor: Actor, kind: ContentKind, content_id: UUID) -> ContentView:
        """Goes back to the version that the present one was made from.

        Raises:
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
            WrongStateError: it is the first version.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
            contents = ContentsRepository(session)
            present = await contents.version(content_id, entered.head.version)
            if present.parent is None:
                raise WrongStateError("There is nothing to undo: this is the first version.")
            target = await contents.version(content_id, present.parent)
            return await self._move(session, actor, entered, target, "undo")

    async def redo(self, actor: Actor, kind: ContentKind, content_id: UUID) -> ContentView:
        """Goes to the newest version that was made from the present one.

        Raises:
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
            WrongStateError: nothing was undone, or something was changed since.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
            contents = ContentsRepository(session)
            later = await contents.version_after(content_id, entered.head.version)
            if later is None:
                raise WrongStateError("There is nothing to redo: this is the newest version.")
            target = await contents.version(content_id, later)
            return await self._move(session, actor, entered, target, "redo")

    async def _move(
        self,
        session: AsyncSession,
        actor: Actor,
        entered: EnteredContent,
        target: StoredVersion,
        act: str,
    ) -> ContentView:
        head = await ContentsRepository(session).work_on(entered.head.id, target.number)
        if head.kind is ContentKind.LESSON:
            await show_version(session, head.id, stored_value(head.kind, target))
        moved = EnteredContent(entered.access, head)
        await record(session, act, actor, moved)
        return await view_of(session, moved)
