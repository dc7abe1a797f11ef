"""What the learners of a course do, as it goes out."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from api.schemas.common import Output, PageOf
from services.learning.activity import CourseActivity


class MasteryPointRead(Output):
    """What was believed at the end of a day."""

    day: date
    probability: float


class ConceptHistoryRead(Output):
    """How one's knowledge of a concept has changed, oldest first."""

    concept_id: UUID
    concept: str
    points: list[MasteryPointRead]


class OwnHistoryRead(Output):
    """How one's knowledge of a course has changed, by concept."""

    items: list[ConceptHistoryRead]


class ActivityRead(Output):
    """How much of what was done."""

    asked: int = Field(description="Questions to the tutor.")
    attempts: int
    answers: int = Field(description="Questions of quizzes answered.")
    mean_share: float | None = Field(
        description="What answers scored of their points, 0 to 1; null without answers."
    )
    hints: int
    solutions: int
    reviews: int = Field(description="Cards seen.")
    recalled: int = Field(description="Cards remembered.")
    lessons_read: int
    videos_watched: int
    minutes: int = Field(description="Whole minutes of reading and watching.")


class CourseDayRead(Output):
    """A day of a course; null where fewer than five learned."""

    day: date
    learners: int | None
    activity: ActivityRead | None


class ConceptStandingRead(Output):
    """What the learners of a course have shown of a concept."""

    learners: int
    answers: int
    mean_probability: float | None = Field(description="How likely it is known, on average.")
    mastered: int
    weak: int


class ConceptActivityRead(Output):
    """A concept of a course; null where fewer than five have shown anything of it."""

    concept_id: UUID
    concept: str
    standing: ConceptStandingRead | None


class StandingRead(Output):
    """What a learner has done in a course."""

    learner_id: UUID
    display_name: str
    first_at: datetime
    last_at: datetime
    activity: ActivityRead


class CourseActivityRead(PageOf[StandingRead]):
    """Learners of a course by their last activity, its days and its concepts."""

    days: list[CourseDayRead]
    concepts: list[ConceptActivityRead]

    @classmethod
    def of(cls, found: CourseActivity) -> "CourseActivityRead":
        """The activity as the service gives it."""
        page = PageOf[StandingRead].model_validate(found.learners.map(StandingRead.model_validate))
        return cls(
            **page.model_dump(),
            days=[CourseDayRead.model_validate(one) for one in found.days],
            concepts=[ConceptActivityRead.model_validate(one) for one in found.concepts],
        )
