"""P2 and P3: many answers at a time, in first tokens, delays between tokens and processor time.

Fifty clients ask one question after the other, their starts spread over the length of an answer,
as people ask; then fifty ask in the same instant. Two hundred clients do the first of it with a
service that may refuse; who is refused comes back when told to.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from itertools import cycle
from time import perf_counter

from benchmarks.baselines.plain_database import plain_target, prepare_plain_app
from benchmarks.installation import Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import (
    UPSTREAM_FIRST_TOKEN_SECONDS,
    Started,
    cpu_seconds,
    plain_app,
    server_cpu_seconds,
    service,
    upstream,
)
from benchmarks.report import milliseconds, percentile, write_report
from benchmarks.streaming_client import StreamTiming, Target, ask, ask_steadily, ask_together

ANSWER_SECONDS = 1.1
"""Of an answer of the upstream: 50 ms, then 100 tokens at 100 a second."""
FIFTY = 50
TWO_HUNDRED = 200
WARM_UP = 30
FIRST_TOKEN_P95_LIMIT_MS = 60.0
GAP_P99_LIMIT_MS = 15.0
ADMITTED_P95_LIMIT_MS = 500.0
TIMES_PLAIN_ANSWERS = 3.5
CPU_SHARE = 1 / 3

Figures = dict[str, float]


async def steadily(
    target: Target,
    app: Started,
    here: Installation,
    questions: Sequence[str],
    clients: int,
    *,
    seconds: float,
) -> Figures:
    """Figures of `clients` that ask for so long, the first answer of each left out."""
    for question in questions[:WARM_UP]:
        await ask(target, question)
    before, began = used_seconds(app, here), perf_counter()
    of_clients = await ask_steadily(
        target, cycle(questions), clients=clients, spread_seconds=ANSWER_SECONDS, seconds=seconds
    )
    used, took = used_seconds(app, here) - before, perf_counter() - began
    timings = [timing for timings in of_clients for timing in timings]
    answered = [timing for timing in timings if timing.is_answered]
    later = [timing for timings in of_clients for timing in timings[1:] if timing.is_answered]
    return {
        "answered": len(answered),
        "refused": len(timings) - len(answered),
        "answers_per_second": round(len(answered) / took, 1),
        "cpu_seconds_per_1000": round(used / max(len(answered), 1) * 1000, 1),
        **delays(later),
    }


async def at_once(target: Target, questions: Sequence[str], clients: int) -> Figures:
    """Figures of `clients` that ask in the same instant."""
    asked = [question for question, _ in zip(cycle(questions), range(clients), strict=False)]
    timings = await ask_together(target, asked, concurrency=clients)
    return delays([timing for timing in timings if timing.is_answered])


def used_seconds(app: Started, here: Installation) -> float:
    """Processor time used so far by the app and the servers it uses."""
    urls = here.urls
    return cpu_seconds(app.tree) + server_cpu_seconds(urls.database_url, urls.redis_url)


def delays(answered: Sequence[StreamTiming]) -> Figures:
    """First tokens, less the upstream's, and the gaps between tokens."""
    added = [timing.first_token_seconds - UPSTREAM_FIRST_TOKEN_SECONDS for timing in answered]
    gaps = [gap for timing in answered for gap in timing.gaps_seconds]
    return {
        "added_p50_ms": milliseconds(percentile(added, 0.5)),
        "added_p95_ms": milliseconds(percentile(added, 0.95)),
        "gap_p99_ms": milliseconds(percentile(gaps, 0.99)),
    }


def measure(
    target: Target, app: Started, here: Installation, questions: Sequence[str], seconds: float
) -> dict[str, Figures]:
    """All figures of one app."""

    async def all_of_it() -> dict[str, Figures]:
        fifty = await steadily(target, app, here, questions, FIFTY, seconds=seconds)
        together = await at_once(target, questions, FIFTY)
        many = await steadily(target, app, here, questions, TWO_HUNDRED, seconds=seconds)
        return {"50_streams": fifty, "50_at_once": together, "200_streams": many}

    return asyncio.run(all_of_it())


def compare(
    here: Installation, upstream_url: str, asked: Material, options: argparse.Namespace
) -> bool:
    """Measures the service and the plain app on the same questions; whether P2, P3 are kept."""
    here.ingest(asked)
    with service(here.environment) as started:
        target = here.target(started)
        ours = measure(target, started, here, asked.questions, options.seconds)
    plain_url = asyncio.run(prepare_plain_app(here, asked.rows))
    with plain_app(plain_url, upstream_url) as started:
        target = plain_target(started)
        plain = measure(target, started, here, asked.questions, options.seconds)
    figures = {"material": asked.name, "service": ours, "plain_app": plain}
    return write_report("concurrent_streams", figures | shares(ours, plain), kept(ours, plain))


def shares(ours: Mapping[str, Figures], plain: Mapping[str, Figures]) -> Figures:
    """The service against the plain app."""
    of_cpu = _ratio(ours, plain, "50_streams", "cpu_seconds_per_1000")
    of_answers = _ratio(ours, plain, "200_streams", "answers_per_second")
    return {"cpu_share": round(of_cpu, 3), "times_plain_answers": round(of_answers, 2)}


def kept(ours: Mapping[str, Figures], plain: Mapping[str, Figures]) -> dict[str, bool]:
    """Which promises are kept."""
    fifty, many = ours["50_streams"], ours["200_streams"]
    first, gap = FIRST_TOKEN_P95_LIMIT_MS, GAP_P99_LIMIT_MS
    admitted, times = ADMITTED_P95_LIMIT_MS, TIMES_PLAIN_ANSWERS
    of_cpu = _ratio(ours, plain, "50_streams", "cpu_seconds_per_1000")
    of_answers = _ratio(ours, plain, "200_streams", "answers_per_second")
    return {
        f"P2: 50 streams, first token p95 at most {first:g} ms": fifty["added_p95_ms"] <= first,
        f"P2: 50 streams, between tokens p99 at most {gap:g} ms": fifty["gap_p99_ms"] <= gap,
        f"P2: 200 clients, admitted p95 at most {admitted:g} ms": many["added_p95_ms"] <= admitted,
        f"P2: 200 clients, {times:g} times the plain app's answers": of_answers >= times,
        "P3: at most a third of the plain app's processor time": of_cpu <= CPU_SHARE,
    }


def _ratio(
    ours: Mapping[str, Figures], plain: Mapping[str, Figures], scenario: str, figure: str
) -> float:
    return ours[scenario][figure] / plain[scenario][figure]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long the clients ask")
    options = parser.parse_args(arguments)
    with material() as asked, upstream() as upstream_url, installation(upstream_url) as here:
        is_kept = compare(here, upstream_url, asked, options)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
