"""Ordering and matching questions."""

from itertools import combinations

from content.questions import Matching, Ordering
from pedagogy.grading.errors import AnswerMismatchError
from pedagogy.grading.folding import fold
from pedagogy.grading.grade import Grade, JudgedBy, PartGrade, grade_of


def grade_ordering(question: Ordering, items: tuple[str, ...]) -> Grade:
    """Kendall's tau of the order given, none below zero: a random order gets nothing on average.

    One pair of neighbours exchanged costs little, the whole reversed costs everything.

    Source: M. G. Kendall, "A New Measure of Rank Correlation", Biometrika 30, 1938.

    Raises:
        AnswerMismatchError: The items are not those of the question, each once.
    """
    places = {fold(item): place for place, item in enumerate(question.items)}
    given = [places.get(fold(item)) for item in items]
    if len(items) != len(question.items) or set(given) != set(places.values()):
        raise AnswerMismatchError("Give each item of the question exactly once, in your order.")
    order = [place for place in given if place is not None]
    pairs = list(combinations(order, 2))
    in_order = sum(earlier < later for earlier, later in pairs)
    return grade_of(
        2 * in_order / len(pairs) - 1,
        question.points,
        JudgedBy.KEY,
        parts=[
            PartGrade(question.items[place], float(place == at)) for at, place in enumerate(order)
        ],
    )


def grade_matching(question: Matching, matches: dict[str, str]) -> Grade:
    """The share of left sides that were given their own right side.

    Raises:
        AnswerMismatchError: A side is named that the question does not have.
    """
    wanted = {fold(pair.left): pair for pair in question.pairs}
    offered = {fold(pair.right) for pair in question.pairs} | set(map(fold, question.distractors))
    given = {fold(left): fold(right) for left, right in matches.items()}
    for side, known in ((given.keys(), wanted.keys()), (given.values(), offered)):
        for name in side:
            if name not in known:
                raise AnswerMismatchError(f"The question has no side {name[:60]!r}.")
    parts = [
        PartGrade(pair.left, float(given.get(left) == fold(pair.right)))
        for left, pair in wanted.items()
    ]
    share = sum(part.share for part in parts) / len(parts)
    return grade_of(share, question.points, JudgedBy.KEY, parts=parts)
