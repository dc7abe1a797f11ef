"""A full disk: what cannot be written is refused, and once there is room all goes on."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.faults.conftest import SETTINGS, Counted
from tests.faults.stack import COURSE, Stack, running_stack
from tests.faults.tally import Answers, Tally, reader, seconds_to_answer
from tests.faults.upstream import Upstream

pytestmark = [pytest.mark.long, pytest.mark.alone, pytest.mark.timeout(900)]

DISK_MIB = 420
FULL_SECONDS = 20.0
BLOCK = bytes(1 << 20)
TWO_MEGABYTES = 230_000
"""So many sentences of an upload."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system in memory; needs the right to mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=755", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this account may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Takes all the room there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (len(BLOCK), 4096, 1):
            try:
                while file.write(BLOCK[:size]) == size:
                    pass
            except OSError:
                continue
    return ballast


async def uploaded(http: httpx2.AsyncClient, sentences: int) -> httpx2.Response:
    """What an upload is answered."""
    text = json.dumps({"doc_id": uuid4().hex, "title": "Full", "text": "No room. " * sentences})
    files = {"files": ("full.jsonl", text.encode())}
    return await http.post(f"/courses/{COURSE}/documents", files=files)


async def test_on_a_full_disk_nothing_accepted_is_lost_and_room_mends_it(
    disk: Path, upstream: Upstream, counted: Counted
) -> None:
    with running_stack(disk / "home", upstream.base_url, SETTINGS) as stack:
        counted(await filled_and_freed(stack, disk))


async def filled_and_freed(stack: Stack, disk: Path) -> Tally:
    async with stack.client() as http:
        answers = Answers.asked(http, 20)
        await answers.have_begun()
        ballast = await asyncio.to_thread(fill, disk)
        refused = [await uploaded(http, TWO_MEGABYTES) for _ in range(3)]
        late = [reader(http, f"What is heat, {uuid4().hex}?") for _ in range(200)]
        listening = [asyncio.create_task(each.listen_once()) for each in late]
        await asyncio.wait(listening, timeout=FULL_SECONDS)  # what is told waits to be saved
        page = await http.get("/courses")

        os.truncate(ballast, 0)
        recovery_seconds = await seconds_to_answer(http)
        await answers.ended()
        await asyncio.gather(*listening)
        begun = [each for each in late if each.seen]
        await asyncio.gather(*(each.listen() for each in begun))
        accepted = Answers(http, [*answers.readers, *begun], [])
        mended = await uploaded(http, 20)
        job = await asyncio.to_thread(stack.await_job, mended.json()["job"]["id"])

        assert {each.status_code for each in refused} == {503}, refused[0].text
        assert {each.json()["code"] for each in refused} <= {"disk_full", "storage_unavailable"}
        assert page.status_code in {200, 503}
        assert job["status"] == "succeeded"
        return Tally(
            "disk full: files, PostgreSQL and Redis",
            "20 answers under way, 200 questions and 3 uploads meanwhile",
            accepted=len(accepted.readers),
            completed=await accepted.completed(),
            refused=sum(len(each.refusals) for each in late) + len(refused),
            doubled=await accepted.doubled(),
            recovery_seconds=recovery_seconds,
            note="counted from the moment there was room again",
        )
