"""Fusion against cases worked by hand."""

import numpy as np
import pytest

from ai.retrieval.scoring import (
    LEXICAL_WEIGHTS,
    TUNED_WEIGHTS,
    FusionWeights,
    RankedCandidate,
    best_sentence_cosines,
    rank,
    weights_for,
    without_near_duplicates,
)

QUERY = np.array([1, 0], dtype=np.float32)


def sentences(*rows: tuple[int, int]) -> np.ndarray:
    return np.array(rows, dtype=np.int8).reshape(-1, 2)


def candidate(position: int) -> RankedCandidate:
    return RankedCandidate(position, 1.0 - position / 10, 0.5, 0.5, 0.5)


def test_best_sentence_is_the_nearest_whatever_its_length():
    passages = [sentences((0, 127), (30, 40)), sentences((-127, 0)), sentences((5, 0), (100, 100))]

    assert best_sentence_cosines(QUERY, passages) == pytest.approx([0.6, -1.0, 1.0])


def test_passage_without_sentences_has_no_best_sentence():
    empty, zero = sentences(), sentences((0, 0))

    assert best_sentence_cosines(QUERY, [empty, sentences((3, 4)), zero, empty]) == pytest.approx(
        [0, 0.6, 0, 0]
    )
    assert best_sentence_cosines(QUERY, [empty]).tolist() == [0]
    assert best_sentence_cosines(QUERY, []).shape == (0,)


def test_score_is_the_weighted_sum_of_the_parts():
    weights = FusionWeights(dense=0.2, lexical=0.3, sentence=0.5)

    first, second = rank([0.5, 0.4], [0.0, 1.0], [0.6, 0.2], weights)

    assert (first.position, first.score) == (1, pytest.approx(0.08 + 0.3 + 0.1))
    assert (second.position, second.score) == (0, pytest.approx(0.1 + 0.0 + 0.3))
    assert (first.dense, first.lexical, first.sentence) == (0.4, 1.0, 0.2)


def test_score_does_not_depend_on_the_other_candidates():
    (alone,) = rank([0.5], [0.3], [0.4])
    among = rank([0.5, 0.9], [0.3, 0.9], [0.4, 0.9])

    assert among[1] == alone


def test_ties_keep_their_order():
    assert [found.position for found in rank([0.5] * 5, [0.5] * 5, [0.5] * 5)] == [0, 1, 2, 3, 4]


def test_nothing_found_ranks_nothing():
    assert rank([], [], []) == []


@pytest.mark.parametrize("weights", [TUNED_WEIGHTS, LEXICAL_WEIGHTS])
def test_weights_sum_to_one(weights):
    assert weights.dense + weights.lexical + weights.sentence == pytest.approx(1)


def test_lexical_arm_leads_where_the_encoder_does_not_know_the_language():
    assert weights_for("en") == weights_for("en-GB") == TUNED_WEIGHTS
    assert weights_for("hi") == LEXICAL_WEIGHTS


def test_near_duplicate_of_a_better_passage_is_left_out():
    vectors = [sentences((100, 0)), sentences((0, 100)), sentences((100, 5)), sentences((70, 70))]

    kept = without_near_duplicates([candidate(n) for n in (0, 1, 2, 3)], vectors, limit=4)

    assert [found.position for found in kept] == [0, 1, 3]


def test_limit_counts_what_is_kept():
    vectors = [sentences((100, 0)), sentences((100, 1)), sentences((0, 100)), sentences((70, 70))]

    kept = without_near_duplicates([candidate(n) for n in (0, 1, 2, 3)], vectors, limit=2)

    assert [found.position for found in kept] == [0, 2]


def test_passages_without_sentences_repeat_nothing():
    kept = without_near_duplicates([candidate(0), candidate(1)], [sentences()] * 2, limit=2)

    assert len(kept) == 2
