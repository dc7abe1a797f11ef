import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sentences import sentence_bounds


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_bounds(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A body moves. It stops.", ["A body moves.", "It stops."]),
        ("See Fig. 3.2 for the path. It bends.", ["See Fig. 3.2 for the path.", "It bends."]),
        ("The answer is no. The ball falls.", ["The answer is no.", "The ball falls."]),
        ("It has 2.5 kg. We lift it.", ["It has 2.5 kg.", "We lift it."]),
        ("Units, e.g. Newton, i.e. N. It is.", ["Units, e.g. Newton, i.e. N.", "It is."]),
        ("J. J. Thomson found it. He won.", ["J. J. Thomson found it.", "He won."]),
        ("From A to B. The force is zero.", ["From A to B.", "The force is zero."]),
        ("Books, pens etc. are here. Use etc. The end.",
         ["Books, pens etc. are here.", "Use etc.", "The end."]),
        ("Dr. Rao et al. 2019 say so.", ["Dr. Rao et al. 2019 say so."]),
        ("Wait... what? Yes!", ["Wait... what?", "Yes!"]),
        ("So… he left. “Really?” Yes.", ["So… he left.", "“Really?”", "Yes."]),
        ("If $x = 1. Y$ holds. Then stop.", ["If $x = 1. Y$ holds.", "Then stop."]),
        ("It costs $5. It was $7.", ["It costs $5.", "It was $7."]),
        ("Call `a. B` now. Done.", ["Call `a. B` now.", "Done."]),
        ("यह एक वाक्य है। यह दूसरा है।", ["यह एक वाक्य है।", "यह दूसरा है।"]),
        ("这是一句话。这是第二句。", ["这是一句话。", "这是第二句。"]),
        ("Steps:\n1. Lift it. Hold.\n2. Drop it", ["Steps:", "1. Lift it.", "Hold.", "2. Drop it"]),
        ("- one\n- two", ["- one", "- two"]),
        ("A title\n\nA text", ["A title", "A text"]),
        ("", []),
        (" \n ", []),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_say(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text(alphabet="aB1. \n$`?!।。…\"'()-e", max_size=80))
def test_bounds_are_ordered_and_hold_every_visible_character(text: str) -> None:
    bounds = sentence_bounds(text)

    flat = [position for pair in bounds for position in pair]
    inside = {position for start, end in bounds for position in range(start, end)}
    visible = {position for position, character in enumerate(text) if not character.isspace()}
    assert flat == sorted(flat)
    assert visible <= inside


def test_a_megabyte_of_stops_and_dollars_takes_no_more_than_linear_time() -> None:
    bounds = sentence_bounds("a. $ b `" * 120_000)

    assert len(bounds) > 1
