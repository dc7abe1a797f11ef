"""P5: a cached answer against the same one made; upstream with 300 ms, then 100 tokens/s."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from benchmarks.installation import Installation, installation
from benchmarks.material import material
from benchmarks.processes import service, upstream
from benchmarks.report import milliseconds, percentile, write_report
from benchmarks.streaming_client import Target, ask

FIRST_TOKEN_SECONDS = 0.3
SHARE = 1 / 20


async def measure(target: Target, questions: Sequence[str]) -> dict[str, float]:
    """Seconds to the end of each answer, made and then repeated."""
    made = [await ask(target, question) for question in questions]
    again = [await ask(target, question) for question in questions]
    uncached = percentile([timing.total_seconds for timing in made], 0.5)
    cached = percentile([timing.total_seconds for timing in again], 0.5)
    return {
        "uncached_p50_ms": milliseconds(uncached),
        "cached_p50_ms": milliseconds(cached),
        "cached_p95_ms": milliseconds(percentile([timing.total_seconds for timing in again], 0.95)),
        "share": round(cached / uncached, 4),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=20)
    options = parser.parse_args(arguments)
    with (
        material() as asked,
        upstream(first_token_seconds=FIRST_TOKEN_SECONDS) as upstream_url,
        installation(upstream_url) as given,
    ):
        caching = given.environment | {"NEUROSHIKSHA_ANSWER_CACHE": "true"}
        here = Installation(given.home, given.urls, caching)
        here.ingest(asked)
        with service(here.environment) as started:
            questions = list(dict.fromkeys(asked.questions))[: options.questions]
            figures = asyncio.run(measure(here.target(started), questions))
    promise = f"P5: a cached answer in at most {SHARE:g} of the time"
    kept = write_report("answer_cache", figures, {promise: figures["share"] <= SHARE})
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
