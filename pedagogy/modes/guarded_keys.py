"""What of a question's key a reply must not give away."""

from dataclasses import dataclass, field

from content.questions import (
    AnyQuestion,
    Choice,
    Cloze,
    Expression,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    ShortAnswer,
    SingleChoice,
)
from pedagogy.grading.expressions import key_of
from pedagogy.grading.formula_tokens import canonical_name
from pedagogy.grading.formulas import Formula


@dataclass(frozen=True, slots=True)
class GuardedKey:
    """The secrets of a question.

    Attributes:
        stem: What the learner sees anyway.
        numbers: Each with its unit and the tolerance in that unit.
        formula: None where the key is none.
        variables: Of the formula, as trees have them.
        phrases: Words that are the answer as they stand.
        points: What an answer says, in whatever words.
        right_places: Places of right choices, from 0.
        wrong: Texts of wrong choices: naming all of them names the right one.
        order: Items in their right order.
        pairs: What belongs together.
    """

    stem: str
    numbers: tuple[tuple[float, str, float], ...] = ()
    formula: Formula | None = None
    variables: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    right_places: tuple[int, ...] = ()
    wrong: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = field(default=())


def key_to_guard(question: AnyQuestion) -> GuardedKey:
    """The secrets of a question.

    Raises:
        UnreadableKeyError: Its formula cannot be read.
    """
    match question:
        case SingleChoice() | MultipleChoice():
            return _of_choices(question.stem, question.choices)
        case Numeric():
            width = question.tolerance * (abs(question.value) if question.is_relative else 1.0)
            return GuardedKey(question.stem, numbers=((question.value, question.unit, width),))
        case Expression():
            variables = tuple(canonical_name(name) for name in question.variables)
            return GuardedKey(question.stem, formula=key_of(question), variables=variables)
        case ShortAnswer():
            return GuardedKey(question.stem, phrases=question.accepted, points=question.key_points)
        case Cloze():
            phrases = tuple(form for gap in question.gaps for form in gap.accepted)
            return GuardedKey(question.stem, phrases=phrases)
        case Ordering():
            return GuardedKey(question.stem, order=question.items)
        case Matching():
            pairs = tuple((pair.left, pair.right) for pair in question.pairs)
            return GuardedKey(question.stem, pairs=pairs)


def _of_choices(stem: str, choices: tuple[Choice, ...]) -> GuardedKey:
    return GuardedKey(
        stem,
        phrases=tuple(choice.text for choice in choices if choice.is_right),
        right_places=tuple(place for place, choice in enumerate(choices) if choice.is_right),
        wrong=tuple(choice.text for choice in choices if not choice.is_right),
    )
