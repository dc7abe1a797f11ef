"""Every kind of learning event, in its newest version.

An event holds ids and values, never what somebody wrote. A kind whose payload changes gets a new
version here, and a way up from the old one in `upcasting.py`; rows of the old one stay as they are.
"""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

EVENT_IDS = UUID("6f1d2b0e-9c43-5c1e-8a55-0d1c3f5d8b10")
"""The namespace of ids that are reckoned from what an event tells of."""

Share = float
"""0 to 1."""


class LearningEvent(BaseModel):
    """Something that a learner did, or that happened to what they did."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    VERSION: ClassVar[int] = 1
    ACT: ClassVar[tuple[str, ...]] = ()
    """The fields that name the act: told twice, it is one event. Empty: each telling is one."""

    kind: str

    @property
    def payload(self) -> dict[str, Any]:
        """Its fields as JSON has them."""
        return self.model_dump(mode="json", exclude={"kind"}, exclude_none=True)

    def id_for(self, learner_key: UUID) -> UUID | None:
        """The same for the same act of the same learner; None where acts have no name."""
        if not self.ACT:
            return None
        named = (self.kind, learner_key, *(getattr(self, field) for field in self.ACT))
        return uuid5(EVENT_IDS, "\n".join(map(str, named)))


class QuestionAsked(LearningEvent):
    """A learner has asked the tutor something."""

    ACT = ("message_id",)

    kind: Literal["question.asked"] = "question.asked"
    message_id: UUID
    conversation_id: UUID
    mode: str


class QuestionAnswered(LearningEvent):
    """The tutor has answered, or failed to."""

    ACT = ("message_id",)

    kind: Literal["question.answered"] = "question.answered"
    message_id: UUID
    status: str
    groundedness: Share | None = None
    confidence: Share | None = None
    is_cached: bool
    citations: int


class AnswerRated(LearningEvent):
    """A learner has said what they think of an answer; a later one replaces it."""

    kind: Literal["answer.rated"] = "answer.rated"
    message_id: UUID
    rating: str


class AnswerCorrected(LearningEvent):
    """A teacher has put right what a learner was told."""

    ACT = ("correction_id", "message_id")

    kind: Literal["answer.corrected"] = "answer.corrected"
    message_id: UUID
    correction_id: UUID


class QuizAttempted(LearningEvent):
    """A learner has sent answers to a quiz."""

    ACT = ("attempt_id",)

    kind: Literal["quiz.attempted"] = "quiz.attempted"
    attempt_id: UUID
    quiz_id: UUID
    quiz_version: int
    number: int
    score: float
    maximum: float
    is_late: bool


class AnswerGraded(LearningEvent):
    """An answer has a grade; the first at revision 1, a later one replaces it.

    Attributes:
        replaced_score: What the grade before scored; None for a first one, or one of version 1.
        answered_at: When the answer was sent; None in version 1, which did not say.
    """

    VERSION = 2
    ACT = ("attempt_id", "question_id", "revision")

    kind: Literal["answer.graded"] = "answer.graded"
    attempt_id: UUID
    question_id: str
    revision: int
    score: float
    maximum: float
    judged_by: str
    concept_ids: tuple[UUID, ...] = ()
    is_answered: bool
    replaced_score: float | None = None
    answered_at: datetime | None = None


class GradeAppealed(LearningEvent):
    """A learner objects to a grade."""

    ACT = ("appeal_id",)

    kind: Literal["grade.appealed"] = "grade.appealed"
    appeal_id: UUID
    attempt_id: UUID
    question_id: str


class AppealDecided(LearningEvent):
    """A teacher has decided about an objection."""

    ACT = ("appeal_id",)

    kind: Literal["appeal.decided"] = "appeal.decided"
    appeal_id: UUID
    is_accepted: bool


class HintGiven(LearningEvent):
    """A learner was given a hint, or the solution.

    Attributes:
        level: The rung of a hint, from 1; None for a solution.
    """

    VERSION = 2
    ACT = ("quiz_id", "question_id", "help", "level")

    kind: Literal["hint.given"] = "hint.given"
    quiz_id: UUID
    question_id: str
    help: Literal["hint", "solution"]
    level: int | None = None


class ProblemAnswered(LearningEvent):
    """A learner has answered a question of a quiz to the tutor, after so many hints."""

    kind: Literal["problem.answered"] = "problem.answered"
    quiz_id: UUID
    question_id: str
    score: float
    maximum: float
    hints: int


class CardReviewed(LearningEvent):
    """A learner has looked at a card and said how well they remembered it."""

    kind: Literal["card.reviewed"] = "card.reviewed"
    deck_id: UUID
    card_id: str
    recall: str
    stability: float
    due_at: datetime


class MasteryClaimed(LearningEvent):
    """A learner has said what they know of a concept, against what was believed."""

    kind: Literal["mastery.claimed"] = "mastery.claimed"
    concept_id: UUID
    probability: Share


class MasteryEstimated(LearningEvent):
    """What is believed of a learner's knowledge has changed."""

    kind: Literal["mastery.estimated"] = "mastery.estimated"
    concept_id: UUID
    probability: Share
    answer_count: int


class LessonRead(LearningEvent):
    """A learner has read in a lesson for a while.

    Attributes:
        share: How far down they have come.
        seconds: How long they looked at it this time.
        is_finished: Whether this time completed it.
    """

    kind: Literal["lesson.read"] = "lesson.read"
    lesson_id: UUID
    share: Share
    seconds: int
    is_finished: bool


class VideoWatched(LearningEvent):
    """A learner has watched a part of a video; positions in whole seconds of the video."""

    kind: Literal["video.watched"] = "video.watched"
    video_id: UUID
    from_seconds: int = Field(ge=0)
    to_seconds: int = Field(ge=0)
    duration_seconds: int = Field(gt=0)
    is_finished: bool


class CertificateAwarded(LearningEvent):
    """A learner has met the teacher's rule."""

    ACT = ("certificate_id",)

    kind: Literal["certificate.awarded"] = "certificate.awarded"
    certificate_id: UUID


class CertificateRevoked(LearningEvent):
    """A certificate is not valid any more."""

    ACT = ("certificate_id",)

    kind: Literal["certificate.revoked"] = "certificate.revoked"
    certificate_id: UUID


AnyEvent = (
    QuestionAsked
    | QuestionAnswered
    | AnswerRated
    | AnswerCorrected
    | QuizAttempted
    | AnswerGraded
    | GradeAppealed
    | AppealDecided
    | HintGiven
    | ProblemAnswered
    | CardReviewed
    | MasteryClaimed
    | MasteryEstimated
    | LessonRead
    | VideoWatched
    | CertificateAwarded
    | CertificateRevoked
)
