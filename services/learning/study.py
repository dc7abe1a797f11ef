"""Reading lessons and watching videos: how far somebody has come, told to the log at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import ContentKind
from pedagogy.events.kinds import LessonRead, VideoWatched
from services.access import Permission
from services.actors import Actor
from services.authoring.entering import enter_content
from services.errors import InvalidValueError
from services.learning.events import tell_once
from services.lessons import enter, sees_drafts
from storage.database import Database
from storage.errors import NotFoundError
from storage.repositories.attempts import AttemptRepository
from storage.repositories.lessons import LessonRepository
from storage.repositories.study import StoredPosition, StudyRepository

WATCHED_FROM = 0.9
"""Share of a video that must have been seen; credits may be left out."""


@dataclass(frozen=True, slots=True)
class GivenReading:
    """A time of reading in a lesson.

    Attributes:
        share: How far down one has come, 1 for all of it.
        seconds: How long one looked at it.
        idempotency_key: The reader's name for the request.
    """

    share: float
    seconds: int
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class GivenWatching:
    """A part of a video that was watched, in whole seconds of it."""

    from_seconds: int
    to_seconds: int
    duration_seconds: int
    idempotency_key: str | None = None


class StudyService:
    """Keeps what learners have read and watched."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def position(self, actor: Actor, item_id: UUID) -> StoredPosition | None:
        """How far the actor is with a lesson or video; None where they never opened it."""
        async with self._database.transaction(actor.scope) as session:
            return await StudyRepository(session).position(actor.user_id, item_id)

    async def read(self, actor: Actor, lesson_id: UUID, given: GivenReading) -> StoredPosition:
        """Adds a time of reading; sent again under the same key it changes nothing.

        Raises:
            NotFoundError: there is no such lesson for this actor.
        """
        now = self._clock()
        async with self._database.transaction(actor.scope) as session:
            course_id = await _entered_lesson(session, actor, lesson_id)
            before = await self._before(session, actor, course_id, lesson_id)
            is_finished = given.share >= 1 and (before is None or before.finished_at is None)
            event = LessonRead(
                lesson_id=lesson_id,
                share=given.share,
                seconds=given.seconds,
                is_finished=is_finished,
            )
            is_new = await tell_once(
                session,
                course_id,
                actor.user_id,
                now,
                event,
                idempotency_key=given.idempotency_key,
            )
            if not is_new and before is not None:
                return before
            values = {
                "learner": actor.user_id,
                "item": lesson_id,
                "course": course_id,
                "share": given.share,
                "seconds": given.seconds,
                "at": now,
            }
            return await StudyRepository(session).read(values)

    async def watch(self, actor: Actor, video_id: UUID, given: GivenWatching) -> StoredPosition:
        """Adds a part of a video; what was seen before counts once.

        Raises:
            NotFoundError: there is no such video for this actor.
            InvalidValueError: the part ends before it begins, or after the video.
        """
        if not given.from_seconds <= given.to_seconds <= given.duration_seconds:
            raise InvalidValueError("to_seconds", "A part ends after it begins, within the video.")
        now = self._clock()
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(
                session, actor, ContentKind.VIDEO, video_id, Permission.READ
            )
            course_id = entered.head.course_id
            before = await self._before(session, actor, course_id, video_id)
            values = {
                "learner": actor.user_id,
                "item": video_id,
                "course": course_id,
                "from": given.from_seconds,
                "to": given.to_seconds,
                "at": now,
            }
            after = await StudyRepository(session).watch(
                values, given.duration_seconds, WATCHED_FROM
            )
            was_finished = before is not None and before.finished_at is not None
            event = VideoWatched(
                video_id=video_id,
                from_seconds=given.from_seconds,
                to_seconds=given.to_seconds,
                duration_seconds=given.duration_seconds,
                is_finished=after.finished_at is not None and not was_finished,
            )
            is_new = await tell_once(
                session,
                course_id,
                actor.user_id,
                now,
                event,
                idempotency_key=given.idempotency_key,
            )
            if not is_new and before is not None:
                await session.rollback()
                return before
        return after

    async def _before(
        self, session: AsyncSession, actor: Actor, course_id: UUID, item_id: UUID
    ) -> StoredPosition | None:
        await AttemptRepository(session).lock_learning(actor.user_id, course_id)
        return await StudyRepository(session).position(actor.user_id, item_id)


async def _entered_lesson(session: AsyncSession, actor: Actor, lesson_id: UUID) -> UUID:
    access = await enter(session, actor, lesson_id, Permission.READ)
    lesson = await LessonRepository(session).read(lesson_id)
    if lesson.status == "draft" and not sees_drafts(access):
        raise NotFoundError("lesson", lesson_id)
    return access.course_id
