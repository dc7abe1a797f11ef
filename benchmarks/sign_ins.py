"""Chat while far more people try to sign in than can be: the first token, and who is refused."""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from time import perf_counter
from urllib.parse import urlencode

from benchmarks.first_token import WARM_UP
from benchmarks.installation import Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import UPSTREAM_FIRST_TOKEN_SECONDS, service, upstream
from benchmarks.report import milliseconds, percentile, write_report
from benchmarks.streaming_client import Target, ask

ADDED_P95_LIMIT_MS = 200.0
"""What a learner hardly notices."""


async def attempt(port: int, number: int) -> tuple[int, float]:
    """One attempt with a wrong password, for an address of its own; status and seconds."""
    form = {"username": f"guess-{number}@school.edu", "password": "not this one at all"}
    content = urlencode(form).encode()
    started = perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
    )
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.read()
    writer.close()
    return int(head.split(b" ", 2)[1]), perf_counter() - started


async def attempts(port: int, per_second: int, is_over: asyncio.Event) -> list[tuple[int, float]]:
    """Attempts at an even pace, whether they are answered or not, until it is over."""
    started, tasks = perf_counter(), []
    while not is_over.is_set():
        tasks.append(asyncio.create_task(attempt(port, len(tasks))))
        await asyncio.sleep(max(started + len(tasks) / per_second - perf_counter(), 0))
    return await asyncio.gather(*tasks)


async def first_tokens(target: Target, questions: Sequence[str]) -> dict[str, float]:
    """Added time to the first token, one question after the other."""
    timings = [await ask(target, question) for question in questions]
    added = [timing.first_token_seconds - UPSTREAM_FIRST_TOKEN_SECONDS for timing in timings]
    return {
        "answered": sum(timing.status == 200 for timing in timings),
        "added_p50_ms": milliseconds(percentile(added, 0.5)),
        "added_p95_ms": milliseconds(percentile(added, 0.95)),
    }


async def measure(
    target: Target, questions: Sequence[str], per_second: int
) -> dict[str, dict[str, float]]:
    """Chat on a quiet service, then under the attempts."""
    for question in questions[:WARM_UP]:
        await ask(target, question)
    quiet = await first_tokens(target, questions)
    is_over = asyncio.Event()
    trying = asyncio.create_task(attempts(target.port, per_second, is_over))
    under_attempts = await first_tokens(target, questions)
    is_over.set()
    tried = await trying
    refused = [seconds for status, seconds in tried if status == 503]
    statuses = Counter(status for status, _ in tried)
    return {
        "quiet": quiet,
        "under_attempts": under_attempts,
        "attempts": {
            "all": len(tried),
            **{f"status_{status}": count for status, count in sorted(statuses.items())},
            "refused_p95_ms": milliseconds(percentile(refused, 0.95)) if refused else 0.0,
        },
    }


def run(here: Installation, asked: Material, options: argparse.Namespace) -> bool:
    """Measures; whether chat is kept quick."""
    here.ingest(asked)
    known = asked.questions
    questions = [known[number % len(known)] for number in range(options.questions)]
    with service(here.environment) as started:
        target = here.target(started)
        figures = asyncio.run(measure(target, questions, options.attempts_per_second))
    added = figures["under_attempts"]["added_p95_ms"]
    return write_report(
        "sign_ins",
        {"attempts_per_second": options.attempts_per_second, **figures},
        {
            f"at most {ADDED_P95_LIMIT_MS:g} ms added (p95) under attempts": (
                added <= ADDED_P95_LIMIT_MS
            ),
            "every question is answered": (figures["under_attempts"]["answered"] == len(questions)),
        },
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--attempts-per-second", type=int, default=300)
    options = parser.parse_args(arguments)
    with material() as asked, upstream() as upstream_url, installation(upstream_url) as here:
        is_kept = run(here, asked, options)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
