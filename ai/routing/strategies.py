"""How the deployment that answers is chosen among those of an alias."""

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

from ai.routing.deployment import Strategy, Tier

_TYPICAL_OUTPUT_SHARE = Decimal("0.25")
"""Tokens written for each token read, for comparing prices; a tutor reads more than it says."""


class Candidate(Protocol):
    """What a strategy may know of a deployment."""

    @property
    def weight(self) -> float:
        """Its share of the calls, relative to the others', above 0."""
        ...

    @property
    def tier(self) -> Tier:
        """How demanding the questions are that it is meant for."""
        ...

    @property
    def input_usd(self) -> Decimal:
        """Price of a million tokens read."""
        ...

    @property
    def output_usd(self) -> Decimal:
        """Price of a million tokens written."""
        ...

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        ...

    @property
    def expected_latency_seconds(self) -> float:
        """Time to the first token to be expected; 0 where nothing is known."""
        ...


AnyCandidate = TypeVar("AnyCandidate", bound=Candidate)


class Ordering(Protocol):
    """Orders candidates: the first is asked, the others follow when it fails.

    Every candidate is in the result exactly once. One object serves one alias, so that it may
    remember whose turn it is.
    """

    def order(self, candidates: Sequence[AnyCandidate]) -> list[AnyCandidate]:
        """The candidates, most wanted first."""
        ...


class InOrder:
    """As they are written: the first always, the others when it fails."""

    def order(self, candidates: Sequence[AnyCandidate]) -> list[AnyCandidate]:
        """The candidates as they came."""
        return list(candidates)


class RoundRobin:
    """Each in turn."""

    def __init__(self) -> None:
        self._turns = itertools.count()

    def order(self, candidates: Sequence[AnyCandidate]) -> list[AnyCandidate]:
        """The candidates, rotated by one more each time."""
        if not candidates:
            return []
        turn = next(self._turns) % len(candidates)
        return [*candidates[turn:], *candidates[:turn]]


class Weighted:
    """By chance, in proportion to the weights.

    Source: Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir": sorting by
    `u ** (1 / weight)` draws without replacement.
    """

    def __init__(self, random_number: Callable[[], float] = random.random) -> None:
        self._random_number = random_number

    def order(self, candidates: Sequence[AnyCandidate]) -> list[AnyCandidate]:
        """A weighted shuffle of the candidates."""
        drawn = [(self._random_number() ** (1 / c.weight), c) for c in candidates]
        return [c for _, c in sorted(drawn, key=lambda pair: pair[0], reverse=True)]


class LeastBusy:
    """Who has the fewest calls under way; equals take turns."""

    def __init__(self) -> None:
        self._turns = RoundRobin()

    def order(self, candidates: Sequence[AnyCandidate]) -> list[AnyCandidate]:
        """The candidates by calls under way for their weight."""
        return sorted(self._turns.order(candidates), key=lambda c: c.in_flight / c.weight)


class LowestLatency:
    """Who gave the first token soonest of late; equals take turns, the untried come first."""

    def __init__(self) -> None:
        self._turns = RoundRobin()

    def order(self, candidates: Sequence[AnyCandidate]) -> list[AnyCandidate]:
        """The candidates by the time to the first token to be expected."""
        return sorted(self._turns.order(candidates), key=lambda c: c.expected_latency_seconds)


class Cheapest:
    """Who costs least for a typical call; equals take turns."""

    def __init__(self) -> None:
        self._turns = RoundRobin()

    def order(self, candidates: Sequence[AnyCandidate]) -> list[AnyCandidate]:
        """The candidates by price."""
        return sorted(
            self._turns.order(candidates),
            key=lambda c: c.input_usd + c.output_usd * _TYPICAL_OUTPUT_SHARE,
        )


ORDERINGS: Mapping[Strategy, Callable[[], Ordering]] = {
    "in_order": InOrder,
    "round_robin": RoundRobin,
    "weighted": Weighted,
    "least_busy": LeastBusy,
    "lowest_latency": LowestLatency,
    "cheapest": Cheapest,
}


def by_tier(candidates: Sequence[AnyCandidate], wanted: Tier) -> list[AnyCandidate]:
    """Those of the wanted tier first, then the higher ones, then the lower; else as they came."""

    def distance(candidate: AnyCandidate) -> int:
        above = candidate.tier.rank - wanted.rank
        return above if above >= 0 else len(Tier) - above

    return sorted(candidates, key=distance)
