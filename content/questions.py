"""Questions with their keys: one item model, from which quizzes are graded and exported.

A key is never sent to a learner before an attempt is graded; `content.questions` holds both
because an author, the quality gate and the exports need them together.
"""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, model_validator

from content.base import Content, ItemId, Language, Line, Markdown, Sources


class Question(Content):
    """What every kind of question has."""

    id: ItemId
    stem: Markdown
    """What is asked."""
    points: Annotated[float, Field(gt=0, le=100)] = 1.0
    explanation: Annotated[str, StringConstraints(max_length=10_000)] = ""
    """Why the key is right; shown after an attempt."""
    difficulty: Literal["beginner", "intermediate", "advanced"] = "beginner"
    concepts: tuple[Line, ...] = ()
    """Names of the concepts of the course that it exercises."""
    sources: Sources = ()


_Q = TypeVar("_Q", bound=Question)


class Choice(Content):
    """An answer to choose; a wrong one says which mistake leads to it."""

    id: ItemId
    text: Markdown
    is_right: bool = False
    reason: Annotated[str, StringConstraints(max_length=1_000)] = ""
    """The misconception of a distractor, for the author."""
    feedback: Annotated[str, StringConstraints(max_length=2_000)] = ""
    """What a learner who chose it is told."""


class SingleChoice(Question):
    """One of several answers is right."""

    kind: Literal["single_choice"] = "single_choice"
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=10)]

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        if sum(choice.is_right for choice in self.choices) != 1:
            raise ValueError("a single-choice question has exactly one right choice")
        return _with_distinct_choices(self, self.choices)


class MultipleChoice(Question):
    """All that are right, and none else, are to be chosen."""

    kind: Literal["multiple_choice"] = "multiple_choice"
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if not any(choice.is_right for choice in self.choices):
            raise ValueError("a multiple-choice question has at least one right choice")
        return _with_distinct_choices(self, self.choices)


class Numeric(Question):
    """A number, perhaps with a unit, within a tolerance."""

    kind: Literal["numeric"] = "numeric"
    value: Annotated[float, Field(allow_inf_nan=False)]
    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Of the value's unit, or a share of the value where `is_relative`."""
    is_relative: bool = False
    unit: Annotated[str, StringConstraints(max_length=40)] = ""
    """As pint reads it, such as `m/s**2`; empty for a bare number."""


class ShortAnswer(Question):
    """Words of the learner's own, judged by accepted answers and key points."""

    kind: Literal["short_answer"] = "short_answer"
    accepted: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    """Answers that are right as they stand, apart from case and white space."""
    key_points: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    """What a full answer says."""

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if not self.accepted and not self.key_points:
            raise ValueError("a short-answer question needs accepted answers or key points")
        return self


class Expression(Question):
    """A formula that is right in any equivalent form."""

    kind: Literal["expression"] = "expression"
    expression: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    """In the grammar of learners' input: `m*v^2/2`."""
    variables: Annotated[tuple[Line, ...], Field(max_length=10)] = ()


class Gap(Content):
    """A gap of a cloze text and what may stand in it."""

    id: ItemId
    accepted: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    """The first is shown as the key."""
    options: Annotated[tuple[Line, ...], Field(max_length=10)] = ()
    """To choose from; none where the learner writes."""


class Cloze(Question):
    """A text with gaps: `{{id}}` in the stem stands for the gap of that id."""

    kind: Literal["cloze"] = "cloze"
    gaps: Annotated[tuple[Gap, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _gaps_stand_in_the_stem(self) -> Self:
        for gap in self.gaps:
            if self.stem.count("{{" + gap.id + "}}") != 1:
                raise ValueError(f"the stem must hold {{{{{gap.id}}}}} exactly once")
        return self


class Ordering(Question):
    """Items to be brought into their order, in which they are kept here."""

    kind: Literal["ordering"] = "ordering"
    items: Annotated[tuple[Line, ...], Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _items_differ(self) -> Self:
        if len(set(self.items)) != len(self.items):
            raise ValueError("items to be ordered must differ")
        return self


class Pair(Content):
    """What belongs together."""

    left: Line
    right: Line


class Matching(Question):
    """Each left side is given its right side; right sides without a left one distract."""

    kind: Literal["matching"] = "matching"
    pairs: Annotated[tuple[Pair, ...], Field(min_length=2, max_length=12)]
    distractors: Annotated[tuple[Line, ...], Field(max_length=6)] = ()

    @model_validator(mode="after")
    def _sides_differ(self) -> Self:
        lefts = {pair.left for pair in self.pairs}
        rights = {pair.right for pair in self.pairs} | set(self.distractors)
        if len(lefts) != len(self.pairs) or len(rights) != len(self.pairs) + len(self.distractors):
            raise ValueError("the sides of the pairs and the distractors must differ")
        return self


AnyQuestion = Annotated[
    SingleChoice
    | MultipleChoice
    | Numeric
    | ShortAnswer
    | Expression
    | Cloze
    | Ordering
    | Matching,
    Field(discriminator="kind"),
]


class Quiz(Content):
    """Questions in their order; their ids are unique."""

    title: Line
    language: Language = "en"
    introduction: Annotated[str, StringConstraints(max_length=10_000)] = ""
    questions: Annotated[tuple[AnyQuestion, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [question.id for question in self.questions]
        if len(set(ids)) != len(ids):
            raise ValueError("two questions have the same id")
        return self


def _with_distinct_choices(question: _Q, choices: tuple[Choice, ...]) -> _Q:
    if len({choice.id for choice in choices}) != len(choices):
        raise ValueError("two choices have the same id")
    if len({choice.text.strip() for choice in choices}) != len(choices):
        raise ValueError("two choices have the same text")
    return question
