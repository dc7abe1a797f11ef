import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from ai.routing.deployment import Tier
from ai.routing.strategies import (
    ORDERINGS,
    Cheapest,
    InOrder,
    LeastBusy,
    LowestLatency,
    Ordering,
    RoundRobin,
    Weighted,
    by_tier,
)


@dataclass
class Fake:
    name: str
    weight: float = 1.0
    tier: Tier = Tier.STANDARD
    input_usd: Decimal = Decimal(1)
    output_usd: Decimal = Decimal(1)
    in_flight: int = 0
    expected_latency_seconds: float = 0.0


def firsts(ordering: Ordering, candidates: Sequence[Fake], times: int) -> Counter[str]:
    return Counter(ordering.order(candidates)[0].name for _ in range(times))


@pytest.mark.parametrize("ordering", [make() for make in ORDERINGS.values()])
def test_every_strategy_gives_each_candidate_once(ordering: Ordering) -> None:
    candidates = [Fake("a", weight=3), Fake("b", in_flight=2), Fake("c", tier=Tier.SIMPLE)]

    for _ in range(5):
        assert sorted(c.name for c in ordering.order(candidates)) == ["a", "b", "c"]
    assert ordering.order([]) == []


def test_in_order_always_begins_with_the_first() -> None:
    assert firsts(InOrder(), [Fake("a"), Fake("b")], 10) == {"a": 10}


def test_round_robin_gives_each_the_same_share() -> None:
    candidates = [Fake("a"), Fake("b"), Fake("c")]

    assert firsts(RoundRobin(), candidates, 30) == {"a": 10, "b": 10, "c": 10}


def test_weights_are_shares() -> None:
    ordering = Weighted(random.Random(7).random)
    candidates = [Fake("a", weight=6), Fake("b", weight=3), Fake("c", weight=1)]

    counted = firsts(ordering, candidates, 10_000)

    assert counted["a"] == pytest.approx(6_000, rel=0.05)
    assert counted["b"] == pytest.approx(3_000, rel=0.07)
    assert counted["c"] == pytest.approx(1_000, rel=0.12)


def test_the_least_busy_is_asked_and_calls_even_out_by_weight() -> None:
    a, b, c = candidates = [Fake("a"), Fake("b", weight=2), Fake("c", in_flight=30)]
    ordering = LeastBusy()

    for _ in range(30):
        ordering.order(candidates)[0].in_flight += 1

    assert (a.in_flight, b.in_flight, c.in_flight) == (10, 20, 30)


def test_idle_deployments_take_turns() -> None:
    assert firsts(LeastBusy(), [Fake("a"), Fake("b")], 10) == {"a": 5, "b": 5}


def test_the_quickest_is_asked_and_the_untried_before_it() -> None:
    slow = Fake("slow", expected_latency_seconds=2)
    quick = Fake("quick", expected_latency_seconds=0.2)
    new = Fake("new")

    assert firsts(LowestLatency(), [slow, quick], 10) == {"quick": 10}
    assert firsts(LowestLatency(), [slow, quick, new], 10) == {"new": 10}


def test_the_cheapest_for_a_typical_call_is_asked() -> None:
    talker = Fake("dear output", input_usd=Decimal(1), output_usd=Decimal(9))
    reader = Fake("dear input", input_usd=Decimal(3), output_usd=Decimal(0))

    assert firsts(Cheapest(), [talker, reader], 4) == {"dear input": 4}


def test_a_wanted_tier_comes_first_then_higher_then_lower_each_by_price() -> None:
    simple = Fake("simple", tier=Tier.SIMPLE, input_usd=Decimal(0))
    dear = Fake("dear", input_usd=Decimal(9))
    cheap = Fake("cheap", input_usd=Decimal(2))
    expert = Fake("complex", tier=Tier.COMPLEX, input_usd=Decimal(20))

    ordered = by_tier(Cheapest().order([simple, dear, cheap, expert]), Tier.STANDARD)

    assert [c.name for c in ordered] == ["cheap", "dear", "complex", "simple"]
