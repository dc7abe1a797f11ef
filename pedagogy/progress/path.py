"""What comes next on a learner's way through a course, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

PASSED_FROM = 0.6
"""Share of the points from which a quiz counts as done; below, it is worth another look."""

ItemKind = Literal["lesson", "video", "quiz"]


class Why(StrEnum):
    """Reasons for a next step."""

    BEGUN = "begun"
    """It was begun and not finished."""
    DUE = "due"
    """Cards would soon be forgotten."""
    IN_ORDER = "in_order"
    """It is the first that is not done, in the order of the course."""
    TRIED = "tried"
    """It was tried, with less than most of its points."""
    WEAK = "weak"
    """All is done, and something is known weakly."""
    ALL_DONE = "all_done"


@dataclass(frozen=True, slots=True)
class PathItem:
    """A lesson, video or quiz on the way.

    Attributes:
        share: How much of it was read, watched or scored, 0 to 1.
        is_begun: Whether it was opened at all.
        is_done: Read or watched to the end; of a quiz, attempted with most of its points.
    """

    id: UUID
    kind: ItemKind
    title: str
    share: float
    is_begun: bool
    is_done: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next; `item` is None for cards, practice, or nothing."""

    why: Why
    item: PathItem | None = None


def next_step(items: Sequence[PathItem], *, due_cards: int, has_weak_concepts: bool) -> NextStep:
    """Finish what was begun, then what would be forgotten, then the next in order.

    Quizzes that were tried without success come after everything new, as time between two tries
    helps (Cepeda and others 2006).
    """
    reading = next((i for i in items if i.kind != "quiz" and i.is_begun and not i.is_done), None)
    if reading is not None:
        return NextStep(Why.BEGUN, reading)
    if due_cards:
        return NextStep(Why.DUE)
    fresh = next((item for item in items if not item.is_begun and not item.is_done), None)
    if fresh is not None:
        return NextStep(Why.IN_ORDER, fresh)
    again = next((item for item in items if not item.is_done), None)
    if again is not None:
        return NextStep(Why.TRIED, again)
    return NextStep(Why.WEAK if has_weak_concepts else Why.ALL_DONE)
