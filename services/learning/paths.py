"""A learner's way through a course: what is done, what comes next, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.mastery.concepts import WEAK_BELOW
from pedagogy.mastery.knowledge_tracing import MASTERED_FROM
from pedagogy.progress.certificates import (
    Reached,
    RequirementState,
    is_met,
    requirements,
)
from pedagogy.progress.path import NextStep, PathItem, next_step
from services.access import Permission, authorise
from services.actors import Actor
from storage.database import Database
from storage.repositories.card_memories import CardMemoryRepository
from storage.repositories.certificates import CertificateRepository, StoredCertificate
from storage.repositories.masteries import MasteryRepository
from storage.repositories.study import StudyRepository, reached


@dataclass(frozen=True, slots=True)
class CertificateStanding:
    """How far somebody is from a course's certificate.

    Attributes:
        certificate: Where they have it.
    """

    reached: Reached
    requirements: tuple[RequirementState, ...]
    is_met: bool
    certificate: StoredCertificate | None


@dataclass(frozen=True, slots=True)
class CoursePath:
    """The way through a course.

    Attributes:
        done: Items that are done.
        certificate: None where the course gives none.
    """

    items: tuple[PathItem, ...]
    done: int
    next: NextStep
    due_cards: int
    certificate: CertificateStanding | None


class PathService:
    """Reads the way of the actor through a course, from rows of record: it is never behind."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def own(self, actor: Actor, course: UUID | str) -> CoursePath:
        """The actor's way through a course.

        Raises:
            NotFoundError: no such course for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            course_id = access.course_id
            items = await StudyRepository(session).path(course_id, actor.user_id)
            due = await CardMemoryRepository(session).due_count(
                actor.user_id, self._clock(), course_id
            )
            known = await MasteryRepository(session).of_learner(actor.user_id, course_id)
            certificate = await standing(session, course_id, actor.user_id, items)
        has_weak = any(one.answer_count and one.probability < WEAK_BELOW for one in known)
        return CoursePath(
            tuple(items),
            sum(item.is_done for item in items),
            next_step(items, due_cards=due, has_weak_concepts=has_weak),
            due,
            certificate,
        )


async def standing(
    session: AsyncSession, course_id: UUID, learner_id: UUID, items: list[PathItem]
) -> CertificateStanding | None:
    """How far a learner is from the certificate; None where the course gives none."""
    certificates = CertificateRepository(session)
    rule = (await certificates.rule(course_id)).rule
    held = await certificates.of_learner(course_id, learner_id)
    if held is None and not rule.asks_anything:
        return None
    share = await StudyRepository(session).mastered_share(course_id, learner_id, MASTERED_FROM)
    far = reached(items, share)
    return CertificateStanding(far, tuple(requirements(rule, far)), is_met(rule, far), held)
