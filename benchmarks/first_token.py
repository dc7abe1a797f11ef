"""P1, and the form of P2 and P3: what retrieval, prompt and relay add to the first token."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

import asyncpg
from pgvector.asyncpg import register_vector

from benchmarks.baselines.plain_app import SCHEMA, ingest, load_encoder
from benchmarks.installation import Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import (
    UPSTREAM_FIRST_TOKEN_SECONDS,
    Started,
    cpu_seconds,
    plain_app,
    postgres_processes,
    service,
    upstream,
)
from benchmarks.report import milliseconds, percentile, write_report
from benchmarks.streaming_client import StreamTiming, Target, ask, ask_together

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


async def many_streams(
    target: Target, questions: Sequence[str], concurrency: int, database_url: str, app: Started
) -> dict[str, float]:
    """The same with many at a time, and what an answer costs, PostgreSQL included."""
    asked = [questions[i % len(questions)] for i in range(concurrency * 3)]
    processes = app.tree + postgres_processes(database_url)
    before = cpu_seconds(processes)
    timings = await ask_together(target, asked, concurrency=concurrency)
    used = cpu_seconds([process for process in processes if process.is_running()]) - before
    answered = [timing for timing in timings if timing.status == 200 and timing.arrivals]
    return {
        "answered": len(answered),
        "refused": len(timings) - len(answered),
        "cpu_seconds_per_1000": round(used / max(len(answered), 1) * 1000, 1),
        **_delays(answered),
    }


def _delays(answered: Sequence[StreamTiming]) -> dict[str, float]:
    added = [timing.first_token_seconds - UPSTREAM_FIRST_TOKEN_SECONDS for timing in answered]
    gaps = [gap for timing in answered for gap in timing.gaps_seconds]
    return {
        "added_p50_ms": milliseconds(percentile(added, 0.5)),
        "added_p95_ms": milliseconds(percentile(added, 0.95)),
        "gap_p99_ms": milliseconds(percentile(gaps, 0.99)),
    }


async def make_plain_database(here: Installation) -> str:
    """A database of its own for the plain app, with its schema; its URL."""
    server = here.urls.database_url
    connection = await asyncpg.connect(server)
    await connection.execute("CREATE DATABASE plain_app")
    await connection.close()
    url = server.rsplit("/", 1)[0] + "/plain_app"
    connection = await asyncpg.connect(url)
    await connection.execute(SCHEMA)
    await connection.close()
    return url


async def prepare_plain_app(here: Installation, rows: list[tuple[str, str]]) -> str:
    """The plain app's database with the passages in it; its URL."""
    url = await make_plain_database(here)
    async with asyncpg.create_pool(url, init=register_vector, min_size=1, max_size=2) as pool:
        await ingest(load_encoder(), pool, rows)
    return url


def measure(
    target: Target, app: Started, questions: Sequence[str], database_url: str, streams: int
) -> dict[str, object]:
    """All figures of one app."""
    figures: dict[str, object] = {"one_stream": asyncio.run(one_stream(target, questions))}
    if streams:
        many = many_streams(target, questions, streams, database_url, app)
        figures[f"{streams}_streams"] = asyncio.run(many)
    return figures


def compare(
    here: Installation, upstream_url: str, asked: Material, options: argparse.Namespace
) -> bool:
    """Measures the service and the plain app on the same questions; whether P1 is kept."""
    questions = asked.questions[: options.questions]
    url = here.urls.database_url
    here.ingest(asked)
    with service(here.environment) as started:
        ours = measure(here.target(started), started, questions, url, options.streams)
    plain_url = asyncio.run(prepare_plain_app(here, asked.rows))
    with plain_app(plain_url, upstream_url) as started:
        target = Target("plain app", started.port, "/chat", b"data: ")
        plain = measure(target, started, questions, url, options.streams)
    added = ours["one_stream"]["added_p50_ms"]  # type: ignore[index]
    plain_added = plain["one_stream"]["added_p50_ms"]  # type: ignore[index]
    share = round(added / plain_added, 2)
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
    parser.add_argument("--streams", type=int, default=50, help="0 leaves this part out")
    options = parser.parse_args(arguments)
    with material() as asked, upstream() as upstream_url, installation(upstream_url) as here:
        is_kept = compare(here, upstream_url, asked, options)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
