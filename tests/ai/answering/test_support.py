"""What a source bears out, and what it does not though it has nearly the same words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.answering.quotes import QuotableSource, Quote
from tests.ai.chat.examples import passage

BOIL = "Water boils at 100 °C at sea level. On high mountains it boils at about 71 °C."
LAW = "A body at rest stays at rest unless a net external force acts on it. Newton stated this."
HORMONES = "Insulin lowers the level of glucose in the blood. Both hormones come from the pancreas."
PRIZES = "She won a prize for physics in 1903 and a prize for chemistry in 1911."
HINDI = "सरल लोलक का आवर्तकाल उसकी लंबाई पर निर्भर करता है, गोलक के द्रव्यमान पर नहीं।"


def quote(claim: str, text: str) -> Quote:
    return QuotableSource(passage(1, text)).best_quote(claim, None)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("At sea level the boiling point of water is 100 °C.", BOIL),
        ("Unless a net external force acts on it, a body at rest stays at rest [1].", LAW),
        ("The level of glucose in the blood is lowered by insulin.", HORMONES),
        ("Insulin reduces the level of glucose in the blood.", HORMONES),
        ("लोलक का आवर्तकाल लंबाई पर निर्भर करता है।", HINDI),
    ],
)
def test_what_is_said_in_other_words_is_borne_out(claim: str, text: str) -> None:
    assert quote(claim, text).support >= 0.5


@pytest.mark.parametrize(
    ("claim", "text", "against"),
    [
        ("Water boils at 90 °C at sea level.", BOIL, "foreign_number"),
        ("Water boils at 100 K at sea level.", BOIL, "replaced_name"),
        ("She won the prize for physics in 1911.", PRIZES, "rebound_number"),
        ("Water does not boil at 100 °C at sea level.", BOIL, "negation"),
        ("A body at rest does not stay at rest unless a net force acts on it.", LAW, "negation"),
        ("Insulin raises the level of glucose in the blood.", HORMONES, "opposite"),
        ("As Kepler stated, a body at rest stays at rest.", LAW, "unknown_name"),
        ("The blood lowers the level of glucose in insulin.", HORMONES, "crossed"),
        ("सरल लोलक का आवर्तकाल गोलक के द्रव्यमान पर निर्भर करता है।", HINDI, "negation"),
    ],
)
def test_a_small_difference_that_changes_what_is_said_is_seen(
    claim: str, text: str, against: str
) -> None:
    found = quote(claim, text)

    assert found.evidence is not None
    assert getattr(found.evidence, against) > 0


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Water boils at 90 °C at sea level.", BOIL),
        ("Water does not boil at 100 °C at sea level.", BOIL),
        ("Insulin raises the level of glucose in the blood.", HORMONES),
        ("Bananas ripen faster beside apples.", BOIL),
        ("सरल लोलक का आवर्तकाल गोलक के द्रव्यमान पर निर्भर करता है।", HINDI),
    ],
)
def test_what_a_source_does_not_say_is_not_borne_out(claim: str, text: str) -> None:
    assert quote(claim, text).support < 0.5


def test_numbers_in_words_and_digits_are_the_same() -> None:
    found = quote("In 1000 cells, two divide.", "Of 1,000 cells, 2 divide in a day.")

    assert found.evidence is not None
    assert found.evidence.foreign_number == found.evidence.foreign_count == 0


def test_a_change_of_clauses_is_no_change_of_roles() -> None:
    text = "When demand rises and supply stays the same, the price of bread goes up."

    found = quote("The price of bread goes up when demand rises and supply stays the same.", text)

    assert found.evidence is not None
    assert found.evidence.crossed == 0


@given(st.text(max_size=200), st.text(min_size=1, max_size=300))
def test_every_quote_stands_in_its_passage(claim: str, text: str) -> None:
    found = quote(claim, text)

    assert 0 <= found.char_start <= found.char_end <= len(text)
    assert 0 <= found.support <= 1
