"""Whether two measurements of retrieval on the same questions differ by more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from services.errors import InvalidValueError
from services.ranking_metrics import RESAMPLES, SEED, confidence_interval, ndcg

CUTOFF = 10
SIGNIFICANCE_LEVEL = 0.05

Ranks = Mapping[str, Sequence[int | None]]


class EarlierRun(BaseModel):
    """What a comparison needs of an earlier run: the object that `eval retrieval --json` prints."""

    k: Annotated[int, Field(ge=1)]
    ranks: Annotated[
        dict[str, Annotated[list[Annotated[int, Field(ge=1)] | None], Field(min_length=1)]],
        Field(min_length=1),
    ]


@dataclass(frozen=True, slots=True)
class RunComparison:
    """The mean difference in nDCG@10 over the questions that both runs asked.

    Attributes:
        questions: asked in both.
        difference: this run's mean less the earlier one's.
        interval: of the difference, 95 %.
        p_value: chance of a difference this large, either way, between runs that are equally good.
        better, worse: questions on which this run is the better or the worse one.
    """

    questions: int
    difference: float
    interval: tuple[float, float]
    p_value: float
    better: int
    worse: int

    @property
    def is_significant(self) -> bool:
        """Whether chance is an unlikely cause, at the level of 5 %."""
        return self.p_value < SIGNIFICANCE_LEVEL

    def in_words(self) -> str:
        """One sentence for a person."""
        low, high = self.interval
        figures = (
            f"nDCG@{CUTOFF} {self.difference:+.4f} (95 %: {low:+.4f} to {high:+.4f}),"
            f" p = {self.p_value:.4f}, {self.questions:,} questions:"
            f" {self.better:,} better, {self.worse:,} worse"
        )
        if not self.is_significant:
            return f"The runs do not differ significantly: {figures}."
        return (
            f"This run is significantly {'better' if self.difference > 0 else 'worse'}: {figures}."
        )

    def as_json(self) -> dict[str, Any]:
        """The member `against` of what `eval retrieval --json` prints."""
        return {
            "questions": self.questions,
            "ndcg@10_difference": round(self.difference, 4),
            "ci95": [round(bound, 4) for bound in self.interval],
            "p_value": round(self.p_value, 4),
            "is_significant": self.is_significant,
            "better": self.better,
            "worse": self.worse,
        }


def compare_runs(ranks: Ranks, k: int, earlier: EarlierRun) -> RunComparison:
    """Compares this run's ranks with an earlier one's, question by question. Blocks.

    Raises:
        InvalidValueError: the runs share no question, or looked at different numbers of documents.
    """
    if k != earlier.k:
        message = f"The earlier run looked at {earlier.k} documents, this one at {k}; use --k."
        raise InvalidValueError("against", message)
    shared = sorted(ranks.keys() & earlier.ranks.keys())
    if not shared:
        raise InvalidValueError("against", "The earlier run has asked none of these questions.")
    now = np.array([ndcg(ranks[each], CUTOFF) for each in shared])
    before = np.array([ndcg(earlier.ranks[each], CUTOFF) for each in shared])
    differences = now - before
    return RunComparison(
        questions=len(shared),
        difference=float(differences.mean()),
        interval=confidence_interval(differences.tolist()),
        p_value=_paired_p_value(now, before),
        better=int((differences > 0).sum()),
        worse=int((differences < 0).sum()),
    )


def _paired_p_value(now: NDArray[np.float64], before: NDArray[np.float64]) -> float:
    """The paired permutation test, two-sided: a question's two values change places at random.

    Source: Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for
    Information Retrieval Evaluation" (2007), which recommends it.
    """
    if np.array_equal(now, before):
        return 1.0
    # Heavy, and of no use to a process that serves questions.
    from scipy.stats import permutation_test

    result = permutation_test(
        (now, before),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES * 5 - 1,
        batch=500,
        rng=np.random.default_rng(SEED),
    )
    return float(result.pvalue)
