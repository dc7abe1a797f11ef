import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.routing.overlap import OverlapTrimmer


def continued(said: str, *pieces: str) -> str:
    trimmer = OverlapTrimmer(said)
    return said + "".join([trimmer.feed(piece) for piece in pieces] + [trimmer.close()])


FORCE = "Work is force times"
WORK = f"{FORCE} displacement."
UNIT = "The unit is the joule [1]. It "


@pytest.mark.parametrize(
    ("said", "pieces", "whole"),
    [
        (FORCE, [" displacement."], WORK),
        (FORCE, ["force ", "times displacement."], WORK),
        (FORCE, [FORCE, " displacement."], WORK),
        ("Its unit is the jou", ["joule."], "Its unit is the joule."),
        ("Its unit is the jou", ["le."], "Its unit is the joule."),
        ("It is a", ["apple"], "It is apple"),
        ("of the sum", ["ming up"], "of the summing up"),
        ("one. ", ["\nTwo."], "one. \nTwo."),
        (f"{WORK} ", ["Work is also energy."], f"{WORK} Work is also energy."),
        (UNIT, [UNIT, "is named"], f"{UNIT}is named"),
    ],
)  # fmt: skip
def test_what_is_said_again_is_said_once(said: str, pieces: list[str], whole: str) -> None:
    assert continued(said, *pieces) == whole


@given(st.text(min_size=1, max_size=40), st.text(max_size=40), st.integers(1, 7))
def test_no_new_text_is_lost_however_it_is_cut(said: str, new: str, size: int) -> None:
    pieces = [new[i : i + size] for i in range(0, len(new), size)]

    whole = continued(said, *pieces)

    assert whole.startswith(said)
    assert new.endswith(whole[len(said) :])


def test_text_that_repeats_nothing_is_given_at_once() -> None:
    trimmer = OverlapTrimmer("Work is force times")

    assert trimmer.feed(" displacement") == " displacement"
    assert trimmer.feed(" times") == " times"
