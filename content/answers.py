"""What a learner answers, by the kind of question; all bounded, so that none can be a burden."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from content.base import Content, ItemId, Line


def _without_null(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold the character U+0000")
    return text


Written = Annotated[str, StringConstraints(max_length=5_000), AfterValidator(_without_null)]
"""Words of the learner's own."""
GapText = Annotated[str, StringConstraints(max_length=500), AfterValidator(_without_null)]


class ChoiceAnswer(Content):
    """The ids of what was chosen: one of a single-choice question, any number otherwise."""

    kind: Literal["choice"] = "choice"
    chosen: Annotated[tuple[ItemId, ...], Field(max_length=12)]

    @model_validator(mode="after")
    def _chosen_differ(self) -> Self:
        if len(set(self.chosen)) != len(self.chosen):
            raise ValueError("the same choice is named twice")
        return self


class WrittenAnswer(Content):
    """A number, a formula or a text, as it was typed."""

    kind: Literal["written"] = "written"
    text: Written


class GapsAnswer(Content):
    """What stands in the gaps, by their ids; a gap left out is empty."""

    kind: Literal["gaps"] = "gaps"
    gaps: Annotated[dict[ItemId, GapText], Field(max_length=20)]


class OrderAnswer(Content):
    """The items in the order the learner gives them."""

    kind: Literal["order"] = "order"
    items: Annotated[tuple[Line, ...], Field(max_length=12)]


class MatchesAnswer(Content):
    """The right side given to each left side; a left side left out has none."""

    kind: Literal["matches"] = "matches"
    matches: Annotated[dict[Line, Line], Field(max_length=12)]


AnyAnswer = Annotated[
    ChoiceAnswer | WrittenAnswer | GapsAnswer | OrderAnswer | MatchesAnswer,
    Field(discriminator="kind"),
]
