"""Ranks the candidates of both arms of retrieval: likeness of meaning, BM25 and best sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
Int8Array = NDArray[np.int8]

BM25_K1: Final = 0.6
BM25_B: Final = 0.75
"""Saturation and length normalisation of BM25.

Source: tuned together with ``TUNED_WEIGHTS``.
"""

NEAR_DUPLICATE_COSINE: Final = 0.95
"""Passages this alike say the same: repeated pages, or one text in two formats.

Source: no two of the 1,122 paragraphs of the question set, and no two chunks of a physics
textbook, come nearer than 0.92.
"""


CORRECTION_APPLIES_FROM: Final = 0.48
"""Score from which a teacher's correction is taken to be about the question.

Source: 15 corrections in one course, asked for in the wordings of
``tests/ai/questions/test_clusters.py``: the same words score 0.53 to 0.77, 32 of 33 other wordings
0.50 to 0.76, other questions at most 0.41 but for near neighbours ("for loop" and "while loop",
momentum and its conservation: up to 0.65).
"""


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How much each part counts; the weights sum to 1.

    Attributes:
        dense: of the cosine of question and passage.
        lexical: of BM25 as a share of what the question could attain.
        sentence: of the cosine of question and best sentence.
    """

    dense: float
    lexical: float
    sentence: float


TUNED_WEIGHTS: Final = FusionWeights(dense=0.05, lexical=0.35, sentence=0.60)
"""For the language that the encoder was trained on.

Source: tuned by 5-fold cross-validation on 1,000 questions over 1,122 paragraphs of SQuAD 1.1
(``benchmarks/retrieval_weights.py``). Four of five folds choose these values; the questions left
out reach nDCG@10 0.939 and recall@5 0.980, against 0.925 and 0.979 without sentences.
"""

LEXICAL_WEIGHTS: Final = FusionWeights(dense=0.05, lexical=0.85, sentence=0.10)
"""For all other languages, where cosines say little. By judgement: not tuned."""

_WEIGHTS: Final = MappingProxyType({"en": TUNED_WEIGHTS})


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """A candidate with its score and what it is made of.

    Attributes:
        position: of the candidate in the arrays it came in.
        score: weighted sum of the parts, about 0..1; comparable between questions of one course.
        dense: cosine of question and passage.
        lexical: share of the attainable BM25, 0..1.
        sentence: cosine of question and best sentence; 0 where the passage has no sentences.
    """

    position: int
    score: float
    dense: float
    lexical: float
    sentence: float


def weights_for(language: str) -> FusionWeights:
    """The weights for a course in ``language`` (BCP 47), by what the encoder understands."""
    return _WEIGHTS.get(language.partition("-")[0].lower(), LEXICAL_WEIGHTS)


def best_sentence_cosines(
    query_vector: Float32Array, sentence_vectors: Sequence[Int8Array]
) -> Float32Array:
    """The cosine of a question and the nearest sentence of each passage.

    Args:
        query_vector: ``(dimension,)`` float32, L2-normalised.
        sentence_vectors: for each passage ``(n_sentences, dimension)`` int8, of any scale.

    Returns:
        ``(n_passages,)`` float32; 0 for a passage without sentences, or whose sentences are zero.
    """
    best = np.zeros(len(sentence_vectors), dtype=np.float32)
    counts = np.array([len(vectors) for vectors in sentence_vectors], dtype=np.intp)
    if not counts.any():
        return best
    rows = np.concatenate([v for v in sentence_vectors if len(v)]).astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    cosines = (rows @ query_vector) / np.where(lengths > 0, lengths, 1)
    has_sentences = counts > 0
    filled = counts[has_sentences]
    best[has_sentences] = np.maximum.reduceat(cosines, np.cumsum(filled) - filled)
    return best


def rank(
    dense: Sequence[float] | Float64Array,
    lexical: Sequence[float] | Float64Array,
    sentence: Sequence[float] | Float32Array,
    weights: FusionWeights = TUNED_WEIGHTS,
) -> list[RankedCandidate]:
    """The candidates, best first, by ``weights.dense * dense + ... lexical + ... sentence``.

    The parts need no scaling by the other candidates, so that a score does not depend on which
    others were found. Ties keep the order given.

    Args:
        dense: ``(n,)`` cosines of question and passage.
        lexical: ``(n,)`` BM25 as a share of what the question could attain, 0..1: without the
            factor ``k1 + 1``, over the sum of the inverse document frequencies of those terms of
            the question that occur in the course.
        sentence: ``(n,)`` as ``best_sentence_cosines`` gives.
        weights: of the three.
    """
    parts = np.stack([np.asarray(part, dtype=np.float64) for part in (dense, lexical, sentence)])
    scores = np.array([weights.dense, weights.lexical, weights.sentence]) @ parts
    return [
        RankedCandidate(int(position), float(scores[position]), *parts[:, position].tolist())
        for position in np.argsort(-scores, kind="stable")
    ]


def corrections_first(
    ranked: Sequence[RankedCandidate],
    is_correction: NDArray[np.bool_],
    threshold: float = CORRECTION_APPLIES_FROM,
) -> list[RankedCandidate]:
    """The candidates with corrections that fit the question before all others; else their order.

    Args:
        ranked: best first.
        is_correction: ``(n,)`` by ``RankedCandidate.position``.
        threshold: score from which a correction fits.
    """
    return sorted(
        ranked, key=lambda each: not (is_correction[each.position] and each.score >= threshold)
    )


def without_near_duplicates(
    ranked: Sequence[RankedCandidate],
    sentence_vectors: Sequence[Int8Array],
    *,
    limit: int,
    threshold: float = NEAR_DUPLICATE_COSINE,
) -> list[RankedCandidate]:
    """The best ``limit`` candidates, leaving out what nearly repeats a better one.

    Two passages are compared by the mean direction of their sentences; a passage without
    sentences repeats nothing.

    Args:
        ranked: best first.
        sentence_vectors: by ``RankedCandidate.position``, ``(n_sentences, dimension)`` int8.
        limit: how many to keep at most.
        threshold: cosine from which two passages say the same.
    """
    kept: list[RankedCandidate] = []
    directions = np.zeros((limit, _dimension(sentence_vectors)), dtype=np.float32)
    for candidate in ranked:
        if len(kept) == limit:
            break
        direction = _mean_direction(sentence_vectors[candidate.position])
        if kept and float((directions[: len(kept)] @ direction).max()) >= threshold:
            continue
        directions[len(kept)] = direction
        kept.append(candidate)
    return kept


def _dimension(sentence_vectors: Sequence[Int8Array]) -> int:
    return sentence_vectors[0].shape[1] if sentence_vectors else 0


def _mean_direction(sentence_vectors: Int8Array) -> Float32Array:
    """``(dimension,)`` float32, L2-normalised; zero where there are no sentences."""
    rows = sentence_vectors.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    total = (1 / np.where(lengths > 0, lengths, 1)).astype(np.float32) @ rows
    direction: Float32Array = total / (np.sqrt(total @ total) or np.float32(1))
    return direction
