"""From token embeddings to passage and sentence vectors, in plain numpy."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ai.embedding.embedder import Float32Array, Int8Array

INT8_LIMIT = 127


def mean_pool(token_embeddings: Float32Array, attention_mask: NDArray[np.int64]) -> Float32Array:
    """Unit vectors of whole texts: the mean over the tokens that are not padding.

    Args:
        token_embeddings: ``(batch, tokens, dimension)`` float32.
        attention_mask: ``(batch, tokens)``, 1 for a token and 0 for padding.

    Returns:
        ``(batch, dimension)`` float32, L2-normalised. The number of tokens needs no division:
        normalisation removes it.
    """
    weights = attention_mask.astype(np.float32)[:, np.newaxis, :]
    return normalised(np.matmul(weights, token_embeddings)[:, 0, :])


def normalised(vectors: Float32Array) -> Float32Array:
    """Rows scaled to length 1; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)


def pool_sentences(
    token_embeddings: Float32Array,
    token_starts: NDArray[np.int64],
    token_ends: NDArray[np.int64],
    sentence_bounds: Sequence[tuple[int, int]],
) -> Int8Array:
    """Sentence vectors by late pooling, from the pass that encoded the whole passage.

    A token belongs to the sentence that holds its first character. Tokens of no width (the marks
    of the ends) belong to none.

    Args:
        token_embeddings: ``(tokens, dimension)`` float32.
        token_starts: ``(tokens,)`` offsets in the same text as ``sentence_bounds``.
        token_ends: ``(tokens,)`` likewise, exclusive.
        sentence_bounds: ascending and disjoint.

    Returns:
        ``(n_sentences, dimension)`` int8, see ``quantise``.

    Source: late chunking, Günther et al. 2024, arXiv:2409.04701, applied to sentences.
    """
    if not sentence_bounds:
        return np.zeros((0, token_embeddings.shape[-1]), dtype=np.int8)
    starts, ends = np.asarray(sentence_bounds, dtype=np.int64).T
    in_sentence = (
        (token_starts >= starts[:, np.newaxis])
        & (token_starts < ends[:, np.newaxis])
        & (token_ends > token_starts)
    )
    return quantise(in_sentence.astype(np.float32) @ token_embeddings)


def quantise(vectors: Float32Array) -> Int8Array:
    """Directions in one byte a component: each row times 127 over its largest magnitude.

    The scale is dropped, so only directions (cosines) can be read back. Zero rows stay zero.
    """
    largest = np.abs(vectors).max(axis=-1, keepdims=True, initial=0.0)
    scale = INT8_LIMIT / np.where(largest > 0, largest, 1)
    return np.rint(vectors * scale).astype(np.int8)


def dequantise(vectors: Int8Array) -> Float32Array:
    """Unit vectors, ``(n, dimension)`` float32, of directions stored by ``quantise``."""
    return normalised(vectors.astype(np.float32))
