"""An API process is killed while answers stream, and started again: nothing is lost or doubled."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import select, text

from bootstrap.adapters import Adapters
from models import Message
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Answered, TaughtCourse
from tests.support.encoder import exported_encoder
from tests.support.event_source import ReceivedEvent, received_events
from tests.support.openai_server import Behaviour, OpenAIServer, ReceivedRequest
from tests.support.persistent_reader import PersistentReader
from tests.support.programs import Program, Programs
from tests.support.service import SECRET_KEY, Person
from tests.support.severable import SeverableWay, severable_way

pytestmark = [pytest.mark.server, pytest.mark.alone, pytest.mark.timeout(600)]

WORDS = ["Listen:", *(f" word{n}" for n in range(40))]
START_SECONDS = 240.0
BEGUN_SECONDS = 180.0
"""Else a reader that was refused for good would be waited for until the test is ended."""


def slow_answer(request: ReceivedRequest) -> Behaviour:
    """The words one by one; who was given some of them goes on where they end."""
    turns = [turn for turn in request.body["messages"] if turn["role"] == "assistant"]
    said = turns[-1]["content"].split() if turns else []
    return Behaviour(answer=WORDS[len(said) :] or [" The end."], tokens_per_second=10)


def slower_first_answer(request: ReceivedRequest) -> Behaviour:
    """As `slow_answer`; but a first one does not end before the last of many has begun."""
    behaviour = slow_answer(request)
    is_first = len(behaviour.answer) == len(WORDS)
    return replace(behaviour, tokens_per_second=0.5) if is_first else behaviour


class ApiProcess:
    """`neuroshiksha serve` in a process of its own."""

    def __init__(self, programs: Programs, environment: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._programs = programs
        self._environment = {**os.environ, **environment}
        self._process: Program | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._process = self._launch()
        async with asyncio.timeout(START_SECONDS), httpx2.AsyncClient() as http:
            while not await self._is_live(http):
                assert self._process.poll() is None, "the API process ended at its start"
                await asyncio.sleep(0.1)

    def _launch(self) -> Program:
        options = ("serve", "--port", self.port)
        return self._programs.start("cli.main", *options, environment=self._environment)

    async def _is_live(self, http: httpx2.AsyncClient) -> bool:
        try:
            return (await http.get(f"{self.base_url}/health/live")).status_code == 200
        except httpx2.TransportError:
            return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(slow_answer) as server:
        yield server


@pytest.fixture
async def way(redis_url: str) -> AsyncIterator[SeverableWay]:
    parts = urlsplit(redis_url)
    async with severable_way(parts.hostname or "127.0.0.1", parts.port or 6379) as opened:
        yield opened


@pytest.fixture
async def api(
    programs: Programs,
    upstream: OpenAIServer,
    database_url: str,
    redis_url: str,
    redis_cache_url: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[ApiProcess]:
    """Reaches Redis by the `way` of a test that asks for one."""
    if "way" in request.fixturenames:
        way: SeverableWay = request.getfixturevalue("way")
        redis_url = way.leading_to(redis_url)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "all-MiniLM-L6-v2").symlink_to(exported_encoder().folder)
    process = ApiProcess(
        programs,
        {
            "NEUROSHIKSHA_ENV": "embedded",
            "NEUROSHIKSHA_HOME": str(tmp_path),
            "NEUROSHIKSHA_SECRET_KEY": SECRET_KEY,
            "NEUROSHIKSHA_ANSWER_CACHE": "false",
            "NEUROSHIKSHA_CONVERSATION_TITLES": "false",
            "NEUROSHIKSHA_ANSWER_LEASE_SECONDS": "3",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "REDIS_CACHE_URL": redis_cache_url,
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": upstream.base_url,
        },
    )
    try:
        await process.start()
        yield process
    finally:
        process.kill()


async def tell_through_a_kill(
    upstream: OpenAIServer, api: ApiProcess, course: TaughtCourse, learner: Person, *, streams: int
) -> None:
    """Kills the process once every stream has begun, and checks each answer to the character."""
    upstream.behaviours = slower_first_answer
    limits = httpx2.Limits(max_connections=streams * 2)
    async with httpx2.AsyncClient(
        base_url=f"{api.base_url}/api/v1", headers=learner.headers, timeout=60, limits=limits
    ) as http:
        readers = [
            PersistentReader(http, course.slug, f"What is work, {n}?", key=uuid4().hex)
            for n in range(streams)
        ]
        listening = [asyncio.create_task(reader.listen()) for reader in readers]
        async with asyncio.timeout(BEGUN_SECONDS):
            await asyncio.gather(*(reader.has_begun.wait() for reader in readers))
        begun = [len(reader.seen) for reader in readers]
        api.kill()
        await api.start()
        answers = [Answered(events) for events in await asyncio.gather(*listening)]
        stored = [(await http.get(f"/messages/{r.message_id}")).json() for r in readers]
        again = [await replayed(http, reader.message_id) for reader in readers]

    for answer, message, events, count in zip(answers, stored, again, begun, strict=True):
        numbers = [int(event.id.rpartition("-")[2]) for event in answer.events]
        assert numbers == sorted(set(numbers))
        assert answer.names[-1] == "done"
        assert "takeover" in [e.data["code"] for e in answer.events if e.name == "notice"]
        assert answer.text == message["content"] == "".join(WORDS)
        assert len(answer.events) > count
        assert events == answer.events


async def replayed(http: httpx2.AsyncClient, message_id: str) -> list[ReceivedEvent]:
    async with http.stream("GET", f"/messages/{message_id}/events") as response:
        return [event async for event in received_events(response)]


async def test_every_reader_who_comes_back_gets_the_rest_and_nothing_twice(
    upstream: OpenAIServer, api: ApiProcess, course: TaughtCourse, learner: Person
) -> None:
    await tell_through_a_kill(upstream, api, course, learner, streams=10)


@pytest.mark.long
@pytest.mark.parametrize("_round", range(3))
async def test_fifty_readers_get_the_rest_time_after_time(
    upstream: OpenAIServer, api: ApiProcess, course: TaughtCourse, learner: Person, _round: int
) -> None:
    await tell_through_a_kill(upstream, api, course, learner, streams=50)


async def test_readers_who_saw_what_was_never_logged_get_the_answer_of_the_successor(
    way: SeverableWay, api: ApiProcess, course: TaughtCourse, learner: Person
) -> None:
    async with httpx2.AsyncClient(
        base_url=f"{api.base_url}/api/v1", headers=learner.headers, timeout=60
    ) as http:
        readers = [PersistentReader(http, course.slug, f"What is heat, {n}?") for n in range(4)]
        listening = [asyncio.create_task(reader.listen()) for reader in readers]
        await asyncio.gather(*(reader.has_begun.wait() for reader in readers))
        way.cut()
        logged = [len(reader.seen) for reader in readers]
        async with asyncio.timeout(20):
            for reader, count in zip(readers, logged, strict=True):
                await reader.has_seen(count + 8)
        api.kill()
        way.mend()
        await api.start()
        answers = [Answered(events) for events in await asyncio.gather(*listening)]
        stored = [(await http.get(f"/messages/{r.message_id}")).json() for r in readers]
        again = [await replayed(http, reader.message_id) for reader in readers]

    for answer, message, events in zip(answers, stored, again, strict=True):
        begun = [n for n, event in enumerate(answer.events) if event.name == "start"]
        last_telling = Answered(answer.events[begun[-1] :])
        assert len(begun) == 2
        assert last_telling.events == events
        assert last_telling.text == message["content"] == "".join(WORDS)
        told = {event.id: event for event in events}
        assert all(told.setdefault(event.id, event) == event for event in answer.events)


async def test_answers_whose_readers_never_return_are_finished_too(
    api: ApiProcess, course: TaughtCourse, learner: Person, chat_adapters: Adapters
) -> None:
    async with httpx2.AsyncClient(
        base_url=f"{api.base_url}/api/v1", headers=learner.headers, timeout=60
    ) as http:
        readers = [PersistentReader(http, course.slug, f"What is power, {n}?") for n in range(3)]
        listening = [asyncio.create_task(reader.listen_once()) for reader in readers]
        await asyncio.gather(*(reader.has_begun.wait() for reader in readers))
        api.kill()
        await asyncio.gather(*listening)
    await api.start()
    ids = [reader.message_id for reader in readers]
    rows = await finished_rows(chat_adapters, ids)
    attempts = await attempts_at(chat_adapters, ids, expected=6)

    assert [row.status for row in rows] == ["complete"] * 3
    assert sorted(outcome for outcome, _ in attempts) == ["lost"] * 3 + ["ok"] * 3
    assert all(completion_tokens > 0 for _, completion_tokens in attempts)
    assert [row.content for row in rows] == ["".join(WORDS)] * 3
    assert all(row.epoch == 2 for row in rows)


async def finished_rows(adapters: Adapters, ids: list[str]) -> list[Any]:
    """The rows of those answers, once none of them is being told."""
    statement = text("SELECT status, content, epoch FROM messages WHERE id = ANY(:ids)")
    async with asyncio.timeout(60):
        while True:
            async with adapters.database.transaction(MAINTENANCE) as session:
                rows = list((await session.execute(statement, {"ids": ids})).all())
            if all(row.status != "streaming" for row in rows):
                return rows
            await asyncio.sleep(0.2)


async def attempts_at(
    adapters: Adapters, ids: list[str], *, expected: int
) -> list[tuple[str, int]]:
    """Outcome and tokens written of each attempt at those answers, once so many are recorded."""
    statement = text(
        "SELECT outcome, completion_tokens FROM usage_records WHERE message_id = ANY(:ids)"
    )
    async with asyncio.timeout(60):
        while True:
            async with adapters.database.transaction(MAINTENANCE) as session:
                rows = (await session.execute(statement, {"ids": ids})).all()
            if len(rows) >= expected:
                return [(row.outcome, row.completion_tokens) for row in rows]
            await asyncio.sleep(0.2)


async def test_a_successor_knows_what_a_program_said_was_said_before(
    api: ApiProcess,
    upstream: OpenAIServer,
    course: TaughtCourse,
    learner: Person,
    chat_adapters: Adapters,
) -> None:
    earlier = {"role": "user", "content": "Let us call the force on the cart F."}
    asked = {"role": "user", "content": "What is work?"}
    body = {"model": course.slug, "messages": [earlier, asked], "stream": True}
    async with httpx2.AsyncClient(headers=learner.headers, timeout=60) as http:
        address = f"{api.base_url}/v1/chat/completions"
        async with http.stream("POST", address, json=body) as response:
            message_id = await first_words(response)
            api.kill()
    kept = await earlier_turns(chat_adapters, message_id)
    await api.start()
    (row,) = await finished_rows(chat_adapters, [message_id])

    assert (row.status, row.content, row.epoch) == ("complete", "".join(WORDS), 2)
    assert len(upstream.requests) == 2
    for request in upstream.requests:
        assert earlier in request.body["messages"]
    assert kept == [["user", earlier["content"]]]
    assert await earlier_turns(chat_adapters, message_id) is None


async def first_words(response: httpx2.Response) -> str:
    """Waits for the first words of a completion; the id of the message that they begin."""
    async for line in response.aiter_lines():
        if line.startswith("data: {"):
            chunk = json.loads(line.removeprefix("data: "))
            if any(choice["delta"].get("content") for choice in chunk["choices"]):
                return str(chunk["id"].removeprefix("chatcmpl-"))
    raise AssertionError("no words came")


async def earlier_turns(adapters: Adapters, message_id: str) -> list[list[str]] | None:
    async with adapters.database.transaction(MAINTENANCE) as session:
        return await session.scalar(select(Message.earlier_turns).where(Message.id == message_id))
