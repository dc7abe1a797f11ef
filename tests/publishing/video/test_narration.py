"""Narration as sentences to show and to speak."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.video.narration import MAX_SPOKEN_CHARACTERS, sentences


def shown(narration: str, language: str = "en") -> list[str]:
    return [sentence.shown for sentence in sentences(narration, language)]


def spoken(narration: str, language: str = "en") -> list[str]:
    return [sentence.spoken for sentence in sentences(narration, language)]


def test_markup_is_left_out() -> None:
    narration = "Newton's **second law** is [short](https://example.org). See `print(x)`!"

    assert shown(narration) == ["Newton's second law is short.", "See print(x)!"]


def test_listings_and_pictures_are_not_read_out() -> None:
    narration = "Before.\n\n```python\nx = 1\n```\n\n![A plot](plot.png)\n\nAfter."

    assert spoken(narration) == ["Before.", "After."]


def test_items_of_a_list_are_sentences() -> None:
    assert spoken("- one\n- two") == ["one", "two"]


def test_a_point_within_a_number_or_an_abbreviation_ends_nothing() -> None:
    narration = "It is 9.8 N, e.g. for Dr. Rao and J. Smith, cf. p. 3. Good."

    assert shown(narration)[-1] == "Good."
    assert len(shown(narration)) == 2


def test_hindi_sentences_end_at_the_danda() -> None:
    assert shown("बल क्या है? यह धक्का है। ठीक।", "hi") == ["बल क्या है?", "यह धक्का है।", "ठीक।"]


@pytest.mark.parametrize(
    "narration", ["$F = ma$ holds.", "\\(F = ma\\) holds.", "$$F = ma$$ holds."]
)
def test_formulas_are_words_in_captions_and_speech(narration: str) -> None:
    [sentence] = sentences(narration, "en")

    assert sentence.shown == "F equals m a holds."
    assert sentence.spoken == "F equals m ay holds."


def test_no_space_is_left_between_a_formula_and_what_ends_it() -> None:
    assert shown("The period is $T$ .") == ["The period is T."]


def test_amounts_of_money_are_no_formulas() -> None:
    assert shown("It costs $5 and $6.") == ["It costs $5 and $6."]


def test_what_says_nothing_is_not_spoken() -> None:
    assert sentences("... !!! \U0001f642 --", "en") == ()


def test_twenty_thousand_characters_become_short_pieces_without_a_word_lost() -> None:
    narration = " ".join(f"word{number}" for number in range(2_500))

    pieces = spoken(narration)

    assert len(narration) > 20_000
    assert max(map(len, pieces)) <= MAX_SPOKEN_CHARACTERS
    assert " ".join(pieces) == narration


def test_one_word_without_end_is_cut() -> None:
    pieces = spoken("x" * 2_000)

    assert max(map(len, pieces)) <= MAX_SPOKEN_CHARACTERS
    assert "".join(pieces) == "x" * 2_000


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_becomes_pieces_that_a_voice_takes(narration: str) -> None:
    for sentence in sentences(narration, "en"):
        assert 1 <= len(sentence.spoken) <= MAX_SPOKEN_CHARACTERS
        assert not any(unicodedata.category(sign) == "Cc" for sign in sentence.spoken)
