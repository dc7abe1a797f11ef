"""Paths, readings, goals and certificates, as they come in and go out."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from api.schemas.common import STORABLE, Input, Output
from pedagogy.progress.certificates import CertificateRule, Requirement
from pedagogy.progress.goals import GoalUnit
from pedagogy.progress.path import ItemKind, Why
from storage.repositories.certificates import StoredRule

MOST_SECONDS = 6 * 3600
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[int, Field(ge=0, le=24 * 3600)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE
]
Signature = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), STORABLE]


class ReadingCreate(Input):
    """A time of reading in a lesson."""

    share: Share = Field(default=1.0, description="How far down one has come; 1: all of it.")
    seconds: int = Field(
        default=0, ge=0, le=MOST_SECONDS, description="How long one looked at it.", examples=[240]
    )


class WatchingCreate(Input):
    """A part of a video that was watched, in whole seconds of it."""

    from_seconds: Seconds = Field(examples=[0])
    to_seconds: Seconds = Field(examples=[30])
    duration_seconds: int = Field(ge=1, le=24 * 3600, examples=[300])


class StudyPositionRead(Output):
    """How far one has read or watched something."""

    share: float = Field(description="The most that was read, or what was watched of it, 0 to 1.")
    seconds: int = Field(description="How long in all.")
    position_seconds: int = Field(description="Where to go on in a video.")
    finished_at: datetime | None


class PathItemRead(Output):
    """A lesson, video or quiz on the way."""

    id: UUID
    kind: ItemKind
    title: str
    share: float = Field(description="How much of it was read, watched or scored, 0 to 1.")
    is_begun: bool
    is_done: bool = Field(
        description="Read or watched to the end; of a quiz, at least 60 % of its points."
    )


class NextStepRead(Output):
    """What to do next, and why; without an item: cards, practice, or nothing."""

    why: Why
    item: PathItemRead | None


class RequirementRead(Output):
    """One thing that a certificate asks for."""

    requirement: Requirement
    needed: float
    reached: float
    is_met: bool


class CertificateRead(Output):
    """A certificate that one has."""

    code: str = Field(description="What is looked up to see whether it is valid.")
    course: str
    issued_at: datetime
    is_valid: bool
    revoked_at: datetime | None
    revocation_reason: str = Field(description="Why it was revoked; empty for one that is valid.")


class HeldCertificateRead(Output):
    """A certificate that a learner has, for those who teach."""

    id: UUID
    code: str = Field(description="What is looked up to see whether it is valid.")
    learner_id: UUID | None = Field(description="Null once the account is gone.")
    learner: str | None = Field(description="The name on it; null once the account is gone.")
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: str


class RevocationCreate(Input):
    """Why a certificate is taken back."""

    reason: Reason = Field(
        description="Its learner is told; who looks its code up is not.",
        examples=["The answers of the last quiz were another learner's."],
    )


class CertificateStandingRead(Output):
    """How far one is from the certificate of a course."""

    requirements: list[RequirementRead]
    is_met: bool
    certificate: CertificateRead | None


class CoursePathRead(Output):
    """The way through a course: lessons in its order, then videos, then quizzes."""

    items: list[PathItemRead]
    done: int
    next: NextStepRead
    due_cards: int
    certificate: CertificateStandingRead | None = Field(
        description="Null where the course gives none."
    )


class GoalPut(Input):
    """What one wants to do in a week; both null: no goal."""

    unit: GoalUnit | None = Field(default=None, examples=["items"])
    per_week: int | None = Field(default=None, ge=1, le=10_080, examples=[20])

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.unit is None) != (self.per_week is None):
            raise ValueError("unit and per_week come together, or not at all")
        return self


class GoalRead(Output):
    """What one wants to do in a week."""

    unit: GoalUnit
    per_week: int


class StreakRead(Output):
    """How regularly one learns; days off that are saved up break nothing."""

    days: int = Field(description="Days of learning in the streak that goes on.")
    longest: int
    freezes: int = Field(description="Days off that are saved up.")
    is_today_done: bool
    active_days: int = Field(description="Days of learning of the last seven.")


class WeekRead(Output):
    """What was done since Monday."""

    minutes: int = Field(description="Of reading and watching.")
    items: int = Field(description="Answers, cards, lessons and videos.")
    days: int


class HabitsRead(Output):
    """How regularly one learns in all courses, some seconds behind, and one's goal."""

    streak: StreakRead
    week: WeekRead
    goal: GoalRead | None


class CertificateRulePut(Input):
    """What a course asks for before it gives a certificate; all null: it gives none."""

    lessons_share: Share | None = Field(
        default=None, description="Of the published lessons, read to the end.", examples=[1.0]
    )
    quiz_mark: Share | None = Field(
        default=None,
        description="Mean over the published quizzes of the best share scored.",
        examples=[0.6],
    )
    mastered_share: Share | None = Field(
        default=None, description="Of the concepts, mastered.", examples=[0.8]
    )
    signed_by: Signature = Field(default="", examples=["Dr Asha Rao"])

    @property
    def as_stored(self) -> StoredRule:
        """The rule as the service takes it."""
        rule = CertificateRule(
            self.lessons_share or None, self.quiz_mark or None, self.mastered_share or None
        )
        return StoredRule(rule, self.signed_by)


class CertificateRuleRead(Output):
    """What a course asks for before it gives a certificate."""

    lessons_share: float | None
    quiz_mark: float | None
    mastered_share: float | None
    signed_by: str

    @classmethod
    def of(cls, stored: StoredRule) -> "CertificateRuleRead":
        """The rule as the service gives it."""
        rule = stored.rule
        return cls(
            lessons_share=rule.lessons_share,
            quiz_mark=rule.quiz_mark,
            mastered_share=rule.mastered_share,
            signed_by=stored.signed_by,
        )


class CertificateCheckRead(Output):
    """Whether a certificate is valid."""

    is_valid: bool
    course: str
    learner: str | None = Field(description="Null for one that is not valid.")
    issued_at: datetime
    revoked_at: datetime | None
