"""What goes through a gate: sentences that the sources bear out, whole and in order."""

import pytest

from ai.answering.own_wording import not_covered
from ai.answering.sentence_gate import SentenceGate
from tests.ai.chat.examples import MOMENTUM, WORK, passage

PASSAGES = (passage(1, WORK), passage(2, MOMENTUM))
TRUE = "The SI unit of work is the joule. [1]"
TOO = "It is a vector quantity. [2]"
FALSE = "Napoleon measured work in 1805. [1]"


def let_through(said: str, size: int = 7) -> tuple[str, int]:
    gate = SentenceGate(PASSAGES)
    pieces = [gate.feed(said[start : start + size]) for start in range(0, len(said), size)]
    return "".join(pieces) + gate.close(), gate.withheld


@pytest.mark.parametrize("size", [1, 3, 40, 1000])
def test_what_is_borne_out_goes_through_unchanged_however_it_is_cut(size: int) -> None:
    said = f"## Units\n\n{TRUE} {TOO}\n\n- {TRUE}\n- {TOO}"

    assert let_through(said, size) == (said, 0)


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_what_is_not_borne_out_is_left_out(size: int) -> None:
    assert let_through(f"{TRUE} {FALSE} {TOO}", size) == (f"{TRUE} {TOO}", 1)


def test_a_sentence_is_not_shown_before_it_is_checked() -> None:
    gate = SentenceGate(PASSAGES)

    assert gate.feed("Napoleon measured work in 1805. [1]") == ""
    assert gate.feed(" The SI unit") == ""
    assert gate.withheld == 1


def test_a_sentence_without_a_citation_is_not_borne_out() -> None:
    assert let_through("The SI unit of work is the joule.") == ("", 1)


def test_a_sentence_that_cites_what_is_not_there_is_not_borne_out() -> None:
    assert let_through("The SI unit of work is the joule. [7]") == ("", 1)


def test_an_item_that_is_left_out_leaves_no_bullet() -> None:
    assert let_through(f"- {TRUE}\n- {FALSE}\n- {TOO}") == (f"- {TRUE}\n- {TOO}", 1)


def test_a_paragraph_that_begins_with_what_is_left_out_stays_one() -> None:
    assert let_through(f"{TRUE}\n\n{FALSE} {TOO}") == (f"{TRUE}\n\n{TOO}", 1)


def test_questions_and_the_tutors_own_wording_state_nothing_and_go_through() -> None:
    said = f"{not_covered(('Work',), 'en')} Shall I explain that?"

    assert let_through(said) == (said, 0)


def test_code_goes_through() -> None:
    said = f"{TRUE}\n\n```java\nint work = 1;\n```\n"

    assert let_through(said)[0].rstrip() == said.rstrip()
