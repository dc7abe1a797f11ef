"""Measures of a ranking, as the field defines them, with confidence by resampling."""

import math
from collections.abc import Sequence

import numpy as np

RESAMPLES = 2_000
SEED = 20_240_501
"""Fixed, so that the same ranks give the same interval."""


def recall(ranks: Sequence[int | None], k: int) -> float:
    """The share of the relevant documents that stand at rank `k` or above.

    Args:
        ranks: of each relevant document, from 1; None where it was not found.
        k: the cutoff.
    """
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def reciprocal_rank(ranks: Sequence[int | None], k: int) -> float:
    """One over the rank of the first relevant document; 0 where that lies below `k`."""
    found = [rank for rank in ranks if rank is not None and rank <= k]
    return 1 / min(found) if found else 0.0


def ndcg(ranks: Sequence[int | None], k: int) -> float:
    """Normalised discounted cumulative gain with gains of 0 and 1.

    Source: Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques" (2002).
    """
    gain = sum(1 / math.log2(rank + 1) for rank in ranks if rank is not None and rank <= k)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(ranks), k) + 1))
    return gain / ideal


def confidence_interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean, by the percentile bootstrap; the mean itself for one value.

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
    """
    observed = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(SEED)
    samples = generator.integers(0, len(observed), size=(RESAMPLES, len(observed)))
    low, high = np.quantile(observed[samples].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
