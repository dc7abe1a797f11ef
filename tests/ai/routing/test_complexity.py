"""Which tier of deployment a question asks for."""

import pytest

from ai.routing.complexity import points_of, tier_for
from ai.routing.deployment import Tier


@pytest.mark.parametrize(
    ("question", "tier"),
    [
        ("What is work?", Tier.SIMPLE),
        ("कार्य का मात्रक क्या है?", Tier.SIMPLE),
        ("Why is the sky blue?", Tier.STANDARD),
        ("Solve 2x = 8", Tier.STANDARD),
        ("Prove the theorem. Why does it need continuity? And how is it used?", Tier.COMPLEX),
        ("Compare both cycles and explain why one wins; calculate each efficiency?", Tier.COMPLEX),
    ],
)
def test_the_wording_of_a_question_chooses_the_tier(question: str, tier: Tier) -> None:
    assert tier_for(question) is tier


def test_length_counts_in_two_steps() -> None:
    assert [points_of("word " * count) for count in (30, 31, 81)] == [0, 1, 2]
