from hypothesis import given
from hypothesis import strategies as st

from ai.answering.confidence import answer_confidence

SHARE = st.floats(0, 1)


@given(SHARE, SHARE)
def test_it_lies_between_half_and_all_of_the_supported_share(share: float, likely: float) -> None:
    assert share / 2 <= answer_confidence(share, likely) <= share


@given(SHARE, SHARE, SHARE)
def test_more_support_never_lowers_it(one: float, other: float, likely: float) -> None:
    less, more = sorted((one, other))

    assert answer_confidence(less, likely) <= answer_confidence(more, likely)


@given(SHARE, SHARE, SHARE)
def test_a_course_that_likelier_holds_the_answer_never_lowers_it(
    share: float, one: float, other: float
) -> None:
    less, more = sorted((one, other))

    assert answer_confidence(share, less) <= answer_confidence(share, more)


def test_an_answer_without_support_has_none_however_likely_the_course_holds_one() -> None:
    assert answer_confidence(0, 1) == 0


def test_full_support_counts_half_where_the_course_does_not_hold_the_answer() -> None:
    assert (answer_confidence(1, 1), answer_confidence(1, 0)) == (1, 0.5)
