"""Schemas of the teacher's cockpit and of corrections."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output
from services.insights.corrections import CorrectionHistory, WantedCorrection
from services.insights.overview import OwnShownAnswer

Question = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE
]
Body = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000), STORABLE
]


class CorrectionUpdate(Input):
    """What a teacher says of a question."""

    question: Question = Field(
        description="What it answers. It becomes material of the course: leave names out.",
        examples=["Does a heavier pendulum swing faster?"],
    )
    body: Body = Field(
        description="What is right, in the words that learners are to read.",
        examples=["No. The period depends on the length alone, as long as the swing is small."],
    )


class CorrectionCreate(CorrectionUpdate):
    """A correction that is to be made."""

    message_id: UUID | None = Field(
        default=None,
        description="The answer in whose place it is said; who asked sees it beside the answer.",
    )

    def wanted(self) -> WantedCorrection:
        """The same for the service."""
        return WantedCorrection(self.question, self.body, self.message_id)


class CorrectionRead(Output):
    """What a teacher says in place of an answer."""

    id: UUID
    course_id: UUID
    message_id: UUID | None
    document_id: UUID | None = Field(description="What retrieval finds it by.")
    author: str | None = Field(description="Null once that account is gone.")
    version: int
    question: str
    body: str
    created_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None = Field(description="Null while it counts.")


class CorrectionVersionRead(Output):
    """What a correction said from a moment on."""

    number: int
    author: str | None
    question: str
    body: str
    created_at: datetime


class CorrectionHistoryRead(CorrectionRead):
    """A correction with all that it ever said, the latest first."""

    versions: list[CorrectionVersionRead]

    @classmethod
    def of(cls, history: CorrectionHistory) -> "CorrectionHistoryRead":
        """The public shape of a history."""
        correction = CorrectionRead.model_validate(history.correction).model_dump()
        versions = [CorrectionVersionRead.model_validate(one) for one in history.versions]
        return cls(**correction, versions=versions)


class AskedRead(Output):
    """How much was asked."""

    questions: int
    learners: int
    doubtful: int = Field(description="Of the questions: found nothing, or little support.")


class RatingsRead(Output):
    """How answers were rated."""

    learners: int
    up: int
    down: int


class ReasonCountRead(Output):
    """How often a reason was given for a bad rating."""

    reason: str = Field(examples=["unclear"])
    times: int
    learners: int


class AskedOftenRead(AskedRead):
    """Questions that ask about the same."""

    cluster_id: UUID
    last_asked_at: datetime
    examples: list[str] = Field(description="At most three, the most typical first.")


class OverviewRead(Output):
    """What a course was asked, and how it answered."""

    since: datetime
    asked: AskedRead | None = Field(description="Null where fewer than five learners asked.")
    ratings: RatingsRead | None = Field(description="Null where fewer than five learners rated.")
    reasons: list[ReasonCountRead] = Field(description="Those that at least five learners gave.")
    most_asked: list[AskedOftenRead] = Field(
        description="Of at least five learners each, the most frequent first."
    )
    cost_micro_usd: int = Field(description="Of chat models for the course, in millionths of $.")


class DoubtfulAnswerRead(Output):
    """An answer that calls for a teacher; who asked is not named."""

    message_id: UUID
    question: str
    answer: str
    doubt: Literal["unanswered", "low_support", "failed"]
    groundedness: float | None
    completed_at: datetime


class OwnShownAnswerRead(DoubtfulAnswerRead):
    """A question of yours that teachers see, without your name."""

    course_id: UUID

    @classmethod
    def of(cls, shown: OwnShownAnswer) -> "OwnShownAnswerRead":
        """The public shape of it."""
        answer = DoubtfulAnswerRead.model_validate(shown.answer).model_dump()
        return cls(**answer, course_id=shown.course_id)


class ShownToTeachersRead(Output):
    """What those who teach see of your questions, the newest first."""

    items: list[OwnShownAnswerRead]
