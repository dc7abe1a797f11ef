"""Invented citations go, everything else stays, however the answer is cut into deltas."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ai.answering.marker_filter import FoundMarker, MarkerFilter

SOURCES = (1, 2, 3, 12)


def filtered(*deltas: str) -> tuple[str, list[FoundMarker]]:
    markers = MarkerFilter(SOURCES)
    text = "".join([*(markers.feed(delta) for delta in deltas), markers.close()])
    return text, markers.markers


@pytest.mark.parametrize(
    ("said", "released", "cited"),
    [
        ("Work is energy [1].", "Work is energy [1].", [(1,)]),
        ("Work is energy [1][2].", "Work is energy [1][2].", [(1,), (2,)]),
        ("Work is energy [1, 2].", "Work is energy [1, 2].", [(1, 2)]),
        ("Work is energy [1-3].", "Work is energy [1-3].", [(1, 2, 3)]),
        ("Work is energy [12].", "Work is energy [12].", [(12,)]),
        ("Work is energy[1].", "Work is energy[1].", [(1,)]),
        ("Work is energy [7].", "Work is energy.", []),
        ("Work is energy [7]", "Work is energy", []),
        ("Work [7] is energy.", "Work is energy.", []),
        ("Work is energy [1, 7].", "Work is energy [1].", [(1,)]),
        ("Work is energy [7][2].", "Work is energy [2].", [(2,)]),
        ("Work is energy [1][7].", "Work is energy [1].", [(1,)]),
        ("Take a[0] and a[7] and a[1].", "Take a[0] and a[7] and a[1].", []),
        ("Take x[1][7].", "Take x[1][7].", []),
        ("Take row_2[1].", "Take row_2[1].", []),
        ("Take values[7].", "Take values[7].", []),
        ("Done: [x] [ ] [note].", "Done: [x] [ ] [note].", []),
        ("See [1](https://example.org).", "See [1](https://example.org).", []),
        ("In [2019] and [0, 1].", "In [2019] and [0, 1].", []),
        ("Not \\[7] a marker.", "Not \\[7] a marker.", []),
        ("Call `a [7]` now [1].", "Call `a [7]` now [1].", [(1,)]),
        ("```\na [7] = 1\n```\nSo [7].", "```\na [7] = 1\n```\nSo.", []),
        ("An open ` tick\nends here [7].", "An open ` tick\nends here.", []),
        ("$x \\in [2, 5]$ holds [1].", "$x \\in [2, 5]$ holds [1].", [(1,)]),
        ("$$ \\sqrt[3]{x} [7] $$ [1]", "$$ \\sqrt[3]{x} [7] $$ [1]", [(1,)]),
        ("It costs $5 [7] and $6 [1].", "It costs $5 and $6 [1].", [(1,)]),
        ("A $75.0 N$ force [7].", "A $75.0 N$ force.", []),
        (
            "It is $1 J = m^{2}$. [1] One $W$ [2].",
            "It is $1 J = m^{2}$. [1] One $W$ [2].",
            [(1,), (2,)],
        ),
        ("काम ऊर्जा है [7]।", "काम ऊर्जा है।", []),
    ],
)
def test_markers_are_kept_or_taken_out(
    said: str, released: str, cited: list[tuple[int, ...]]
) -> None:
    text, markers = filtered(said)

    assert text == released
    assert [marker.numbers for marker in markers] == cited


def test_markers_stand_where_they_are_said_to_in_the_released_text() -> None:
    text, markers = filtered("One [7] two [1], three [9] four [2, 8].")

    assert [text[marker.char_start : marker.char_end] for marker in markers] == ["[1]", "[2]"]


def test_words_are_released_at_once() -> None:
    assert MarkerFilter(SOURCES).feed("Work is energy") == "Work is energy"


def test_only_what_may_become_a_marker_is_held_back() -> None:
    markers = MarkerFilter(SOURCES)

    assert markers.feed("energy [1") == "energy"
    assert markers.feed("] and") == " [1] and"


PIECES = st.sampled_from(
    ["Work", " ", "  ", "[", "]", "[1]", "[7]", "[1, 7]", "[1", ", 2", "-", "`", "```", "\n", "$",
     "$$", "$x$", "5", "a", "\\", "(", "{", ".", "ऊर्जा", "🎓", ",", "[12]"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join), st.lists(st.integers(0, 120), max_size=8))
@example("word [7][2] next", [7])
@example("$[1]$$5 [1]", [1, 5])
def test_how_an_answer_is_cut_makes_no_difference(answer: str, cuts: list[int]) -> None:
    ends = sorted({0, len(answer), *(cut for cut in cuts if cut < len(answer))})
    deltas = [answer[a:b] for a, b in itertools.pairwise(ends)]

    assert filtered(*deltas) == filtered(answer)
    assert filtered(*answer) == filtered(answer)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_every_marker_names_known_sources_only_and_stands_in_the_text(answer: str) -> None:
    text, markers = filtered(answer)

    for marker in markers:
        assert set(marker.numbers) <= set(SOURCES)
        assert text[marker.char_start] == "["
        assert text[marker.char_end - 1] == "]"


@given(st.text(alphabet="ab .,\n", max_size=40))
def test_text_without_brackets_passes_unchanged(answer: str) -> None:
    assert filtered(*answer) == (answer, [])
