"""Excerpts around the words of a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.snippets import EXCERPT_CHARACTERS, Snippet, snippet


def test_a_short_text_is_shown_whole_with_every_word_marked() -> None:
    shown = snippet("Work is force. WORK again.", ["work", "force"])

    assert shown == Snippet("Work is force. WORK again.", ((0, 4), (8, 13), (15, 19)))


def test_a_long_text_is_cut_between_words_around_the_first_hit() -> None:
    text = "before " * 50 + "the Pendulum swings " + "after " * 100

    shown = snippet(text, ["pendulum"])

    ((start, end),) = shown.marks
    assert shown.text[start:end] == "Pendulum"
    assert shown.text.startswith("…before ")
    assert shown.text.endswith("after…")


def test_a_hit_is_not_hidden_by_one_very_long_word() -> None:
    shown = snippet("x" * 5_000 + "joule" + "y" * 5_000, ["joule"])

    ((start, end),) = shown.marks
    assert shown.text[start:end] == "joule"


@pytest.mark.parametrize("word", ["(", "a+", "[", "\\", "%", "_"])
def test_words_are_taken_literally(word: str) -> None:
    assert snippet(f"x {word} y", [word]).marks == ((2, 2 + len(word)),)


def test_where_the_word_is_not_found_again_the_beginning_is_shown() -> None:
    assert snippet("Something else", ["work"]) == Snippet("Something else", ())


@given(st.text(max_size=600), st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_marks_lie_inside_of_the_excerpt_in_order(text: str, words: list[str]) -> None:
    shown = snippet(text, words)

    ends = [0, *(place for mark in shown.marks for place in mark), len(shown.text)]
    assert ends == sorted(ends)
    assert len(shown.text) <= EXCERPT_CHARACTERS + 2
    assert shown.text.strip("…") in text or "…" in text
