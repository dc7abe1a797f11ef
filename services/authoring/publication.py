"""Publishing: learners see a version from then on, if the quality gate lets it through."""

from uuid import UUID

from content.kinds import ContentKind
from services.access import Permission
from services.actors import Actor
from services.authoring.announcing import announce_published
from services.authoring.entering import EnteredContent, enter_content
from services.authoring.gate import failing_items, require_passed
from services.authoring.recording import record
from services.authoring.views import ContentView, view_of
from storage.database import Database
from storage.repositories.contents import ContentsRepository
from storage.repositories.lessons import LessonRepository


class Publication:
    """Says which version learners see."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(
        self,
        actor: Actor,
        kind: ContentKind,
        content_id: UUID,
        *,
        version: int | None = None,
        override_reason: str | None = None,
    ) -> ContentView:
        """Shows learners a version, by default the one worked on.

        A reason to override lets through what fails the gate; it stands in the audit trail.

        Raises:
            NotFoundError: no such content or version, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
            GateRefusedError: items fail the gate, and no reason was given to publish them.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
            contents = ContentsRepository(session)
            wanted = await contents.version(content_id, version or entered.head.version)
            failing = failing_items(wanted.quality)
            if override_reason is None:
                require_passed(wanted.quality)
            head = await contents.publish(content_id, wanted.number)
            if kind is ContentKind.LESSON:
                await LessonRepository(session).change(content_id, {"status": "published"})
            published = EnteredContent(entered.access, head)
            overridden = {"reason": override_reason, "failing": list(failing)} if failing else {}
            details = {"published": wanted.number, **overridden}
            await record(session, "publish", actor, published, **details)
            await announce_published(
                session, head.course_id, kind, content_id, title=wanted.title, version=wanted.number
            )
            return await view_of(session, published)

    async def unpublish(self, actor: Actor, kind: ContentKind, content_id: UUID) -> ContentView:
        """Shows learners nothing of it any more; idempotent.

        Raises:
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
            head = await ContentsRepository(session).publish(content_id, None)
            if kind is ContentKind.LESSON:
                await LessonRepository(session).change(content_id, {"status": "draft"})
            unpublished = EnteredContent(entered.access, head)
            await record(session, "unpublish", actor, unpublished)
            return await view_of(session, unpublished)
