"""Jobs beside chat: a hundred that write wait at one worker while people ask.

First tokens are timed with nothing else to do, then while the worker works the queue off.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from itertools import cycle, islice
from time import sleep
from urllib.request import Request, urlopen

import orjson

from benchmarks.installation import COURSE, Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import Started, service, upstream, worker
from benchmarks.report import milliseconds, percentile, write_report
from benchmarks.streaming_client import Target, ask

JOBS = 100
WARM_UP = 20
TIMES_IDLE_LIMIT = 2.0
KINDS = ("quiz", "flashcards", "study_guide", "lesson")
BEGUN_TIMEOUT_SECONDS = 120


async def first_tokens(target: Target, questions: Sequence[str]) -> list[float]:
    """Seconds to the first token of one question after the other."""
    return [(await ask(target, question)).first_token_seconds for question in questions]


def queue_jobs(started: Started, target: Target, topics: Sequence[str]) -> None:
    """Asks for a hundred pieces of content, written by the built-in writer."""
    for number in range(JOBS):
        body = {
            "kind": KINDS[number % len(KINDS)],
            "topic": topics[number % len(topics)][:200],
            "model": "grounded",
        }
        request = _request(started, target, f"/courses/{COURSE}/jobs")
        with urlopen(Request(request.full_url, orjson.dumps(body), request.headers)):
            pass


def jobs_by_status(started: Started, target: Target, status: str) -> int:
    """How many jobs there are of a status."""
    with urlopen(_request(started, target, f"/jobs?status={status}&size=1")) as response:
        total: int = orjson.loads(response.read())["total"]
    return total


def compare(here: Installation, asked: Material, options: argparse.Namespace) -> bool:
    """Measures first tokens idle and beside the queue; whether the promise is kept."""
    here.ingest(asked)
    questions = list(islice(cycle(asked.questions), options.questions))
    with service(here.environment) as started:
        target = here.target(started)
        asyncio.run(first_tokens(target, questions[:WARM_UP]))
        idle = asyncio.run(first_tokens(target, questions))
        queue_jobs(started, target, asked.questions)
        with worker(here.environment):
            _wait_for_work(started, target)
            before = _ended(started, target)
            beside = asyncio.run(first_tokens(target, questions))
            after = _ended(started, target)
            waiting = jobs_by_status(started, target, "queued")
    idle_p95, beside_p95 = (milliseconds(percentile(times, 0.95)) for times in (idle, beside))
    times_idle = round(beside_p95 / idle_p95, 2)
    return write_report(
        "jobs_beside_chat",
        {
            "material": asked.name,
            "questions": len(questions),
            "idle_p50_ms": milliseconds(percentile(idle, 0.5)),
            "idle_p95_ms": idle_p95,
            "beside_p50_ms": milliseconds(percentile(beside, 0.5)),
            "beside_p95_ms": beside_p95,
            "times_idle": times_idle,
            "jobs_done_meanwhile": after - before,
            "jobs_waiting_afterwards": waiting,
        },
        {f"first token p95 at most {TIMES_IDLE_LIMIT:g} times idle": times_idle <= 2},
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100)
    options = parser.parse_args(arguments)
    with material() as asked, upstream() as upstream_url, installation(upstream_url) as here:
        is_kept = compare(here, asked, options)
    return 0 if is_kept else 1


def _ended(started: Started, target: Target) -> int:
    return sum(jobs_by_status(started, target, each) for each in ("succeeded", "failed"))


def _wait_for_work(started: Started, target: Target) -> None:
    """Until the worker has taken the first job.

    Raises:
        TimeoutError: When it does not.
    """
    for _ in range(BEGUN_TIMEOUT_SECONDS):
        if _ended(started, target) or jobs_by_status(started, target, "running"):
            return
        sleep(1)
    raise TimeoutError("the worker takes no job")


def _request(started: Started, target: Target, path: str) -> Request:
    headers = dict(target.headers) | {"content-type": "application/json"}
    headers["accept"] = "application/json"
    return Request(f"http://127.0.0.1:{started.port}/api/v1{path}", headers=headers)


if __name__ == "__main__":
    sys.exit(main())
