"""Redis flushed, PostgreSQL restarted: work goes on, and whoever asked gets what was accepted."""

import asyncio
import signal
from time import monotonic

import httpx2
import pytest
from redis import Redis

from tests.faults.conftest import Counted
from tests.faults.stack import Stack
from tests.faults.tally import Answers, Tally, told_through
from tests.faults.test_kills import ready_documents, upload

pytestmark = [
    pytest.mark.server,
    pytest.mark.worker,
    pytest.mark.alone,
    pytest.mark.timeout(900),
]

BACK_WITHIN_SECONDS = 5.0
"""Promised for a quiet machine of two cores; twice as much fails on any."""


async def flush(stack: Stack) -> None:
    for name in ("redis", "redis_cache"):
        with Redis.from_url(stack.url(name)) as redis:  # type: ignore[arg-type]
            await asyncio.to_thread(redis.flushall)


@pytest.mark.long
async def test_a_flush_of_redis_signs_nobody_out_and_loses_neither_answers_nor_jobs(
    stack: Stack, counted: Counted
) -> None:
    job_id = await asyncio.to_thread(upload, stack, 60, "flushed")
    tally = await told_through(
        stack, "both Redis flushed", [lambda: flush(stack)], streams=50, note="nobody is signed out"
    )
    job = await asyncio.to_thread(stack.await_job, job_id)

    counted(tally)
    assert job["status"] == "succeeded"
    assert await ready_documents(stack, "flushed") == 60


@pytest.mark.long
async def test_while_postgresql_restarts_requests_get_503_and_then_all_is_well(
    stack: Stack, counted: Counted
) -> None:
    postmaster = stack.server("postgres")
    statuses: list[httpx2.Response] = []
    async with stack.client(connections=200) as http:
        answers = Answers.asked(http, 50)
        await answers.have_begun()
        postmaster.send_signal(signal.SIGINT)  # a fast shutdown; the keeper starts it again
        struck = monotonic()
        while len(statuses) < 5 or statuses[-1].status_code != 200 or not has_refused(statuses):
            statuses.append(await http.get("/courses"))
            await asyncio.sleep(0.05)
            assert monotonic() - struck < 60, statuses[-1].text
        recovery_seconds = monotonic() - struck
        await answers.ended()
        tally = Tally(
            "PostgreSQL restarted",
            "50 answers, one list after the other",
            accepted=50,
            completed=await answers.completed(),
            refused=sum(each.status_code == 503 for each in statuses) + answers.refused,
            doubled=await answers.doubled(),
            recovery_seconds=recovery_seconds,
            note="one second of it is the pause before a dead server is started again",
        )

    counted(tally)
    assert {each.status_code for each in statuses} == {200, 503}
    assert all("Retry-After" in each.headers for each in statuses if each.status_code == 503)
    assert recovery_seconds < 2 * BACK_WITHIN_SECONDS


def has_refused(statuses: list[httpx2.Response]) -> bool:
    return any(each.status_code == 503 for each in statuses)
