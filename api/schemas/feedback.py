"""Schemas of what learners think of their answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output
from services.feedback import GivenFeedback
from storage.repositories.feedback import RatedAnswer, Rating, Reason

Comment = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000), STORABLE
]


class FeedbackPut(Input):
    """What you think of an answer."""

    rating: Rating = Field(description="`up` if it helped, `down` if not.", examples=["down"])
    reasons: list[Reason] = Field(
        default=[], max_length=6, description="Why, as many as apply.", examples=[["unclear"]]
    )
    comment: Comment | None = Field(
        default=None,
        description="Anything more; at most 2,000 characters.",
        examples=["It does not say which length is meant."],
    )

    def given(self) -> GivenFeedback:
        """The same for the service; a reason named twice counts once."""
        return GivenFeedback(self.rating, tuple(dict.fromkeys(self.reasons)), self.comment)


class FeedbackRead(Output):
    """What you think of an answer."""

    rating: Rating
    reasons: list[Reason]
    comment: str | None
    updated_at: datetime


class RatedAnswerRead(FeedbackRead):
    """An answer of the course with a learner's rating; the learner is not named."""

    message_id: UUID
    question: str | None = Field(description="Null for answers of early versions.")
    answer: str
    model: str | None
    prompt: str | None = Field(examples=["tutor-explain@1"])
    groundedness: float | None

    @classmethod
    def of(cls, rated: RatedAnswer) -> "RatedAnswerRead":
        """The public shape of a rated answer."""
        feedback = FeedbackRead.model_validate(rated.feedback)
        own = cls.model_fields.keys() - FeedbackRead.model_fields.keys()
        return cls(**feedback.model_dump(), **{name: getattr(rated, name) for name in own})
