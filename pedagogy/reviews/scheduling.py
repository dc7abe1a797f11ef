"""Spaced repetition by FSRS: when a card will be remembered with the wanted probability.

Source: J. Ye, J. Su and Y. Cao, "A Stochastic Shortest Path Algorithm for Optimizing Spaced
Repetition Scheduling", KDD 2022; the weights are those of the maintained library `fsrs`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Literal

from fsrs import Card, Rating, Scheduler, State

WANTED_RETENTION: Final = 0.9
"""A card is due when it will still be remembered nine times in ten."""
LONGEST_INTERVAL_DAYS: Final = 365


class Recall(StrEnum):
    """How well a card was remembered, as the learner says."""

    AGAIN = "again"
    """Not at all."""
    HARD = "hard"
    GOOD = "good"
    EASY = "easy"


MemoryState = Literal["learning", "review", "relearning"]

_RATINGS: Final = {
    Recall.AGAIN: Rating.Again,
    Recall.HARD: Rating.Hard,
    Recall.GOOD: Rating.Good,
    Recall.EASY: Rating.Easy,
}
_STATES: Final[dict[State, MemoryState]] = {
    State.Learning: "learning",
    State.Review: "review",
    State.Relearning: "relearning",
}


@dataclass(frozen=True, slots=True)
class CardMemory:
    """What is known of a learner's memory of a card.

    Attributes:
        state: Whether it is being learned, remembered for days, or learned anew.
        step: The place among the short steps of learning; None in review.
        stability: Days until it is remembered with probability 0.9.
        difficulty: 1 to 10.
        last_reviewed_at: UTC.
        due_at: UTC.
    """

    state: MemoryState
    step: int | None
    stability: float
    difficulty: float
    last_reviewed_at: datetime
    due_at: datetime


class ReviewScheduler:
    """Reckons what a review does to memory; the same reviews give the same days.

    The library's random shift of intervals is off, so that what a learner is told can be
    reckoned again from the reviews.
    """

    def __init__(self, wanted_retention: float = WANTED_RETENTION) -> None:
        self._scheduler = Scheduler(
            desired_retention=wanted_retention,
            maximum_interval=LONGEST_INTERVAL_DAYS,
            enable_fuzzing=False,
        )

    def reviewed(self, memory: CardMemory | None, recall: Recall, at: datetime) -> CardMemory:
        """The memory after a review; None is a card that was never seen.

        A review that claims to be earlier than the last one counts as made at the same moment.

        Raises:
            ValueError: The moment has no time zone.
        """
        if at.tzinfo is None:
            raise ValueError("a review needs a moment with its time zone")
        moment = at.astimezone(UTC)
        if memory is not None:
            moment = max(moment, memory.last_reviewed_at.astimezone(UTC))
        card = Card(card_id=1) if memory is None else _card_of(memory)
        return _memory_of(self._scheduler.review_card(card, _RATINGS[recall], moment)[0])

    def chance_of_recall(self, memory: CardMemory, at: datetime) -> float:
        """How likely the card is remembered at a moment, 0 to 1."""
        card = _card_of(memory)
        return float(self._scheduler.get_card_retrievability(card, at.astimezone(UTC)))


def _card_of(memory: CardMemory) -> Card:
    state = next(state for state, name in _STATES.items() if name == memory.state)
    return Card(
        card_id=1,
        state=state,
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due_at.astimezone(UTC),
        last_review=memory.last_reviewed_at.astimezone(UTC),
    )


def _memory_of(card: Card) -> CardMemory:
    # A card that was reviewed has all of these.
    assert card.stability is not None  # noqa: S101 (tells the type checker)
    assert card.difficulty is not None  # noqa: S101 (tells the type checker)
    assert card.last_review is not None  # noqa: S101 (tells the type checker)
    return CardMemory(
        state=_STATES[card.state],
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        last_reviewed_at=card.last_review,
        due_at=card.due,
    )
