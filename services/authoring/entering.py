"""Finds content and who may do what with it, whichever kind it is."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import ContentKind
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.authoring.lesson_versions import lesson_head
from services.authoring.versions import NOUNS
from services.errors import WrongStateError
from services.lessons import enter as enter_lesson
from storage.errors import NotFoundError
from storage.repositories.contents import ContentsRepository
from storage.repositories.lessons import LessonRepository
from storage.repositories.stored_content import ContentHead


@dataclass(frozen=True, slots=True)
class EnteredContent:
    """Content, and what the actor may do in its course."""

    access: CourseAccess
    head: ContentHead

    @property
    def sees_drafts(self) -> bool:
        """Whether the version worked on is shown; learners see the published one."""
        return Permission.REVIEW in self.access.permissions

    @property
    def shown_version(self) -> int:
        """The version that the actor reads."""
        published = self.head.published_version
        return self.head.version if self.sees_drafts or published is None else published

    def require_unchanged(self, since: int | None) -> None:
        """Passes silently where `since` is the version worked on, or none is named.

        Raises:
            WrongStateError: Somebody has changed it since.
        """
        if since not in {None, self.head.version}:
            raise WrongStateError(
                f"It was changed meanwhile: version {self.head.version} is worked on now, not"
                f" {since}. Read it again, and send your change on top of that."
            )


async def enter_content(
    session: AsyncSession,
    actor: Actor,
    kind: ContentKind,
    content_id: UUID,
    permission: Permission,
    *,
    is_deleted: bool = False,
) -> EnteredContent:
    """Authorises for the course of some content; a foreign one looks like one that is not there.

    Locked until the transaction ends where the permission is for changing it.

    Raises:
        NotFoundError: There is none of that kind, or it is not the actor's to see.
        PermissionDeniedError: The role in the course does not allow it.
    """
    noun = NOUNS[kind]
    is_locked = permission is Permission.EDIT
    if kind is ContentKind.LESSON:
        access = await enter_lesson(session, actor, content_id, permission, is_deleted=is_deleted)
        lesson = await LessonRepository(session).read(content_id)
        head = await lesson_head(session, lesson, is_locked=is_locked)
        entered = EnteredContent(access, head)
    else:
        contents = ContentsRepository(session)
        course_id = await contents.course_of(content_id, kind, is_deleted=is_deleted)
        if course_id is None:
            raise NotFoundError(noun, content_id)
        access = await authorise(session, actor, course_id, permission, subject=(noun, content_id))
        head = await contents.head(content_id, is_locked=is_locked, is_deleted=is_deleted)
        entered = EnteredContent(access, head)
    if entered.head.published_version is None and not entered.sees_drafts:
        raise NotFoundError(noun, content_id)
    return entered
