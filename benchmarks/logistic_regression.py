"""Logistic regression, its cross-validation, and the measures of a score: as small as they go."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]

FOLDS = 5
BOOTSTRAPS = 1000


@dataclass(frozen=True, slots=True)
class Fit:
    """An intercept and weights."""

    intercept: float
    weights: Floats

    def probabilities(self, features: Floats) -> Floats:
        """`(n,)` for features `(n, m)`."""
        logits = np.clip(features @ self.weights + self.intercept, -40, 40)
        result: Floats = 1 / (1 + np.exp(-logits))
        return result


def fitted(features: Floats, labels: Labels, importance: Floats, *, ridge: float = 1.0) -> Fit:
    """Newton's method on the weighted likelihood with a ridge, which the intercept is free of."""
    columns = np.hstack([np.ones((len(features), 1)), features])
    penalty = np.diag([1e-6, *[ridge] * features.shape[1]])
    solution = np.zeros(columns.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(columns @ solution, -40, 40)))
        gradient = columns.T @ (importance * (chance - labels)) + penalty @ solution
        curvature = (columns * (importance * chance * (1 - chance))[:, None]).T @ columns + penalty
        step = np.linalg.solve(curvature, gradient)
        solution = solution - step
        if float(np.abs(step).max()) < 1e-8:
            break
    return Fit(float(solution[0]), solution[1:])


def fitted_by_sign(
    features: Floats, labels: Labels, importance: Floats, signs: Sequence[int]
) -> Fit:
    """A fit without the features whose weight would have another sign than they must have.

    What by chance goes with one class of a made set has no say in the other direction.
    """
    kept = list(range(features.shape[1]))
    while True:
        fit = fitted(features[:, kept], labels, importance)
        wrong = [k for k, w in zip(kept, fit.weights.tolist(), strict=True) if w * signs[k] <= 0]
        if not wrong:
            weights = np.zeros(features.shape[1])
            weights[kept] = fit.weights
            return Fit(fit.intercept, weights)
        kept = [k for k in kept if k not in wrong]


def balanced(labels: Labels) -> Floats:
    """Weights by which both classes count the same, with mean 1."""
    share = labels.mean()
    result: Floats = np.where(labels, 0.5 / share, 0.5 / (1 - share))
    return result


def out_of_fold(
    features: Floats,
    labels: Labels,
    groups: NDArray[np.intp],
    signs: Sequence[int],
    importance: Floats,
) -> Floats:
    """`(n,)` probabilities, each by a fit that saw nothing of its group."""
    order = np.random.default_rng(0).permutation(int(groups.max()) + 1)
    fold_of = order[groups] % FOLDS
    result = np.zeros(len(labels))
    for fold in range(FOLDS):
        seen = fold_of != fold
        if seen.all():
            continue
        fit = fitted_by_sign(features[seen], labels[seen], importance[seen], signs)
        result[~seen] = fit.probabilities(features[~seen])
    return result


def roc_auc(scores: Floats, labels: Labels) -> float:
    """How often a positive scores above a negative; ties count half. NaN without both."""
    positives, negatives = np.sort(scores[labels]), scores[~labels]
    if not len(positives) or not len(negatives):
        return math.nan
    below = np.searchsorted(positives, negatives, side="left")
    up_to = np.searchsorted(positives, negatives, side="right")
    won = len(positives) - up_to + 0.5 * (up_to - below)
    return float(won.mean() / len(positives))


def interval(
    measure: Callable[[Floats, Labels], float],
    scores: Floats,
    labels: Labels,
    groups: NDArray[np.intp],
) -> list[float]:
    """The 95 % interval of a measure, by bootstrap over groups."""
    dice = np.random.default_rng(0)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    found = []
    for _ in range(BOOTSTRAPS):
        drawn = np.concatenate([members[i] for i in dice.integers(len(members), size=len(members))])
        found.append(measure(scores[drawn], labels[drawn]))
    low, high = np.nanpercentile(found, [2.5, 97.5]).tolist()
    return [round(low, 4), round(high, 4)]


def brier(scores: Floats, labels: Labels) -> float:
    """Mean squared error of the probabilities, both classes counting the same."""
    squared = (scores - labels) ** 2
    return float((squared[labels].mean() + squared[~labels].mean()) / 2)


def reliability(scores: Floats, labels: Labels, bins: int = 5) -> dict[str, list[float]]:
    """Per bin of the score: mean score, and share of positives where both classes are as many."""
    importance = balanced(labels)
    edges = np.minimum((scores * bins).astype(int), bins - 1)
    found: dict[str, list[float]] = {}
    for place in range(bins):
        inside = edges == place
        if inside.any():
            weight = importance[inside]
            name = f"{place / bins:.1f} to {(place + 1) / bins:.1f}"
            mean = float((scores[inside] * weight).sum() / weight.sum())
            share = float((labels[inside] * weight).sum() / weight.sum())
            found[name] = [round(mean, 3), round(share, 3)]
    return found
