"""Clients that read too slowly, say nothing, or send too much: bounded, nobody else harmed."""

import asyncio
import json
import resource
import socket as sockets
from collections.abc import Iterator

import httpx2
import pytest

from ai.chat.scripted import ScriptedChatModel
from tests.api.chat.conftest import Tutor, Tutoring

pytestmark = pytest.mark.server

WORDS = [f"word{n:04d} " for n in range(3_000)]
CONNECTIONS = 1_000


@pytest.fixture
def connections() -> Iterator[int]:
    """A thousand, or as many as this machine allows a process that holds both ends of each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    yield allowed // 4
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def asked_by_hand(tutor: Tutor, message: str, connection: sockets.socket) -> None:
    """Sends a question over a connection, and reads nothing."""
    body = json.dumps({"message": message}).encode()
    lines = [
        f"POST /api/v1/courses/{tutor.course.slug}/chat HTTP/1.1",
        "host: localhost",
        "content-type: application/json",
        f"authorization: {tutor.http.headers['authorization']}",
        f"content-length: {len(body)}",
        "connection: close",
    ]
    head = "\r\n".join([*lines, "", ""]).encode()
    await asyncio.get_running_loop().sock_sendall(connection, head + body)


def connection_to(http: httpx2.AsyncClient) -> sockets.socket:
    """A connection whose client takes in little at a time."""
    made = sockets.socket()
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    made.connect((http.base_url.host, http.base_url.port))
    made.setblocking(False)
    return made


async def test_an_answer_ends_whole_whether_its_reader_takes_one_byte_or_none(
    tutoring: Tutoring,
) -> None:
    loop = asyncio.get_running_loop()
    model = ScriptedChatModel([WORDS, WORDS])
    async with tutoring(model) as tutor:
        slow = connection_to(tutor.http)
        await asked_by_hand(tutor, "What is work done by a force?", slow)
        first = await loop.sock_recv(slow, 1)

        other = await tutor.ask("What is the power of an engine?")
        listed = (await tutor.http.get("/conversations")).json()["items"]
        told = [(await tutor.http.get(f"/conversations/{c['id']}")).json() for c in listed]
        contents = {c["messages"][-1]["content"].strip() for c in told}

        read = first
        while received := await loop.sock_recv(slow, 1 << 16):
            read += received
        slow.close()

    assert other.text.split() == "".join(WORDS).split()
    assert contents == {"".join(WORDS).strip()}
    assert b"word2999" in read
    assert read.count(b"event: done") == 1


async def test_a_thousand_silent_connections_keep_nobody_from_asking(
    tutoring: Tutoring, connections: int
) -> None:
    async with tutoring(ScriptedChatModel([["Work is force times displacement."]])) as tutor:
        silent = [connection_to(tutor.http) for _ in range(connections)]

        answer = await tutor.ask("What is work done by a force?")
        for connection in silent:
            connection.close()
        after = await tutor.http.get("/courses")

    assert answer.text == "Work is force times displacement."
    assert after.status_code == 200


async def test_a_body_of_a_megabyte_is_refused_and_the_next_request_works(
    tutoring: Tutoring,
) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        refused = await tutor.post("x" * 1_000_000)
        answer = await tutor.ask("What is work done by a force?")

    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    assert answer.text == "Work."
