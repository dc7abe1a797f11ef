"""A bulkhead that follows waits, on simulated time."""

import heapq
import itertools
from dataclasses import dataclass, field

import pytest

from ai.routing.adaptive_bulkhead import (
    FIRST_PLACES,
    WINDOW_SECONDS,
    AdaptiveBulkhead,
)
from ai.routing.bulkhead import PlacesTakenError
from tests.support.clocks import Clock

ANSWER_SECONDS = 1.0
RETRY_SECONDS = 3.0


@dataclass
class Simulation:
    """Clients that ask again as soon as they are answered, before a server of one queue.

    Attributes:
        service_seconds: of the server for one question.
    """

    clients: int
    service_seconds: float
    clock: Clock = field(default_factory=Clock)
    waits: list[tuple[float, float]] = field(default_factory=list)
    refused: int = 0

    async def run(self, bulkhead: AdaptiveBulkhead, seconds: float) -> None:
        """Plays so many seconds of asking, preparing and telling."""
        order = itertools.count()
        events = [
            (i * ANSWER_SECONDS / self.clients, next(order), "ask", 0.0)
            for i in range(self.clients)
        ]
        server_free_at = 0.0
        while events and events[0][0] < seconds:
            self.clock.now, _, what, asked_at = heapq.heappop(events)
            if what == "ask":
                try:
                    await bulkhead.enter()
                except PlacesTakenError:
                    self.refused += 1
                    heapq.heappush(
                        events, (self.clock.now + RETRY_SECONDS, next(order), "ask", 0.0)
                    )
                    continue
                server_free_at = max(server_free_at, self.clock.now) + self.service_seconds
                heapq.heappush(events, (server_free_at, next(order), "prepared", self.clock.now))
            elif what == "prepared":
                waited = self.clock.now - asked_at
                self.waits.append((self.clock.now, waited))
                bulkhead.observe(waited)
                heapq.heappush(events, (self.clock.now + ANSWER_SECONDS, next(order), "told", 0.0))
            else:
                bulkhead.leave()
                heapq.heappush(events, (self.clock.now, next(order), "ask", 0.0))

    def p95_seconds(self, since: float) -> float:
        """Of the waits that ended after that time."""
        waits = sorted(wait for at, wait in self.waits if at >= since)
        return waits[len(waits) * 95 // 100]


@pytest.mark.parametrize(
    ("service_seconds", "most_seconds", "least_busy"),
    [(0.005, 0.5, 0.75), (0.02, 0.5, 0.6), (0.1, 1.2, 0.6)],
)
async def test_under_ten_times_the_load_those_who_are_let_in_wait_little(
    service_seconds: float, most_seconds: float, least_busy: float
) -> None:
    simulation = Simulation(clients=int(10 / service_seconds), service_seconds=service_seconds)
    bulkhead = AdaptiveBulkhead(100_000, clock=simulation.clock)

    await simulation.run(bulkhead, 60)

    served = sum(at >= 20 for at, _ in simulation.waits)
    assert simulation.p95_seconds(since=20) <= most_seconds
    assert served >= least_busy * 40 / service_seconds  # and the server is seldom idle
    assert simulation.refused > 0


async def test_a_load_that_can_be_carried_is_never_refused_whatever_the_first_places() -> None:
    simulation = Simulation(clients=FIRST_PLACES, service_seconds=0.001)
    bulkhead = AdaptiveBulkhead(256, clock=simulation.clock)

    await simulation.run(bulkhead, 20)

    assert simulation.refused == 0


async def test_places_are_added_while_waits_are_short_up_to_the_most() -> None:
    simulation = Simulation(clients=300, service_seconds=0.001)
    bulkhead = AdaptiveBulkhead(200, clock=simulation.clock)

    await simulation.run(bulkhead, 90)

    assert bulkhead.places == 200


async def test_waits_that_are_long_with_nobody_else_there_take_no_places_away() -> None:
    clock = Clock()
    bulkhead = AdaptiveBulkhead(256, clock=clock)
    for _ in range(FIRST_PLACES):
        await bulkhead.enter()

    for _ in range(1000):  # an encoder far away takes as long for one as for fifty
        clock.now += 0.4 / FIRST_PLACES
        bulkhead.observe(0.4)

    assert bulkhead.places > FIRST_PLACES


SHORT, MIXED, LONG = [0.01] * 5, [0.01] * 4 + [0.2], [0.2] * 5


@pytest.mark.parametrize(
    ("windows", "places"),
    [
        ([SHORT, MIXED, SHORT, MIXED, SHORT], FIRST_PLACES),
        ([SHORT, MIXED, MIXED], 18),
        ([SHORT, LONG], 18),
    ],
)
async def test_places_are_taken_away_for_a_queue_that_stands_and_not_for_a_moment(
    windows: list[list[float]], places: int
) -> None:
    clock = Clock()
    bulkhead = AdaptiveBulkhead(256, clock=clock)
    for _ in range(20):
        await bulkhead.enter()

    for waits in windows:
        clock.now += 2 * WINDOW_SECONDS
        for wait in waits:
            bulkhead.observe(wait)

    assert bulkhead.places == places


async def test_without_load_long_waits_leave_a_few_places() -> None:
    simulation = Simulation(clients=2, service_seconds=1.0)
    bulkhead = AdaptiveBulkhead(256, clock=simulation.clock)

    await simulation.run(bulkhead, 120)

    assert bulkhead.places >= 4
    assert simulation.refused == 0


async def test_a_place_taken_away_is_not_given_on_and_one_added_goes_to_who_waits() -> None:
    bulkhead = AdaptiveBulkhead(2, waiting=2, waiting_seconds=60)
    await bulkhead.enter()
    await bulkhead.enter()
    waiting = bulkhead.enter()
    waiting.send(None)

    bulkhead.resize(1)
    bulkhead.leave()
    assert (bulkhead.taken, bulkhead.waiting) == (1, 1)

    bulkhead.resize(2)
    assert (bulkhead.taken, bulkhead.waiting) == (2, 0)
    waiting.close()
