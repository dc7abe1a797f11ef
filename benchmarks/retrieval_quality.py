"""P8: how well retrieval finds the passage that answers, on a given question set."""

import argparse
import sys
from collections.abc import Sequence

import orjson

from benchmarks.installation import COURSE, installation
from benchmarks.material import material
from benchmarks.report import write_report

NDCG_PROMISE = 0.935
RECALL_PROMISE = 0.975


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
            questions = ["--questions", str(asked.questions_file)]
            measured = here.command(
                "eval", "retrieval", "--course", COURSE, *questions, "--k", "10", "--json"
            )
    figures = orjson.loads(measured)
    is_kept = write_report(
        "retrieval_quality",
        {"material": asked.name, **figures},
        {
            f"P8: nDCG@10 at least {NDCG_PROMISE}": figures["ndcg@10"] >= NDCG_PROMISE,
            f"P8: recall@5 at least {RECALL_PROMISE}": figures["recall@5"] >= RECALL_PROMISE,
        },
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
