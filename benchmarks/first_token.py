"""P1: what retrieval, prompt and relay add to the first token, one question after the other."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from benchmarks.baselines.plain_database import plain_target, prepare_plain_app
from benchmarks.installation import Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import (
    UPSTREAM_FIRST_TOKEN_SECONDS,
    plain_app,
    service,
    upstream,
)
from benchmarks.report import milliseconds, percentile, write_report
from benchmarks.streaming_client import Target, ask

WARM_UP = 20
ADDED_LIMIT_MS = 20.0
PLAIN_SHARE = 0.5


async def one_stream(target: Target, questions: Sequence[str]) -> dict[str, float]:
    """Added time to the first token with one question after the other, in milliseconds."""
    for question in questions[:WARM_UP]:
        await ask(target, question)
    timings = [await ask(target, question) for question in questions]
    added = [timing.first_token_seconds - UPSTREAM_FIRST_TOKEN_SECONDS for timing in timings]
    return {
        "added_p50_ms": milliseconds(percentile(added, 0.5)),
        "added_p95_ms": milliseconds(percentile(added, 0.95)),
    }


def compare(
    here: Installation, upstream_url: str, asked: Material, options: argparse.Namespace
) -> bool:
    """Measures the service and the plain app on the same questions; whether P1 is kept."""
    questions = asked.questions[: options.questions]
    here.ingest(asked)
    with service(here.environment) as started:
        ours = asyncio.run(one_stream(here.target(started), questions))
    plain_url = asyncio.run(prepare_plain_app(here, asked.rows))
    with plain_app(plain_url, upstream_url) as started:
        plain = asyncio.run(one_stream(plain_target(started), questions))
    added = ours["added_p50_ms"]
    share = round(added / plain["added_p50_ms"], 2)
    figures = {"material": asked.name, "questions": len(questions), "service": ours}
    return write_report(
        "first_token",
        {**figures, "plain_app": plain, "share_of_plain_app": share},
        {
            f"P1: at most {ADDED_LIMIT_MS:g} ms added": added <= ADDED_LIMIT_MS,
            f"P1: at most {PLAIN_SHARE:g} of the plain app's": share <= PLAIN_SHARE,
        },
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100)
    options = parser.parse_args(arguments)
    with material() as asked, upstream() as upstream_url, installation(upstream_url) as here:
        is_kept = compare(here, upstream_url, asked, options)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
