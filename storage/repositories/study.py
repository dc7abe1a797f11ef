"""How far learners have read and watched, the way through a course, and what they want to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import LearningGoal, StudyPosition
from pedagogy.progress.certificates import Reached
from pedagogy.progress.goals import Goal, GoalUnit
from pedagogy.progress.path import PASSED_FROM, PathItem

READ = text("""
INSERT INTO study_positions AS kept
       (learner_id, item_id, course_id, kind, share, seconds, finished_at)
VALUES (:learner, :item, :course, 'lesson', CAST(:share AS float8), :seconds,
        CASE WHEN CAST(:share AS float8) >= 1 THEN CAST(:at AS timestamptz) END)
ON CONFLICT (learner_id, item_id) DO UPDATE
SET share = greatest(kept.share, excluded.share), seconds = kept.seconds + excluded.seconds,
    finished_at = coalesce(kept.finished_at, excluded.finished_at), updated_at = now()
RETURNING share, seconds, position_seconds, finished_at
""")
WATCH = text("""
INSERT INTO study_positions AS kept
       (learner_id, item_id, course_id, kind, share, seconds, position_seconds, watched)
VALUES (:learner, :item, :course, 'video', 0, CAST(:to AS int) - CAST(:from AS int),
        CAST(:to AS int),
        int4multirange(int4range(CAST(:from AS int), CAST(:to AS int))))
ON CONFLICT (learner_id, item_id) DO UPDATE
SET watched = kept.watched + excluded.watched, seconds = kept.seconds + excluded.seconds,
    position_seconds = excluded.position_seconds, updated_at = now()
RETURNING (SELECT coalesce(sum(upper(part) - lower(part)), 0) FROM unnest(watched) AS part)
""")
SET_WATCHED = text("""
UPDATE study_positions
SET share = least(CAST(:share AS float8), 1),
    finished_at = coalesce(finished_at,
                           CASE WHEN CAST(:is_finished AS bool) THEN CAST(:at AS timestamptz) END)
WHERE learner_id = :learner AND item_id = :item
RETURNING share, seconds, position_seconds, finished_at
""")
PATH = text("""
WITH shown AS (
    SELECT contents.id, contents.kind, versions.title, contents.created_at
    FROM contents JOIN content_versions AS versions
      ON versions.content_id = contents.id AND versions.number = contents.published_version
    WHERE contents.course_id = :course AND contents.deleted_at IS NULL
), items AS (
    SELECT lessons.id, 'lesson' AS kind, coalesce(shown.title, lessons.title) AS title,
           1 AS part, lessons.position AS place, lessons.created_at
    FROM lessons LEFT JOIN shown ON shown.id = lessons.id
    WHERE lessons.course_id = :course AND lessons.status = 'published'
      AND lessons.deleted_at IS NULL
    UNION ALL
    SELECT id, kind, title, CASE kind WHEN 'video' THEN 2 ELSE 3 END, 0, created_at
    FROM shown WHERE kind IN ('video', 'quiz')
)
SELECT items.id, items.kind, items.title, positions.share, positions.finished_at IS NOT NULL,
       positions.learner_id IS NOT NULL, tried.best
FROM items
LEFT JOIN study_positions AS positions
  ON positions.item_id = items.id AND positions.learner_id = :learner
LEFT JOIN LATERAL (
    SELECT max(attempts.score / attempts.maximum) AS best FROM attempts
    WHERE items.kind = 'quiz' AND attempts.quiz_id = items.id
      AND attempts.learner_id = :learner AND attempts.maximum > 0
) AS tried ON true
ORDER BY items.part, items.place, items.created_at, items.id
""")
MASTERED = text("""
SELECT count(*), count(*) FILTER (WHERE known.probability >= :mastered)
FROM concepts LEFT JOIN concept_masteries AS known
  ON known.concept_id = concepts.id AND known.learner_id = :learner
WHERE concepts.course_id = :course AND concepts.removed_at IS NULL
""")


@dataclass(frozen=True, slots=True)
class StoredPosition:
    """How far somebody has read or watched something."""

    share: float
    seconds: int
    position_seconds: int
    finished_at: datetime | None


class StudyRepository:
    """Rows about one learner; the caller holds their lock where something is added."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def position(self, learner_id: UUID, item_id: UUID) -> StoredPosition | None:
        """How far a learner is with a lesson or video; None where they never opened it."""
        row = await self._session.get(StudyPosition, (learner_id, item_id), populate_existing=True)
        if row is None:
            return None
        return StoredPosition(row.share, row.seconds, row.position_seconds, row.finished_at)

    async def read(self, values: Mapping[str, Any]) -> StoredPosition:
        """Adds a time of reading."""
        return StoredPosition(*(await self._session.execute(READ, dict(values))).one())

    async def watch(
        self, values: Mapping[str, Any], duration_seconds: int, finished_from: float
    ) -> StoredPosition:
        """Adds a part of a video that was watched; what was watched before counts once."""
        covered = await self._session.scalar(
            WATCH, {name: values[name] for name in ("learner", "item", "course", "from", "to")}
        )
        share = int(covered or 0) / duration_seconds
        setting = {
            "learner": values["learner"],
            "item": values["item"],
            "at": values["at"],
            "share": share,
            "is_finished": share >= finished_from,
        }
        return StoredPosition(*(await self._session.execute(SET_WATCHED, setting)).one())

    async def path(self, course_id: UUID, learner_id: UUID) -> list[PathItem]:
        """What a course has to learn: lessons in its order, then videos, then quizzes."""
        values = {"course": course_id, "learner": learner_id}
        items = []
        for item_id, kind, title, share, is_finished, is_open, best in await self._session.execute(
            PATH, values
        ):
            is_quiz = kind == "quiz"
            items.append(
                PathItem(
                    id=UUID(int=item_id.int),
                    kind=kind,
                    title=title,
                    share=(best if is_quiz else share) or 0.0,
                    is_begun=best is not None if is_quiz else is_open,
                    is_done=best is not None and best >= PASSED_FROM if is_quiz else is_finished,
                )
            )
        return items

    async def mastered_share(
        self, course_id: UUID, learner_id: UUID, mastered: float
    ) -> float | None:
        """How many of a course's concepts a learner has mastered; None where it has none."""
        values = {"course": course_id, "learner": learner_id, "mastered": mastered}
        total, known = (await self._session.execute(MASTERED, values)).one()
        return known / total if total else None

    async def goal(self, user_id: UUID) -> Goal | None:
        """What somebody wants to do in a week."""
        statement = select(LearningGoal.unit, LearningGoal.per_week)
        row = (
            await self._session.execute(statement.where(LearningGoal.user_id == user_id))
        ).one_or_none()
        return None if row is None else Goal(GoalUnit(row[0]), row[1])

    async def put_goal(self, user_id: UUID, goal: Goal | None) -> None:
        """Sets what somebody wants to do in a week; None: nothing."""
        if goal is None:
            await self._session.execute(delete(LearningGoal).where(LearningGoal.user_id == user_id))
            return
        wanted = {"unit": goal.unit.value, "per_week": goal.per_week}
        statement = upsert(LearningGoal).values(user_id=user_id, **wanted)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["user_id"], set_={**wanted, "updated_at": func.now()}
            )
        )


def reached(items: list[PathItem], mastered_share: float | None) -> Reached:
    """How far somebody has come, by their path."""
    lessons = [item for item in items if item.kind == "lesson"]
    quizzes = [item for item in items if item.kind == "quiz"]
    return Reached(
        sum(item.is_done for item in lessons) / len(lessons) if lessons else None,
        sum(item.share for item in quizzes) / len(quizzes) if quizzes else None,
        mastered_share,
    )
