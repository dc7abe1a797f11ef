"""P4: tokens that one process streams in a second when its upstream holds nothing back."""

import argparse
import asyncio
import re
import sys
from collections.abc import Sequence
from time import perf_counter

import psutil

from benchmarks.baselines.plain_database import make_plain_database
from benchmarks.installation import installation
from benchmarks.material import material
from benchmarks.processes import Started, cpu_seconds, plain_app, service, upstream
from benchmarks.report import write_report
from benchmarks.streaming_client import Target, read_whole

TIMES_PLAIN = 8.0
WARM_UP = 2
TOKEN = re.compile(rb"word\d+")
"""As the upstream spells its tokens."""


async def throughput(
    target: Target, app: Started, question: str, options: argparse.Namespace
) -> dict[str, float]:
    """Tokens in a second of the clock, and in a second of the process's own time.

    Raises:
        RuntimeError: When an answer is not whole.
    """
    for _ in range(WARM_UP):
        await read_whole(target, question)
    process = psutil.Process(app.process.pid)
    cpu_before, started = cpu_seconds([process]), perf_counter()
    for _ in range(options.rounds):
        asked = (read_whole(target, question) for _ in range(options.at_once))
        for answer in await asyncio.gather(*asked):
            _require_whole(answer, options.tokens)
    seconds, cpu = perf_counter() - started, cpu_seconds([process]) - cpu_before
    tokens = options.rounds * options.at_once * options.tokens
    return {
        "tokens_per_second": round(tokens / seconds),
        "tokens_per_cpu_second": round(tokens / cpu),
    }


def _require_whole(answer: bytes, tokens: int) -> None:
    found = len(TOKEN.findall(answer))
    if found != tokens:
        message = f"an answer of {tokens} tokens came with {found}: {answer[:200]!r}"
        raise RuntimeError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args(arguments)
    unthrottled = upstream(tokens=options.tokens, tokens_per_second=0, first_token_seconds=0)
    with material() as asked, unthrottled as upstream_url, installation(upstream_url) as here:
        here.ingest(asked)
        question = asked.questions[0]
        with service(here.environment) as started:
            ours = asyncio.run(throughput(here.target(started), started, question, options))
        plain_url = asyncio.run(make_plain_database(here))
        with plain_app(plain_url, upstream_url) as started:
            target = Target("plain app", started.port, "/chat", b"data: ")
            plain = asyncio.run(throughput(target, started, question, options))
    ratio = round(ours["tokens_per_second"] / plain["tokens_per_second"], 2)
    cpu_ratio = round(ours["tokens_per_cpu_second"] / plain["tokens_per_cpu_second"], 2)
    figures = {"service": ours, "plain_app": plain, "ratio": ratio, "cpu_ratio": cpu_ratio}
    promise = f"P4: at least {TIMES_PLAIN:g} times the tokens per second of the plain app"
    return 0 if write_report("streamed_tokens", figures, {promise: ratio >= TIMES_PLAIN}) else 1


if __name__ == "__main__":
    sys.exit(main())
