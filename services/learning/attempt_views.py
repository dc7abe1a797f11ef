"""An attempt as its reader may see it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from content.questions import AnyQuestion
from pedagogy.grading.grade import Grade
from services.learning.quizzes import OpenQuiz
from storage.repositories.attempts import StoredAttempt, StoredGrade
from storage.repositories.grade_appeals import StoredAppeal


@dataclass(frozen=True, slots=True)
class GradeView:
    """The grade of one answer.

    Attributes:
        judged_by: What decided it: a rule of grading, or `teacher`.
        is_certain: Whether no teacher need look at it.
        feedback: What the learner is told.
        parts: Each part of the answer; None where the reader may not see the key.
        misconceptions: What the wrong choices stand for; None for learners.
        explanation: Why the key is right; None where the reader may not see the key.
        key: The question with its key; None where the reader may not see it.
        verdict: What a judging chat model found; None where none was asked, or the key is hidden.
    """

    question_id: str
    score: float
    maximum: float
    revision: int
    judged_by: str
    is_certain: bool
    reason: str
    feedback: tuple[str, ...]
    parts: list[dict[str, Any]] | None
    misconceptions: tuple[str, ...] | None
    explanation: str | None
    key: dict[str, Any] | None
    verdict: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt with its grades and what was said to them."""

    attempt: StoredAttempt
    grades: tuple[GradeView, ...]
    appeals: tuple[StoredAppeal, ...]
    withdrawn_questions: tuple[str, ...]


def stored_grade(
    question_id: str, grade: Grade, *, is_answered: bool, revision: int = 1
) -> StoredGrade:
    """A grade as its row keeps it."""
    return StoredGrade(
        question_id=question_id,
        revision=revision,
        score=grade.score,
        maximum=grade.maximum,
        judged_by=grade.judged_by.value,
        is_certain=grade.is_certain,
        is_answered=is_answered,
        detail={
            "feedback": list(grade.feedback),
            "misconceptions": list(grade.misconceptions),
            **({} if grade.verdict is None else {"verdict": asdict(grade.verdict)}),
            "parts": [
                {
                    "part": part.part,
                    "share": part.share,
                    "feedback": part.feedback,
                    "evidence": part.evidence,
                }
                for part in grade.parts
            ],
        },
    )


def attempt_view(
    attempt: StoredAttempt,
    grades: Mapping[str, StoredGrade],
    appeals: list[StoredAppeal],
    quiz: OpenQuiz,
    *,
    at: datetime,
    is_reviewer: bool,
) -> AttemptView:
    """What a reader sees of an attempt: those who teach everything, its learner by the rules."""
    shows_key = is_reviewer or quiz.shows_key(at)
    questions = quiz.counting
    shown = [
        _grade_view(grades[question_id], question, shows_key=shows_key, is_reviewer=is_reviewer)
        for question_id, question in questions.items()
        if question_id in grades
    ]
    return AttemptView(attempt, tuple(shown), tuple(appeals), quiz.rules.withdrawn_questions)


def _grade_view(
    grade: StoredGrade,
    question: AnyQuestion,
    *,
    shows_key: bool,
    is_reviewer: bool,
) -> GradeView:
    return GradeView(
        question_id=grade.question_id,
        score=grade.score,
        maximum=grade.maximum,
        revision=grade.revision,
        judged_by=grade.judged_by,
        is_certain=grade.is_certain,
        reason=grade.reason,
        feedback=tuple(grade.detail.get("feedback", ())),
        parts=list(grade.detail.get("parts", ())) if shows_key else None,
        misconceptions=tuple(grade.detail.get("misconceptions", ())) if is_reviewer else None,
        explanation=question.explanation if shows_key else None,
        key=question.model_dump(mode="json", exclude={"sources"}) if shows_key else None,
        verdict=grade.detail.get("verdict") if shows_key else None,
    )


def totals(grades: Mapping[str, StoredGrade], quiz: OpenQuiz) -> tuple[float, float, bool]:
    """Score, maximum, and whether a teacher should look, over the questions that count."""
    counting = [grades[question_id] for question_id in quiz.counting if question_id in grades]
    return (
        round(sum(grade.score for grade in counting), 3),
        round(sum(grade.maximum for grade in counting), 3),
        any(not grade.is_certain for grade in counting),
    )
