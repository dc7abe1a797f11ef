"""How far an answer may be relied on: its support, held against how well the course was found."""

from collections.abc import Sequence
from typing import Final

WEAK_SCORE: Final = 0.2
STRONG_SCORE: Final = 0.6
"""Between these scores of the best passage, retrieval goes from doubtful to clear.

By judgement on the scale of `ai.retrieval.scoring`, whose score is a weighted sum of cosines and a
share: passages on another subject seldom pass the first, those that hold the answer seldom stay
below the second. Not tuned.
"""
LEAST_TRUST: Final = 0.5
"""What well-supported text keeps where retrieval is doubtful: its citations were still checked."""


def retrieval_strength(scores: Sequence[float]) -> float:
    """Whether the course holds the question's subject, 0..1, from the scores of its passages.

    0 up to `WEAK_SCORE` of the best passage, 1 from `STRONG_SCORE`, linear between; 0 without
    passages. How far the best stands above the rest does not count: a course that treats a thing
    in three places holds it no less.
    """
    best = max(scores, default=0.0)
    return min(1.0, max(0.0, (best - WEAK_SCORE) / (STRONG_SCORE - WEAK_SCORE)))


def answer_confidence(supported_share: float, scores: Sequence[float]) -> float:
    """Confidence in an answer, 0..1: `supported_share * (1/2 + 1/2 * retrieval_strength)`.

    It rises with both. An answer without support has none, however good its passages; support
    found in a course that hardly holds the subject counts half.

    Args:
        supported_share: Share of the answer's text, by length, whose sentences have support of
            at least 0.5.
        scores: Of the passages it was given, by retrieval.
    """
    return supported_share * (LEAST_TRUST + (1 - LEAST_TRUST) * retrieval_strength(scores))
