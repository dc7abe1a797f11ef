"""The semantic answer cache: hits on paraphrases against false hits on near-misses, by threshold.

The pairs are those of `benchmarks/data/question_pairs.jsonl`: each line holds a question, others
that ask the same, and others that differ in a number, a negation, a name or a unit. The threshold
is chosen on one half of the lines and judged on the other, both ways. `--questions` names a file
of different real questions (`{"question": ...}` lines), among which nothing should be a hit.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from ai.caching.guards import guards_of
from ai.embedding.embedder import Embedder
from ai.embedding.onnx import OnnxEmbedder
from benchmarks.report import write_report
from services.answer_cache import LIKENESS_THRESHOLD
from tests.support.encoder import exported_encoder

PAIRS = Path(__file__).parent / "data" / "question_pairs.jsonl"
THRESHOLDS = [round(threshold, 2) for threshold in np.arange(0.70, 1.0, 0.01).tolist()]
SHOWN = (0.75, 0.8, 0.85, 0.9, 0.95, 0.98)
FALSE_HIT_LIMIT = 0.005


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions; `differs_in` is None where they ask the same."""

    group: int
    differs_in: str | None
    likeness: float
    guards_agree: bool


def read_groups(path: Path) -> list[dict[str, Any]]:
    """The lines of the file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


async def embed(embedder: Embedder, questions: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """The vector of each question."""
    vectors = [await embedder.embed_query(question) for question in questions]
    return dict(zip(questions, vectors, strict=True))


def questions_of(group: Mapping[str, Any]) -> list[str]:
    """Every question of a line."""
    different = [other["question"] for other in group["different"]]
    return [group["question"], *group["same"], *different]


def pairs_of(
    groups: Sequence[Mapping[str, Any]], vectors: Mapping[str, NDArray[np.float32]]
) -> Iterator[Pair]:
    """Each two of the same meaning, and each of those with each near-miss."""
    for number, group in enumerate(groups):
        same = [group["question"], *group["same"]]
        written = [(one, other, None) for one, other in combinations(same, 2)]
        for near in group["different"]:
            written += [(one, near["question"], near["differs_in"]) for one in same]
        for one, other, differs_in in written:
            likeness = float(vectors[one] @ vectors[other])
            agree = guards_of(one).agree_with(guards_of(other))
            yield Pair(number, differs_in, likeness, agree)


def share_of_hits(pairs: Sequence[Pair], threshold: float, *, guarded: bool) -> float:
    """The share of the pairs that count as the same question."""
    hits = [pair.likeness >= threshold and (pair.guards_agree or not guarded) for pair in pairs]
    return sum(hits) / max(len(hits), 1)


def chosen_threshold(pairs: Sequence[Pair]) -> float:
    """The lowest threshold, guards on, from which false hits stay within the limit."""
    near = [pair for pair in pairs if pair.differs_in]
    for threshold in THRESHOLDS:
        if share_of_hits(near, threshold, guarded=True) <= FALSE_HIT_LIMIT:
            return threshold
    return 1.0


def judged(pairs: Sequence[Pair], threshold: float, *, guarded: bool = True) -> dict[str, float]:
    """Hits in percent at a threshold."""
    near = [pair for pair in pairs if pair.differs_in]
    same = [pair for pair in pairs if not pair.differs_in]
    return {
        "paraphrases_hit_percent": percent(share_of_hits(same, threshold, guarded=guarded)),
        "near_misses_hit_percent": percent(share_of_hits(near, threshold, guarded=guarded)),
    }


def cross_validated(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Chosen on the even lines and judged on the odd ones, and the other way round."""
    halves = [[pair for pair in pairs if pair.group % 2 == half] for half in (0, 1)]
    figures: dict[str, Any] = {}
    for name, chosen_on, judged_on in (("first", 0, 1), ("second", 1, 0)):
        threshold = chosen_threshold(halves[chosen_on])
        figures[name] = {"threshold": threshold, **judged(halves[judged_on], threshold)}
    return figures


def hits_among(questions: Sequence[str], vectors: Mapping[str, NDArray[np.float32]]) -> list[str]:
    """Pairs of different real questions that would be taken for the same."""
    matrix = np.stack([vectors[question] for question in questions])
    rows, columns = np.nonzero(np.triu(matrix @ matrix.T >= LIKENESS_THRESHOLD, 1))
    return [
        f"{questions[row]} = {questions[column]}"
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if guards_of(questions[row]).agree_with(guards_of(questions[column]))
    ]


def by_difference(pairs: Sequence[Pair]) -> dict[str, Any]:
    """False hits at the threshold in use, by what the near-miss differs in."""
    kinds = sorted({pair.differs_in for pair in pairs if pair.differs_in})
    figures = {}
    for kind in kinds:
        of_kind = [pair for pair in pairs if pair.differs_in == kind]
        with_guards = share_of_hits(of_kind, LIKENESS_THRESHOLD, guarded=True)
        without = share_of_hits(of_kind, LIKENESS_THRESHOLD, guarded=False)
        figures[kind] = {
            "pairs": len(of_kind),
            "hit_percent": percent(with_guards),
            "without_guards_percent": percent(without),
        }
    return figures


def percent(share: float) -> float:
    """A share in percent, with two decimals."""
    return round(share * 100, 2)


def read_questions(path: Path | None) -> list[str]:
    """The different questions of a file, in its order."""
    if path is None:
        return []
    lines = path.read_bytes().splitlines()
    return list(dict.fromkeys(orjson.loads(line)["question"] for line in lines))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when near-misses hit too often."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path)
    options = parser.parse_args(arguments)
    groups = read_groups(PAIRS)
    real = read_questions(options.questions)
    asked = dict.fromkeys([q for group in groups for q in questions_of(group)] + real)
    embedder = OnnxEmbedder(exported_encoder(), threads=1)
    vectors = asyncio.run(embed(embedder, list(asked)))
    embedder.close()
    pairs = list(pairs_of(groups, vectors))
    in_use = judged(pairs, LIKENESS_THRESHOLD)
    figures: dict[str, Any] = {
        "paraphrase_pairs": sum(pair.differs_in is None for pair in pairs),
        "near_miss_pairs": sum(pair.differs_in is not None for pair in pairs),
        "guarded": {str(threshold): judged(pairs, threshold) for threshold in SHOWN},
        "unguarded": {
            str(threshold): judged(pairs, threshold, guarded=False) for threshold in SHOWN
        },
        "cross_validation": cross_validated(pairs),
        "threshold_in_use": {"threshold": LIKENESS_THRESHOLD, **in_use},
        "by_difference": by_difference(pairs),
    }
    if real:
        hits = hits_among(real, vectors)
        figures["real_questions"] = {"questions": len(real), "hits": len(hits), "first": hits[:20]}
    limit = percent(FALSE_HIT_LIMIT)
    promise = f"false hits on near-misses at most {limit:g} %"
    kept = write_report(
        "semantic_cache", figures, {promise: in_use["near_misses_hit_percent"] <= limit}
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
