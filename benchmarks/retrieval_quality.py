"""P8: how well retrieval finds the passage that answers, against each arm alone."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from benchmarks.installation import COURSE, Installation, installation
from benchmarks.material import material
from benchmarks.report import write_report

NDCG_PROMISE = 0.935
RECALL_PROMISE = 0.975


def measure(here: Installation, questions: Path, arm: str, *options: str) -> dict[str, Any]:
    """What `eval retrieval --json` prints for one way of ranking."""
    asked = ["--course", COURSE, "--questions", str(questions), "--arm", arm, "--k", "10"]
    figures: dict[str, Any] = orjson.loads(
        here.command("eval", "retrieval", *asked, *options, "--json")
    )
    return figures


def without_ranks(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures without the rank of every question."""
    return {name: value for name, value in figures.items() if name != "ranks"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken, 0 when there is no question set."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    with material() as asked:
        if asked.questions_file is None:
            print(
                "SKIPPED retrieval_quality: set BENCHMARK_PASSAGES and BENCHMARK_QUESTIONS to a"
                " question set (see benchmarks/material.py)."
            )
            return 0
        with installation() as here:
            here.ingest(asked)
            fused = measure(here, asked.questions_file, "fused")
            earlier = here.home / "fused.json"
            earlier.write_bytes(orjson.dumps(fused))
            alone = {
                arm: measure(here, asked.questions_file, arm, "--against", str(earlier))
                for arm in ("dense", "lexical")
            }
    is_kept = write_report(
        "retrieval_quality",
        {"material": asked.name, **without_ranks(fused)}
        | {f"{arm}_alone": without_ranks(figures) for arm, figures in alone.items()},
        {
            f"P8: nDCG@10 at least {NDCG_PROMISE}": fused["ndcg@10"] >= NDCG_PROMISE,
            f"P8: recall@5 at least {RECALL_PROMISE}": fused["recall@5"] >= RECALL_PROMISE,
            "significantly better than each arm alone": all(
                figures["against"]["is_significant"]
                and figures["against"]["ndcg@10_difference"] < 0
                for figures in alone.values()
            ),
        },
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
