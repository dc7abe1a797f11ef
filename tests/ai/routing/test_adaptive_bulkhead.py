"""A bulkhead that follows waits, on simulated time."""

import heapq
import itertools
from dataclasses import dataclass, field

import pytest

from ai.routing.adaptive_bulkhead import (
    FIRST_PLACES,
    QUIET_SECONDS,
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
        service_seconds: Of the server for one question.
        standstill: Between these seconds the server does nothing.
        waits: When each ended, and how long it was.
        refused: When each refusal was.
    """

    clients: int
    service_seconds: float
    standstill: tuple[float, float] = (0.0, 0.0)
    clock: Clock = field(default_factory=Clock)
    waits: list[tuple[float, float]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    async def run(self, bulkhead: AdaptiveBulkhead, seconds: float) -> None:
        """Plays so many seconds of asking, preparing and telling."""
        order = itertools.count()
        events = [
            (i * ANSWER_SECONDS / self.clients, next(order), "ask", (0.0, 0))
            for i in range(self.clients)
        ]
        server_free_at = 0.0
        while events and events[0][0] < seconds:
            self.clock.now, _, what, (asked_at, inside) = heapq.heappop(events)
            if what == "ask":
                try:
                    await bulkhead.enter()
                except PlacesTakenError:
                    self.refused.append(self.clock.now)
                    heapq.heappush(
                        events, (self.clock.now + RETRY_SECONDS, next(order), "ask", (0.0, 0))
                    )
                    continue
                let_in = (self.clock.now, bulkhead.taken)
                begins_at = max(server_free_at, self.clock.now)
                if self.standstill[0] <= begins_at < self.standstill[1]:
                    begins_at = self.standstill[1]
                server_free_at = begins_at + self.service_seconds
                heapq.heappush(events, (server_free_at, next(order), "prepared", let_in))
            elif what == "prepared":
                waited = self.clock.now - asked_at
                self.waits.append((self.clock.now, waited))
                bulkhead.observe(waited, inside)
                bulkhead.leave()
                heapq.heappush(
                    events, (self.clock.now + ANSWER_SECONDS, next(order), "told", (0.0, 0))
                )
            else:
                heapq.heappush(events, (self.clock.now, next(order), "ask", (0.0, 0)))

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
    assert simulation.refused


async def test_a_load_that_can_be_carried_is_never_refused_whatever_the_first_places() -> None:
    simulation = Simulation(clients=FIRST_PLACES, service_seconds=0.001)
    bulkhead = AdaptiveBulkhead(256, clock=simulation.clock)

    await simulation.run(bulkhead, 20)

    assert not simulation.refused


async def test_places_are_added_while_waits_are_short_and_places_taken_up_to_the_most() -> None:
    clock = Clock()
    bulkhead = AdaptiveBulkhead(200, clock=clock)

    for _ in range(100):
        while bulkhead.taken < bulkhead.places:
            await bulkhead.enter()
        clock.now += 2 * WINDOW_SECONDS
        for _ in range(5):
            bulkhead.observe(0.01, bulkhead.taken)

    assert bulkhead.places == 200


async def test_after_a_standstill_everyone_is_let_in_as_soon_as_the_queue_is_gone() -> None:
    simulation = Simulation(clients=150, service_seconds=0.005, standstill=(10.0, 13.0))
    bulkhead = AdaptiveBulkhead(256, clock=simulation.clock)

    await simulation.run(bulkhead, 60)

    assert simulation.refused
    assert max(simulation.refused) < 13 + 2 * RETRY_SECONDS


async def test_a_second_with_nobody_inside_brings_the_first_places_back() -> None:
    clock = Clock()
    bulkhead = AdaptiveBulkhead(256, clock=clock)
    bulkhead.resize(4)
    await bulkhead.enter()
    bulkhead.leave()

    clock.now += QUIET_SECONDS / 2
    await bulkhead.enter()
    assert bulkhead.places == 4
    bulkhead.leave()

    clock.now += QUIET_SECONDS
    bulkhead.expect().give_back()
    assert bulkhead.places == FIRST_PLACES


async def test_waits_that_are_long_with_nobody_else_there_take_no_places_away() -> None:
    clock = Clock()
    bulkhead = AdaptiveBulkhead(256, clock=clock)
    for _ in range(FIRST_PLACES):
        await bulkhead.enter()

    for _ in range(1000):  # an encoder far away takes as long for one as for fifty
        clock.now += 0.4 / FIRST_PLACES
        bulkhead.observe(0.4, FIRST_PLACES)

    assert bulkhead.places > FIRST_PLACES


SHORT, MIXED, LONG = [0.01] * 5, [0.01] * 4 + [0.15], [0.15] * 5


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
            bulkhead.observe(wait, 20)

    assert bulkhead.places == places


async def test_without_load_long_waits_leave_a_few_places() -> None:
    simulation = Simulation(clients=2, service_seconds=1.0)
    bulkhead = AdaptiveBulkhead(256, clock=simulation.clock)

    await simulation.run(bulkhead, 120)

    assert bulkhead.places >= 4
    assert not simulation.refused


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
