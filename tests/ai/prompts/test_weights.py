"""Versions are shared out by weight, and each conversation keeps its own."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.prompts.weights import chosen_version

CONVERSATIONS = [f"conversation-{n}" for n in range(5_000)]


def shares(weights: dict[int, int], name: str = "tutor.explain") -> dict[int, float]:
    counts = Counter(chosen_version(weights, name, key) for key in CONVERSATIONS)
    return {version: count / len(CONVERSATIONS) for version, count in counts.items()}


def test_each_version_gets_its_share_of_the_conversations() -> None:
    assert shares({1: 70, 2: 20, 1001: 10}) == pytest.approx({1: 0.7, 2: 0.2, 1001: 0.1}, abs=0.02)


def test_a_version_of_weight_zero_gets_none() -> None:
    assert shares({1: 0, 2: 5}) == {2: 1.0}


@given(st.text(), st.dictionaries(st.integers(1, 9), st.integers(1, 100), min_size=1))
def test_a_conversation_keeps_its_version(key: str, weights: dict[int, int]) -> None:
    chosen = chosen_version(weights, "tutor.explain", key)

    assert chosen in weights
    assert chosen == chosen_version(dict(reversed(weights.items())), "tutor.explain", key)


def test_trials_of_two_prompts_do_not_coincide() -> None:
    weights = {1: 1, 2: 1}
    both = [
        chosen_version(weights, "tutor.explain", key) == chosen_version(weights, "tutor.hints", key)
        for key in CONVERSATIONS
    ]

    assert sum(both) / len(both) == pytest.approx(0.5, abs=0.03)
