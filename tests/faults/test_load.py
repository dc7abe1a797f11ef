"""Ten times the load, and clients that read nothing: the others are served as before."""

import asyncio
import json
import socket
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic, sleep
from uuid import uuid4

import aiohttp
import pytest

from ai.routing.adaptive_bulkhead import FIRST_PLACES
from benchmarks.report import percentile
from tests.faults.conftest import Counted
from tests.faults.stack import COURSE, Stack
from tests.faults.tally import Answers, Tally, seconds_to_answer
from tests.faults.upstream import Upstream
from tests.support.persistent_reader import PersistentReader

pytestmark = [
    pytest.mark.server,
    pytest.mark.worker,
    pytest.mark.alone,
    pytest.mark.timeout(900),
]

REFUSED_WITHIN_SECONDS = 0.1
"""At the server, 95 of 100 refusals."""
BEGUN = b"HTTP/1.1 200"
MEMORY_MIB = 80.0
"""How much more the API may hold afterwards; one that keeps what it refuses holds far more."""


@dataclass
class Rush:
    """Clients who ask without end, and come back when they are told to.

    Attributes:
        accepted: The questions that were answered, with their keys.
        refusals_seconds: How long each refusal took at the server.
        statuses: Of all responses.
    """

    http: aiohttp.ClientSession
    ends: float
    accepted: list[tuple[str, str]] = field(default_factory=list)
    first_words_seconds: list[float] = field(default_factory=list)
    refusals_seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    async def ask(self) -> None:
        while monotonic() < self.ends:
            began, question, key = monotonic(), f"What is power, {uuid4().hex}?", uuid4().hex
            asked = self.http.post(
                f"/api/v1/courses/{COURSE}/chat",
                json={"message": question},
                headers={"Idempotency-Key": key},
            )
            async with asked as response:
                if await self._is_refused(response):
                    continue
                self.accepted.append((question, key))
                async for line in response.content:
                    if line.startswith(b"event: delta"):
                        self.first_words_seconds.append(monotonic() - began)
                        break
                await response.read()

    async def list_courses(self) -> None:
        while monotonic() < self.ends:
            async with self.http.get("/api/v1/courses") as response:
                await self._is_refused(response)
                await response.read()

    async def _is_refused(self, response: aiohttp.ClientResponse) -> bool:
        """Whether it was; then the time that the server asks for is over."""
        self.statuses[response.status] += 1
        if response.status != HTTPStatus.SERVICE_UNAVAILABLE:
            return False
        self.refusals_seconds.append(float(response.headers["X-Process-Time"]))
        await response.read()
        await asyncio.sleep(float(response.headers["Retry-After"]))
        return True


async def rushed(stack: Stack, *, clients: int, seconds: float) -> tuple[Rush, float]:
    """What a rush met, and how much more memory the API holds afterwards, in MiB."""
    before = stack.memory_mib()
    async with aiohttp.ClientSession(
        stack.address, headers=stack.headers, connector=aiohttp.TCPConnector(limit=2 * clients)
    ) as http:
        rush = Rush(http, monotonic() + seconds)
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(rush.ask())
                group.create_task(rush.list_courses())
    return rush, stack.memory_mib() - before


@pytest.mark.long
async def test_ten_times_the_load_is_refused_quickly_and_what_is_admitted_is_answered(
    stack: Stack, upstream: Upstream, counted: Counted
) -> None:
    upstream.tokens_per_second = 20.0
    await rushed(stack, clients=20, seconds=5)  # what grows once, at the first load, has grown

    rush, grown_mib = await rushed(stack, clients=1000, seconds=20)

    async with stack.client() as http:
        recovery_seconds = await seconds_to_answer(http)
        readers = [PersistentReader(http, COURSE, *accepted) for accepted in rush.accepted]
        for each in readers:
            await each.listen()
        answers = Answers(http, readers, [])
        refused_p95 = percentile(rush.refusals_seconds, 0.95)
        counted(
            Tally(
                "ten times the load",
                "1,000 clients who ask and 1,000 who list courses, at once",
                accepted=len(rush.accepted),
                completed=await answers.completed(),
                refused=len(rush.refusals_seconds),
                doubled=await answers.doubled(),
                recovery_seconds=recovery_seconds,
                note=f"refusals took {refused_p95 * 1000:.1f} ms at the server (p95), answers"
                f" {percentile(rush.first_words_seconds, 0.95):.1f} s to their first words;"
                f" {rush.statuses[200]} requests were done, and the API holds {grown_mib:.0f} MiB"
                " more afterwards",
            )
        )
    assert rush.accepted
    assert set(rush.statuses) <= {200, 503}
    assert refused_p95 < REFUSED_WITHIN_SECONDS
    assert grown_mib < MEMORY_MIB


SLOW_OF_EACH = FIRST_PLACES + 10
"""They would keep everyone out if they held places, connections of the database or the like."""


def deaf_client(stack: Stack) -> socket.socket:
    """Someone whose answer begins, and who then reads nothing of it."""
    while True:
        connection = asking_client(stack)
        if connection.recv(len(BEGUN)) == BEGUN:
            return connection
        connection.close()
        sleep(0.1)


def asking_client(stack: Stack) -> socket.socket:
    """Someone who asks, and has little room for what comes."""
    body = json.dumps({"message": "What is work?"}).encode()
    lines = [
        f"POST /api/v1/courses/{COURSE}/chat HTTP/1.1",
        "host: localhost",
        "content-type: application/json",
        f"authorization: Bearer {stack.token}",
        f"content-length: {len(body)}",
    ]
    connection = socket.create_connection(("127.0.0.1", stack.port))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return connection


def endless_sender(stack: Stack) -> socket.socket:
    """Someone who sends the head of a request, and never its end."""
    connection = socket.create_connection(("127.0.0.1", stack.port))
    connection.sendall(b"POST /api/v1/auth/token HTTP/1.1\r\nhost: localhost\r\nx-slow: ")
    return connection


def slow_clients(stack: Stack, of_each: int) -> list[socket.socket]:
    """So many of each, whose own questions wait for nothing any more."""
    return [make(stack) for make in (deaf_client, endless_sender) for _ in range(of_each)]


@pytest.mark.long
async def test_clients_that_neither_read_nor_finish_keep_nobody_out(
    stack: Stack, counted: Counted
) -> None:
    async with stack.client() as http:
        alone = await seconds_to_answer(http)
        slow = await asyncio.to_thread(slow_clients, stack, SLOW_OF_EACH)
        answers = Answers.asked(http, 20)
        beside = await seconds_to_answer(http)
        await answers.ended()
        for connection in slow:
            connection.close()
        counted(
            Tally(
                f"{SLOW_OF_EACH} clients that read nothing and as many that never finish sending",
                "20 answers",
                accepted=20,
                completed=await answers.completed(),
                refused=answers.refused,
                doubled=await answers.doubled(),
                recovery_seconds=beside,
                note=f"“recovered in” is the time to first words beside them; alone {alone:.2f} s",
            )
        )
