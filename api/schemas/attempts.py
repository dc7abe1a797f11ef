"""Attempts, grades, appeals and rules of quizzes, as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.common import STORABLE, Input, Moment, Output
from content.answers import AnyAnswer
from content.base import ItemId
from services.learning.attempt_views import AttemptView
from services.learning.hints import HelpWanted
from storage.repositories.attempts import StoredAttempt
from storage.repositories.grade_appeals import AppealStatus
from storage.repositories.quiz_rules import LatePolicy, ShowsKey

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000), STORABLE
]


class AttemptCreate(Input):
    """Answers to a quiz."""

    answers: dict[ItemId, AnyAnswer] = Field(
        max_length=200,
        description="By the ids of the questions; one left out is not answered.",
        examples=[{"q1": {"kind": "choice", "chosen": ["a"]}}],
    )
    version: int | None = Field(
        default=None,
        ge=1,
        le=2**31 - 1,
        description="The version of the quiz that was seen: questions that have gone since do"
        " not count.",
        examples=[1],
    )


class FindingRead(Output):
    """Whether an answer makes a key point, as a judging chat model says."""

    point: str
    is_made: bool
    evidence: str = Field(description="Words of the answer.")


class VerdictRead(Output):
    """The findings of a judging chat model."""

    judge: str = Field(examples=["small"])
    findings: list[FindingRead]


class GradeRead(Output):
    """The grade of one answer."""

    question_id: str = Field(examples=["q1"])
    score: float = Field(examples=[1.0])
    maximum: float = Field(examples=[1.0])
    revision: int = Field(description="1 for the first grade; more for one that replaced it.")
    judged_by: str = Field(
        description="`key`, `symbolic`, `numeric`, `support`, `verdict`, `nobody` or `teacher`.",
        examples=["key"],
    )
    is_certain: bool = Field(description="False where a teacher should look.")
    reason: str = Field(description="Why it replaced the one before.")
    feedback: list[str]
    parts: list[dict[str, Any]] | None = Field(description="Null while the key is not shown.")
    misconceptions: list[str] | None = Field(description="For those who teach; else null.")
    explanation: str | None = Field(description="Null while the key is not shown.")
    key: dict[str, Any] | None = Field(
        description="The question with its key; null while it is not shown."
    )
    verdict: VerdictRead | None = Field(
        description="What a judging chat model found, where one was asked; null while the key is"
        " not shown. Points count only with words that stand in the answer, and a teacher looks."
    )


class AppealRead(Output):
    """An objection to a grade, and what became of it."""

    id: UUID
    attempt_id: UUID
    question_id: str
    learner_id: UUID
    message: str
    status: AppealStatus
    reply: str
    created_at: datetime
    decided_at: datetime | None


class AttemptSummaryRead(Output):
    """An attempt in a list."""

    id: UUID
    quiz_id: UUID
    quiz_version: int
    learner_id: UUID
    number: int = Field(description="The learner's first, second and further attempt.")
    submitted_at: datetime
    is_late: bool
    score: float
    maximum: float
    needs_review: bool = Field(description="Whether a grade is not certain.")


class AttemptRead(AttemptSummaryRead):
    """An attempt with its grades."""

    answers: dict[str, Any]
    grades: list[GradeRead]
    appeals: list[AppealRead]
    withdrawn_questions: list[str] = Field(description="Questions that count for nobody.")

    @classmethod
    def of(cls, view: AttemptView) -> "AttemptRead":
        """The attempt as the service gives it."""
        summary = AttemptSummaryRead.model_validate(view.attempt).model_dump()
        return cls(
            **summary,
            answers=dict(view.attempt.answers),
            grades=[GradeRead.model_validate(grade) for grade in view.grades],
            appeals=[AppealRead.model_validate(appeal) for appeal in view.appeals],
            withdrawn_questions=list(view.withdrawn_questions),
        )

    @classmethod
    def location(cls, attempt: StoredAttempt) -> str:
        """Where the attempt is read."""
        return f"/api/v1/attempts/{attempt.id}"


class GradeSet(Input):
    """What a teacher sets an answer's score to."""

    score: float = Field(ge=0, le=100, allow_inf_nan=False, examples=[1.0])
    reason: Reason = Field(examples=["The working is right; the slip is in the last line."])


class AppealCreate(Input):
    """What a learner objects to."""

    question_id: ItemId = Field(examples=["q1"])
    message: Reason = Field(examples=["My answer is the same in other units."])


class AppealDecision(Input):
    """What a teacher decides."""

    is_accepted: bool
    reply: Reason = Field(examples=["You are right: the key lacked this form."])
    score: float | None = Field(
        default=None,
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="The new score where it is accepted; absent: the grade stays.",
        examples=[1.0],
    )


class HelpCreate(Input):
    """What a learner asks for."""

    wanted: HelpWanted = Field(default=HelpWanted.HINT, examples=["hint"])


class HelpRead(Output):
    """A hint, a solution, or what the solution waits for."""

    move: Literal["hint", "show_solution", "refuse_solution"]
    level: int = Field(description="1 to 4 for a hint; else 0.")
    text: str
    hints: int = Field(description="Hints given so far.")
    answers: int = Field(description="Answers of one's own so far.")
    may_be_shown: bool = Field(description="Whether the solution may be asked for now.")
    key: dict[str, Any] | None = Field(description="The question with its key; else null.")


class QuizRulesBody(Input):
    """When, how often and with which questions a quiz may be attempted."""

    opens_at: Moment | None = Field(default=None, examples=["2027-01-10T08:00:00Z"])
    due_at: Moment | None = Field(default=None, examples=["2027-01-17T18:00:00Z"])
    late_policy: LatePolicy = Field(
        default="refuse", description="After `due_at`: refuse an attempt, or mark it late."
    )
    max_attempts: int | None = Field(default=None, ge=1, le=1_000, examples=[3])
    shows_key: ShowsKey = Field(
        default="after_attempt", description="When a learner who attempted it sees the key."
    )
    withdrawn_questions: tuple[ItemId, ...] = Field(
        default=(), max_length=200, description="Questions that count for nobody."
    )


class QuizRulesRead(Output):
    """The rules of a quiz."""

    opens_at: datetime | None
    due_at: datetime | None
    late_policy: LatePolicy
    max_attempts: int | None
    shows_key: ShowsKey
    withdrawn_questions: tuple[str, ...]
