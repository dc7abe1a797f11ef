"""The clock of the whole machine jumps: nobody is signed out, and everything goes on."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from redis import Redis

from jobs.queue import SWEEP_JOBS
from tests.faults.conftest import SETTINGS, Counted
from tests.faults.stack import Stack, running_stack
from tests.faults.tally import told_through
from tests.faults.test_kills import ready_documents, upload
from tests.faults.upstream import Upstream

pytestmark = [pytest.mark.long, pytest.mark.alone, pytest.mark.timeout(900)]

SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """The time that all processes of an installation are told."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "offset"
        self._library = folder / "clock.so"
        self.set_off(0)
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler on this machine; on Debian: apt-get install gcc libc6-dev")
        build = [compiler, "-shared", "-fPIC", "-O2", "-o", str(self._library), str(SOURCE), "-ldl"]
        subprocess.run(build, check=True)

    def set_off(self, seconds: int) -> None:
        """From now on the clock is off by so much."""
        with self._offset.open("r+b" if self._offset.exists() else "wb") as file:
            file.write(seconds.to_bytes(8, sys.byteorder, signed=True))

    def environment(self) -> dict[str, str]:
        """What makes a process, and those it starts, read this clock."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFFSET_FILE": str(self._offset)}


@pytest.fixture
def clock() -> Iterator[Clock]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the account of PostgreSQL reads it too
        yield Clock(Path(folder))


@pytest.fixture
def jumping_stack(tmp_path: Path, upstream: Upstream, clock: Clock) -> Iterator[Stack]:
    environment = SETTINGS | clock.environment()
    with running_stack(tmp_path / "home", upstream.base_url, environment) as stack:
        yield stack


def await_sweep(stack: Stack) -> None:
    """Waits until beat has asked for the sweep that it asks for every ten seconds."""
    deadline = monotonic() + 60
    with Redis.from_url(stack.url("redis")) as redis, redis.monitor() as monitor:
        for command in monitor.listen():
            if SWEEP_JOBS in command["command"]:
                return
            assert monotonic() < deadline, "beat asks for nothing"


async def test_the_clock_may_jump_either_way_while_answers_stream_and_documents_come_in(
    jumping_stack: Stack, clock: Clock, counted: Counted
) -> None:
    stack = jumping_stack
    jumps = (("the clock jumps two hours ahead", 2), ("the clock jumps three hours back", -1))
    for number, (fault, hours) in enumerate(jumps):

        async def jump(hours: int = hours) -> None:
            clock.set_off(hours * 3600)

        prefix = f"jump-{number}"
        job_id = await asyncio.to_thread(upload, stack, 60, prefix)
        counted(await told_through(stack, fault, [jump], streams=20))
        job = await asyncio.to_thread(stack.await_job, job_id)
        assert job["status"] == "succeeded"
        assert await ready_documents(stack, prefix) == 60
        await asyncio.to_thread(await_sweep, stack)
        later = await asyncio.to_thread(upload, stack, 5, f"{prefix}-later")
        assert (await asyncio.to_thread(stack.await_job, later))["status"] == "succeeded"
