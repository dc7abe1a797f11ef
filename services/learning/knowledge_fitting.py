"""Fits the parameters of knowledge tracing to the answers of each course, and traces anew."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from pedagogy.mastery.fitting import FEWEST_ANSWERS, FEWEST_LEARNERS, Fit, fit
from pedagogy.mastery.knowledge_tracing import DEFAULT_PARAMETERS
from services.learning.tracing import MasteryTracer
from storage.database import MAINTENANCE, Database
from storage.repositories.attempts import AttemptRepository
from storage.repositories.knowledge_parameters import (
    AnswerOfLearner,
    KnowledgeParameterRepository,
    StoredParameters,
)
from storage.repositories.masteries import MasteryRepository

GROWN_BY = 1.1
"""Fitted again once there are so many times the answers."""
RIGHT_FROM = 0.5

logger = logging.getLogger(__name__)


class KnowledgeFitting:
    """Runs rounds over all courses; what has not changed enough is left alone."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def round(self, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Fits every course with enough new answers; how many were.

        Raises:
            StorageUnavailableError: PostgreSQL does not answer; what was fitted before stays.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            courses = await KnowledgeParameterRepository(session).courses_to_fit(
                FEWEST_ANSWERS, GROWN_BY
            )
        fitted = 0
        for course_id in courses:
            if is_stopping():
                break
            fitted += await self._fit_course(course_id, is_stopping)
        return fitted

    async def _fit_course(self, course_id: UUID, is_stopping: Callable[[], bool]) -> bool:
        async with self._database.transaction(MAINTENANCE) as session:
            answers = await KnowledgeParameterRepository(session).answers(course_id)
        learners = {answer.learner_id for answer in answers}
        if len(learners) < FEWEST_LEARNERS:
            return False
        found = await asyncio.to_thread(fitted_to, answers)
        if not found.is_fitted:
            return False
        default = await asyncio.to_thread(likelihood_of_defaults, answers)
        parameters = found.parameters
        stored = StoredParameters(
            prior=parameters.prior,
            learn=parameters.learn,
            slip=parameters.slip,
            learners=len(learners),
            answers=len(answers),
            log_likelihood=found.log_likelihood,
            default_log_likelihood=default,
            fitted_at=self._clock(),
        )
        async with self._database.transaction(MAINTENANCE) as session:
            await KnowledgeParameterRepository(session).put(course_id, stored)
        logger.info("Course %s: parameters fitted to %d answers", course_id, len(answers))
        for learner_id in sorted(learners):
            if is_stopping():
                break
            await self._trace_anew(course_id, learner_id)
        return True

    async def _trace_anew(self, course_id: UUID, learner_id: UUID) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            await AttemptRepository(session).lock_learning(learner_id, course_id)
            known = await MasteryRepository(session).of_learner(learner_id, course_id)
            concepts = [mastery.concept_id for mastery in known]
            await MasteryTracer(session).trace(learner_id, course_id, concepts)


def fitted_to(answers: Sequence[AnswerOfLearner]) -> Fit:
    """The parameters that fit answers best; how likely each was guessed is its question's."""
    rights, guesses = _sequences(answers)
    return fit(rights, guesses=guesses)


def likelihood_of_defaults(answers: Sequence[AnswerOfLearner]) -> float:
    """How well the defaults explain the same answers, for who wonders what fitting has won."""
    rights, guesses = _sequences(answers)
    return fit(rights, DEFAULT_PARAMETERS, guesses=guesses, rounds=0).log_likelihood


def _sequences(
    answers: Sequence[AnswerOfLearner],
) -> tuple[list[list[bool]], list[list[float]]]:
    """For each learner and concept, whether answers were right and how likely by luck."""
    rights: dict[tuple[UUID, UUID], list[bool]] = defaultdict(list)
    guesses: dict[tuple[UUID, UUID], list[float]] = defaultdict(list)
    for answer in answers:
        key = answer.learner_id, answer.concept_id
        rights[key].append(answer.share >= RIGHT_FROM)
        guesses[key].append(answer.guess)
    return list(rights.values()), list(guesses.values())
