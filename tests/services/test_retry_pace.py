"""What those who are refused are told, alone and in a crowd."""

import heapq
import random

import pytest

from services.retry_pace import LONGEST_SECONDS, UNHURRIED_PER_SECOND, RetryPace
from tests.support.clocks import Clock

SHORTEST = 2


def refusals_per_second(clients: int, *, seconds: float, settled_after: float) -> float:
    """How often a crowd is refused that comes again when it is told to, once that has settled."""
    clock = Clock()
    pace = RetryPace(SHORTEST, clock, random.Random(7))
    coming = [n / clients for n in range(clients)]
    counted = 0
    while coming[0] < seconds:
        clock.now = heapq.heappop(coming)
        counted += clock.now >= settled_after
        heapq.heappush(coming, clock.now + pace.refuse())
    return counted / (seconds - settled_after)


def test_who_is_refused_now_and_then_is_told_the_shortest_wait() -> None:
    clock = Clock()
    pace = RetryPace(SHORTEST, clock, random.Random(7))
    told = set()
    for _ in range(200):
        clock.now += 1.0 / UNHURRIED_PER_SECOND
        told.add(pace.refuse())

    assert told == {SHORTEST}


@pytest.mark.parametrize(("clients", "most"), [(2_000, 480), (10_000, 1_100)])
def test_a_crowd_comes_again_ever_more_slowly_until_it_has_spread(clients: int, most: int) -> None:
    assert refusals_per_second(clients, seconds=120, settled_after=40) < most
    assert most < clients / SHORTEST


def test_clients_of_a_crowd_are_told_waits_of_their_own_and_none_is_sent_away_for_long() -> None:
    pace = RetryPace(SHORTEST, Clock(), random.Random(7))
    told = [pace.refuse() for _ in range(100_000)]

    assert min(told) == SHORTEST
    assert max(told) == LONGEST_SECONDS
    assert len(set(told[-1000:])) > 20


def test_a_crowd_that_is_gone_is_forgotten_within_seconds() -> None:
    clock = Clock()
    pace = RetryPace(SHORTEST, clock, random.Random(7))
    for _ in range(5_000):
        pace.refuse()
    clock.now += 10.0

    assert {pace.refuse() for _ in range(10)} == {SHORTEST}
