"""A conversation as Markdown."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from publishing.transcripts import Footnote, Marker, Transcript, Turn, markdown

BEGAN = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
NOTE = Footnote(1, "Work", "page 3", ["Work is force times way.", "Its unit is the joule."])


def written(*turns: Turn, title: str = "Work") -> str:
    return markdown(Transcript(title, "physics", BEGAN, turns))


def test_questions_are_quoted_and_citations_become_footnotes() -> None:
    text = "Work is *force* times way [1], in joules [1, 2]."
    answer = Turn(
        "assistant",
        text,
        [Marker(26, 29, [1]), Marker(41, 47, [1, 2])],
        [NOTE, Footnote(2, "Units", "", []), Footnote(3, "Uncited", "", ["Nothing."])],
    )

    whole = written(Turn("user", "What is\n\nwork?"), answer)

    assert whole == (
        "# Work\n\nphysics, 2026-11-27 05:00 UTC\n\n"
        "> What is\n>\n> work?\n\n"
        "Work is *force* times way[^2-1], in joules[^2-1][^2-2].\n\n"
        "[^2-1]: Work, page 3: “Work is force times way.” … “Its unit is the joule.”\n\n"
        "[^2-2]: Units\n"
    )


def test_a_marker_without_a_source_leaves_nothing_behind() -> None:
    assert "Work.\n" in written(Turn("assistant", "Work [7].", [Marker(5, 8, [7])]))


def test_an_open_code_block_does_not_swallow_what_follows() -> None:
    whole = written(Turn("assistant", "Look:\n```python\nx = 1", note="This answer was stopped."))

    assert whole.endswith("x = 1\n```\n\n*This answer was stopped.*\n")


def test_a_closed_code_block_stays_as_it_is() -> None:
    text = "````\n```\n````"

    assert written(Turn("assistant", text)).endswith(f"\n\n{text}\n")


def test_quotes_keep_their_signs_and_their_formulas() -> None:
    note = Footnote(1, "<b>_A_</b>", "", ["2*3*4 costs $5,\nand $a_1*b_1$ [x]"])

    whole = written(Turn("assistant", "So [1].", [Marker(3, 6, [1])], [note]))

    assert r"[^1-1]: \<b\>\_A\_\</b\>: “2\*3\*4 costs \$5, and $a_1*b_1$ \[x]”" in whole


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_title_stays_on_the_first_line(title: str, question: str) -> None:
    lines = written(Turn("user", question), title=title).split("\n")

    assert lines[0].startswith("# ")
    assert lines[2] == "physics, 2026-11-27 05:00 UTC"
