"""Questions of a course's quizzes as problems for the tutor: found by a message, or picked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ai.retrieval.terms import terms_of
from content.questions import AnyQuestion
from pedagogy.grading.folding import fold
from pedagogy.mastery.concepts import WEAK_BELOW
from pedagogy.mastery.knowledge_tracing import MASTERED_FROM
from services.access import CourseAccess
from services.learning.quizzes import OpenQuiz, practice_quizzes
from services.tutoring.learner_model import LearnerModel
from services.tutoring.problems import Problem
from storage.repositories.problem_states import ProblemName, ProblemStateRepository

SAME_QUESTION: Final = 0.86
"""From this likeness of the words on, a message asks what a stored question asks."""
DIFFICULTIES: Final = ("beginner", "intermediate", "advanced")


@dataclass(frozen=True, slots=True)
class Picking:
    """What speaks for one question and against another.

    Attributes:
        topic: The learner's message, whose words are looked for.
        model: What they know.
        done: Questions that they solved or whose solution they were shown.
        current: The one that is open, which is not posed again.
    """

    topic: str
    model: LearnerModel
    done: frozenset[ProblemName]
    current: ProblemName | None


class StoredProblems:
    """The questions of a course that may be practised now, within one transaction."""

    def __init__(self, session: AsyncSession, access: CourseAccess) -> None:
        self._session = session
        self._access = access

    async def find(self, quiz_id: UUID, question_id: str, now: datetime) -> Problem | None:
        """One question; None where it is not there, withdrawn, or its key is kept back."""
        for quiz in await practice_quizzes(self._session, self._access, now):
            if quiz.id == quiz_id and question_id in quiz.counting:
                return Problem(quiz.counting[question_id], "quiz", quiz.id)
        return None

    async def asked_by(self, message: str, now: datetime) -> Problem | None:
        """The question that a message asks in nearly the same words; None where none does."""
        said = fold(message)
        if len(said) < 8:
            return None
        best, likeness = None, SAME_QUESTION
        for problem in await self._all(now):
            matcher = SequenceMatcher(None, fold(problem.question.stem), said, autojunk=False)
            if matcher.quick_ratio() >= likeness and (found := matcher.ratio()) >= likeness:
                best, likeness = problem, found
        return best

    async def pick(
        self, topic: str, model: LearnerModel, current: ProblemName | None, now: datetime
    ) -> Problem | None:
        """What to practise next; None where the course has no question to practise."""
        problems = await self._all(now)
        done = await ProblemStateRepository(self._session).done(
            model.learner_id, {problem.quiz_id for problem in problems if problem.quiz_id}
        )
        picking = Picking(topic, model, done, current)
        return picked(problems, picking)

    async def _all(self, now: datetime) -> list[Problem]:
        quizzes: Iterable[OpenQuiz] = await practice_quizzes(self._session, self._access, now)
        return [
            Problem(question, "quiz", quiz.id)
            for quiz in quizzes
            for question in quiz.counting.values()
        ]


def picked(problems: Sequence[Problem], picking: Picking) -> Problem | None:
    """The problem that fits best: to the topic, then to what the learner needs and can do."""
    left = [problem for problem in problems if name_of(problem) != picking.current]
    if not left:
        return None
    wanted = set(terms_of(picking.topic))
    rarity = _rarity(left, wanted)
    return min(left, key=lambda problem: _rank(problem, picking, rarity))


def name_of(problem: Problem) -> ProblemName | None:
    """The quiz and the question; None for a learner's own problem."""
    return None if problem.quiz_id is None else (problem.quiz_id, problem.question.id)


def _rank(
    problem: Problem, picking: Picking, rarity: Mapping[str, float]
) -> tuple[bool, float, int, int]:
    """Less is better: not done, on the topic, the concept to practise next, fitting difficulty."""
    question = problem.question
    on_topic = sum(rarity.get(term, 0.0) for term in _terms(question))
    places = [picking.model.place_of(name) for name in question.concepts]
    known = [picking.model.known_of(name) for name in question.concepts]
    fitting = DIFFICULTIES.index(_difficulty(known))
    away = abs(DIFFICULTIES.index(question.difficulty) - fitting)
    is_done = name_of(problem) in picking.done
    return is_done, -on_topic, min(places, default=picking.model.last_place), away


def _difficulty(known: Sequence[float]) -> str:
    """How hard a question may be for one who knows its concepts so well."""
    least = min(known, default=0.0)
    if least < WEAK_BELOW:
        return "beginner"
    return "intermediate" if least < MASTERED_FROM else "advanced"


def _terms(question: AnyQuestion) -> set[str]:
    return set(terms_of(" ".join((question.stem, *question.concepts))))


def _rarity(problems: Sequence[Problem], wanted: set[str]) -> dict[str, float]:
    """Words of the topic weigh more the fewer questions hold them; those that all hold, nothing."""
    counts = dict.fromkeys(wanted, 0)
    for problem in problems:
        for term in wanted & _terms(problem.question):
            counts[term] += 1
    return {term: 1 - count / (len(problems) + 1) for term, count in counts.items() if count > 0}
