"""Pooling and quantisation against cases worked by hand."""

import numpy as np
import pytest

from ai.embedding.pooling import dequantise, mean_pool, pool_sentences, quantise


def test_mean_pool_leaves_padding_out():
    token_embeddings = np.array([[[3, 0], [0, 4], [100, 100]]], dtype=np.float32)

    vectors = mean_pool(token_embeddings, np.array([[1, 1, 0]]))

    np.testing.assert_allclose(vectors, [[0.6, 0.8]], rtol=1e-6)


def test_tokens_go_to_the_sentence_that_holds_their_first_character():
    token_embeddings = np.array([[9, 9], [1, 0], [1, 0], [0, 1], [9, 9]], dtype=np.float32)
    starts = np.array([0, 0, 3, 6, 0])
    ends = np.array([0, 3, 7, 9, 0])

    sentences = pool_sentences(token_embeddings, starts, ends, ((0, 5), (5, 9), (9, 12)))

    np.testing.assert_array_equal(sentences, [[127, 0], [0, 127], [0, 0]])


def test_quantised_direction_is_within_half_a_step_of_the_original():
    vectors = np.random.default_rng(7).normal(size=(50, 384)).astype(np.float32)

    directions = dequantise(quantise(vectors))

    cosines = (directions * vectors).sum(axis=1) / np.linalg.norm(vectors, axis=1)
    assert cosines.min() > 0.9999


def test_zero_vector_stays_zero():
    assert not quantise(np.zeros((1, 4), dtype=np.float32)).any()
    assert not dequantise(np.zeros((1, 4), dtype=np.int8)).any()


def test_largest_component_uses_the_whole_byte():
    quantised = quantise(np.array([[-0.5, 0.25]], dtype=np.float32))

    assert quantised.tolist() == [[-127, pytest.approx(64, abs=1)]]
