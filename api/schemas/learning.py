"""Cards, concepts and progress, as they come in and go out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.common import Input, Moment, Output, PageOf, Title
from pedagogy.mastery.levels import Level
from pedagogy.reviews.scheduling import CardMemory, MemoryState, Recall
from services.learning.progress import CourseProgress, LearnerProgress
from services.learning.reviews import DueCard, DueCards
from storage.repositories.concepts import Origin


class CardMemoryRead(Output):
    """What is known of a learner's memory of a card."""

    state: MemoryState
    stability: float = Field(description="Days until it is remembered nine times in ten.")
    difficulty: float = Field(description="1 to 10.")
    last_reviewed_at: datetime
    due_at: datetime


class DueCardRead(Output):
    """A card that is to be seen."""

    id: str = Field(
        description="Names it in POST /cards/{card_id}/reviews.",
        examples=["01890a5d-ac96-774b-bcce-b302099a8057.c1"],
    )
    course_id: UUID
    course_slug: str
    deck_id: UUID
    deck_title: str
    front: str
    back: str
    memory: CardMemoryRead | None = Field(description="Null for a card that was never seen.")
    chance_of_recall: float | None = Field(description="How likely it is remembered now.")

    @classmethod
    def of(cls, due: DueCard) -> "DueCardRead":
        """The card as the service gives it."""
        return cls(
            id=str(due.name),
            course_id=due.course_id,
            course_slug=due.course_slug,
            deck_id=due.name.deck_id,
            deck_title=due.deck_title,
            front=due.card.front,
            back=due.card.back,
            memory=None if due.memory is None else CardMemoryRead.model_validate(due.memory),
            chance_of_recall=due.chance_of_recall,
        )


class DueCardsRead(Output):
    """Cards in the order to see them in."""

    items: list[DueCardRead]
    due_count: int = Field(description="Cards that are due, on this page or not.")
    new_count: int = Field(description="Cards that were never seen.")

    @classmethod
    def of(cls, found: DueCards) -> "DueCardsRead":
        """The cards as the service gives them."""
        items = [DueCardRead.of(card) for card in found.cards]
        return cls(items=items, due_count=found.due_count, new_count=found.new_count)


class ReviewCreate(Input):
    """How well a card was remembered."""

    recall: Recall = Field(examples=["good"])
    reviewed_at: Moment | None = Field(
        default=None, description="When, where that was before now.", examples=[None]
    )


class ReviewRead(Output):
    """What the review left, and when the card is due again."""

    card_id: str
    memory: CardMemoryRead

    @classmethod
    def of(cls, card_id: str, memory: CardMemory) -> "ReviewRead":
        """The memory as the service gives it."""
        return cls(card_id=card_id, memory=CardMemoryRead.model_validate(memory))


class ConceptRead(Output):
    """A concept of a course."""

    id: UUID
    name: str
    origin: Origin
    prerequisites: tuple[str, ...] = Field(description="Names of what it needs first.")


class ConceptsRead(Output):
    """The concepts of a course, in its order."""

    items: list[ConceptRead]


class ConceptWrite(Input):
    """A concept as a teacher wants it."""

    name: Title = Field(examples=["Momentum"])
    prerequisites: Annotated[tuple[Title, ...], Field(max_length=20)] = Field(
        default=(), description="Names of concepts in the same list.", examples=[["Velocity"]]
    )


class ConceptsReplace(Input):
    """All concepts of a course; those left out are taken out."""

    concepts: Annotated[tuple[ConceptWrite, ...], Field(max_length=300)] = Field(
        examples=[[{"name": "Velocity"}, {"name": "Momentum", "prerequisites": ["Velocity"]}]]
    )


class MasteryClaim(Input):
    """What a learner says of their own knowledge."""

    probability: float = Field(
        ge=0.01, le=0.99, description="How sure they are that they know it.", examples=[0.9]
    )


class ConceptProgressRead(Output):
    """What is believed of somebody's knowledge of a concept."""

    concept_id: UUID
    concept: str
    probability: float = Field(description="How likely it is known, 0 to 1.")
    uncertainty: float = Field(description="0 is sure, 1 could be either.")
    answer_count: int
    level: Level
    explanation: str = Field(examples=["You probably know this (82% likely)."])
    is_claimed: bool = Field(description="Whether it starts from what they said themselves.")


class NextConceptRead(Output):
    """What to practise, and what to practise before it."""

    concept_id: UUID
    concept: str
    weak_prerequisites: tuple[str, ...]


class OwnCourseProgressRead(Output):
    """One's own progress in a course."""

    course_id: UUID
    concepts: list[ConceptProgressRead]
    next_concepts: list[NextConceptRead]
    mastered: int


class OwnProgressRead(Output):
    """One's own progress."""

    courses: list[OwnCourseProgressRead]
    due_cards: int


class LearnerProgressRead(Output):
    """A learner's progress in a course: what the learner sees, too."""

    learner_id: UUID
    display_name: str
    email: str
    mastered: int
    concepts: list[ConceptProgressRead]

    @classmethod
    def of(cls, found: LearnerProgress) -> "LearnerProgressRead":
        """The progress as the service gives it."""
        return cls(
            learner_id=found.learner.id,
            display_name=found.learner.display_name,
            email=found.learner.email,
            mastered=found.mastered,
            concepts=[ConceptProgressRead.model_validate(one) for one in found.concepts],
        )


class ConceptMeanRead(Output):
    """What the learners of a course know of a concept; null for fewer than five."""

    concept_id: UUID
    concept: str
    learners: int | None
    mean_probability: float | None


class CourseProgressRead(PageOf[LearnerProgressRead]):
    """Learners of a course with what they know, and means over all of them."""

    concepts: list[ConceptMeanRead]

    @classmethod
    def of(cls, found: CourseProgress) -> "CourseProgressRead":
        """The progress as the service gives it."""
        page = PageOf[LearnerProgressRead].model_validate(
            found.learners.map(LearnerProgressRead.of)
        )
        return cls(
            **page.model_dump(),
            concepts=[ConceptMeanRead.model_validate(one) for one in found.concepts],
        )
