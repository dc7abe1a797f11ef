"""kill -9 of each process in turn, under load: `up` starts it again, and nothing is lost."""

import asyncio
import json
from collections.abc import Callable
from time import monotonic
from typing import Any

import httpx2
import psutil
import pytest

from bootstrap.embedded.state import read_state
from tests.faults.conftest import Counted
from tests.faults.stack import COURSE, Stack
from tests.faults.tally import Answers, Strike, Tally, seconds_to_answer, told_through
from tests.support.processes import is_alive

pytestmark = [
    pytest.mark.server,
    pytest.mark.worker,
    pytest.mark.alone,
    pytest.mark.timeout(900),
]

CHILDREN = ("api", "worker", "beat")
SERVERS = ("postgres", "redis", "redis-cache")
RECOVERY_SECONDS = {"postgres": 5.0}
"""Promised for a quiet machine of two cores; twice as much fails on any."""


def kill(stack: Stack, name: str) -> Strike:
    """kill -9 of that process."""

    async def strike() -> None:
        process = stack.child(name) if name in CHILDREN else stack.server(name)  # type: ignore[arg-type]
        process.kill()
        await until(lambda: not is_alive(process.pid))

    return strike


async def until(condition: Callable[[], bool], timeout_seconds: float = 120.0) -> None:
    async with asyncio.timeout(timeout_seconds):
        while not condition():  # noqa: ASYNC110 - other processes bring it about
            await asyncio.sleep(0.02)


def notes(count: int, prefix: str) -> bytes:
    """So many documents as JSON Lines."""
    return "\n".join(
        json.dumps({"doc_id": f"{prefix}-{n:03}", "title": f"Note {n}", "text": f"Work {n}. " * 30})
        for n in range(count)
    ).encode()


def upload(stack: Stack, count: int, prefix: str) -> str:
    """Sends documents; gives the job that brings them in."""
    files = {"files": (f"{prefix}.jsonl", notes(count, prefix))}
    answer = stack.post(f"/courses/{COURSE}/documents", files=files, headers=stack.headers)
    return str(answer["job"]["id"])


async def ready_documents(stack: Stack, prefix: str) -> int:
    """Documents of that upload that can be asked about."""
    async with stack.client() as http:
        found = 0
        for page in range(1, 50):
            query = {"page": page, "size": 100}
            response = await http.get(f"/courses/{COURSE}/documents", params=query)
            listed: dict[str, Any] = response.raise_for_status().json()
            items = listed["items"]
            found += sum(f"{prefix}-" in str(item) and item["status"] == "ready" for item in items)
            if page >= listed["pages"]:
                break
        return found


async def test_in_a_storm_of_kills_nothing_that_was_accepted_is_lost_or_doubled(
    stack: Stack, counted: Counted
) -> None:
    began = monotonic()
    job_id = await asyncio.to_thread(upload, stack, 40, "storm")
    async with stack.client() as http:
        answers = Answers.asked(http, 8)
        await answers.have_begun()
        for name in ("beat", "redis", "redis-cache", "postgres", "api"):
            await kill(stack, name)()
            await asyncio.sleep(0.3)
        recovery_seconds = await seconds_to_answer(http)
        await answers.ended()
        job = await asyncio.to_thread(stack.await_job, job_id)
        tally = Tally(
            "API, beat, PostgreSQL and both Redis killed within two seconds",
            "8 answers, an upload",
            accepted=len(answers.readers),
            completed=await answers.completed(),
            refused=answers.refused,
            doubled=await answers.doubled(),
            recovery_seconds=recovery_seconds,
        )
    counted(tally)
    assert job["status"] == "succeeded"
    assert await ready_documents(stack, "storm") == 40
    assert monotonic() - began < 120


@pytest.mark.long
@pytest.mark.parametrize("name", [*CHILDREN, *SERVERS])
async def test_fifty_answers_outlive_the_death_of_any_one_process(
    stack: Stack, counted: Counted, name: str
) -> None:
    tally = await told_through(stack, f"kill -9: {name}", [kill(stack, name)], streams=50)

    counted(tally)
    assert tally.recovery_seconds < 2 * RECOVERY_SECONDS.get(name, 30.0)


@pytest.mark.long
async def test_answers_go_on_when_the_api_is_asked_to_end(stack: Stack, counted: Counted) -> None:
    async def strike() -> None:
        process = stack.child("api")
        process.terminate()
        await until(lambda: not is_alive(process.pid))

    note = "in order: what was under way had its ten seconds, or was handed over"
    counted(await told_through(stack, "SIGTERM: api", [strike], streams=50, note=note))


@pytest.mark.long
@pytest.mark.parametrize("kills_all", [False, True])
async def test_two_hundred_documents_come_in_though_their_worker_dies(
    stack: Stack, counted: Counted, kills_all: bool
) -> None:
    prefix = f"killed-{kills_all}"
    job_id = await asyncio.to_thread(upload, stack, 200, prefix)
    await until(lambda: progress(stack, job_id) > 0)
    at = progress(stack, job_id)
    struck = monotonic()
    worker = stack.child("worker")
    victims = [worker, *worker.children(recursive=True)] if kills_all else worker.children()
    for victim in victims:
        victim.kill()
    await until(lambda: progress(stack, job_id) > at or is_over(stack, job_id))
    recovery_seconds = monotonic() - struck
    job = await asyncio.to_thread(stack.await_job, job_id)

    counted(
        Tally(
            "kill -9: " + ("worker and its processes" if kills_all else "the worker's process"),
            "200 documents",
            accepted=200,
            completed=await ready_documents(stack, prefix),
            refused=0,
            doubled=0,
            recovery_seconds=recovery_seconds,
        )
    )
    assert job["status"] == "succeeded"
    assert recovery_seconds < 60


def job_now(stack: Stack, job_id: str) -> dict[str, Any]:
    url = f"{stack.address}/api/v1/jobs/{job_id}"
    job: dict[str, Any] = httpx2.get(url, headers=stack.headers, timeout=30).json()
    return job


def progress(stack: Stack, job_id: str) -> float:
    return float(job_now(stack, job_id)["progress"])


def is_over(stack: Stack, job_id: str) -> bool:
    return job_now(stack, job_id)["status"] not in {"queued", "running"}


@pytest.mark.long
async def test_up_brings_all_back_when_the_keeper_of_its_servers_dies(
    stack: Stack, counted: Counted
) -> None:
    state = read_state(stack.home / "run")
    assert state is not None
    keeper = psutil.Process(state.keeper.pid)

    async def strike() -> None:
        keeper.kill()

    note = "the keeper of PostgreSQL and Redis; they end with it and are started again"
    counted(await told_through(stack, "kill -9: keeper", [strike], streams=20, note=note))
