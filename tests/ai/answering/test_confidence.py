from hypothesis import given
from hypothesis import strategies as st

from ai.answering.confidence import (
    STRONG_SCORE,
    WEAK_SCORE,
    answer_confidence,
    retrieval_strength,
)

SHARE = st.floats(0, 1)
SCORES = st.lists(st.floats(-1, 1), max_size=8)


@given(SHARE, SCORES)
def test_it_lies_between_nothing_and_the_supported_share(share: float, scores: list[float]) -> None:
    assert 0 <= answer_confidence(share, scores) <= share


@given(SHARE, SHARE, SCORES)
def test_more_support_never_lowers_it(one: float, other: float, scores: list[float]) -> None:
    less, more = sorted((one, other))

    assert answer_confidence(less, scores) <= answer_confidence(more, scores)


@given(SHARE, SCORES, st.floats(-1, 1))
def test_a_further_passage_never_lowers_it(share: float, scores: list[float], score: float) -> None:
    assert answer_confidence(share, scores) <= answer_confidence(share, [*scores, score])


def test_an_answer_without_support_has_none_however_good_its_passages() -> None:
    assert answer_confidence(0, [1.0]) == 0


def test_full_support_from_clear_passages_has_all_of_it() -> None:
    assert answer_confidence(1, [STRONG_SCORE]) == 1


def test_full_support_counts_half_where_the_course_hardly_holds_the_subject() -> None:
    assert answer_confidence(1, [WEAK_SCORE]) == answer_confidence(1, []) == 0.5


def test_strength_is_that_of_the_best_passage() -> None:
    middle = (WEAK_SCORE + STRONG_SCORE) / 2

    assert retrieval_strength([0.1, middle, 0.1]) == retrieval_strength([middle]) > 0.49
