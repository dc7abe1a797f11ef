"""An API process is killed while answers stream, and started again: nothing is lost or doubled."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from bootstrap.adapters import Adapters
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Answered, TaughtCourse
from tests.support.encoder import exported_encoder
from tests.support.event_source import ReceivedEvent, received_events
from tests.support.openai_server import Behaviour, OpenAIServer, ReceivedRequest
from tests.support.service import SECRET_KEY, Person

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]

CHECKOUT = Path(__file__).parents[3]
WORDS = ["Listen:", *(f" word{n}" for n in range(40))]
START_SECONDS = 240.0


def slow_answer(request: ReceivedRequest) -> Behaviour:
    """The words one by one; who was given some of them goes on where they end."""
    turns = [turn for turn in request.body["messages"] if turn["role"] == "assistant"]
    said = turns[-1]["content"].split() if turns else []
    return Behaviour(answer=WORDS[len(said) :] or [" The end."], tokens_per_second=10)


class ApiProcess:
    """`neuroshiksha serve` in a process of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._process = self._launch()
        async with asyncio.timeout(START_SECONDS), httpx2.AsyncClient() as http:
            while not await self._is_live(http):
                assert self._process.poll() is None, "the API process ended at its start"
                await asyncio.sleep(0.1)

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "cli.main", "serve", "--port", str(self.port)]
        return subprocess.Popen(command, env=self._environment, cwd=CHECKOUT)

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
async def api(
    upstream: OpenAIServer, database_url: str, redis_url: str, redis_cache_url: str, tmp_path: Path
) -> AsyncIterator[ApiProcess]:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "all-MiniLM-L6-v2").symlink_to(exported_encoder().folder)
    process = ApiProcess(
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
        }
    )
    try:
        await process.start()
        yield process
    finally:
        process.kill()


class PersistentReader:
    """Asks, and comes back with `Last-Event-ID` as often as the stream breaks off."""

    def __init__(self, http: httpx2.AsyncClient, course: TaughtCourse, question: str) -> None:
        self._http = http
        self._course = course
        self._question = question
        self.seen: list[ReceivedEvent] = []
        self.has_begun = asyncio.Event()

    @property
    def message_id(self) -> str:
        return str(self.seen[0].data["message_id"])

    @property
    def is_done(self) -> bool:
        return bool(self.seen) and self.seen[-1].name in ("done", "error")

    async def listen_once(self) -> None:
        """Until the answer ends or the connection does."""
        try:
            async with self._stream() as response:
                async for event in received_events(response):
                    self.seen.append(event)
                    if event.name == "delta":
                        self.has_begun.set()
        except httpx2.TransportError:
            pass

    async def listen(self) -> Answered:
        while not self.is_done:
            await self.listen_once()
            await asyncio.sleep(0.1)
        return Answered(self.seen)

    @asynccontextmanager
    async def _stream(self) -> AsyncIterator[Any]:
        if self.seen:
            path, headers = (
                f"/messages/{self.message_id}/events",
                {"Last-Event-ID": self.seen[-1].id},
            )
            request = self._http.stream("GET", path, headers=headers)
        else:
            path, body = f"/courses/{self._course.slug}/chat", {"message": self._question}
            request = self._http.stream("POST", path, json=body)
        async with request as response:
            assert response.status_code == 200, await response.aread()
            yield response


async def tell_through_a_kill(
    api: ApiProcess, course: TaughtCourse, learner: Person, *, streams: int
) -> None:
    """Kills the process once every stream has begun, and checks each answer to the character."""
    limits = httpx2.Limits(max_connections=streams * 2)
    async with httpx2.AsyncClient(
        base_url=f"{api.base_url}/api/v1", headers=learner.headers, timeout=60, limits=limits
    ) as http:
        readers = [PersistentReader(http, course, f"What is work, {n}?") for n in range(streams)]
        listening = [asyncio.create_task(reader.listen()) for reader in readers]
        await asyncio.gather(*(reader.has_begun.wait() for reader in readers))
        begun = [len(reader.seen) for reader in readers]
        api.kill()
        await api.start()
        answers = await asyncio.gather(*listening)
        stored = [(await http.get(f"/messages/{r.message_id}")).json() for r in readers]
        again = [await replayed(http, reader.message_id) for reader in readers]

    for answer, message, events, count in zip(answers, stored, again, begun, strict=True):
        numbers = [int(event.id.rpartition("-")[2]) for event in answer.events]
        assert numbers == list(range(1, len(numbers) + 1))
        assert answer.names[-1] == "done"
        assert "takeover" in [e.data["code"] for e in answer.events if e.name == "notice"]
        assert answer.text == message["content"] == "".join(WORDS)
        assert len(answer.events) > count
        assert events == answer.events


async def replayed(http: httpx2.AsyncClient, message_id: str) -> list[ReceivedEvent]:
    async with http.stream("GET", f"/messages/{message_id}/events") as response:
        return [event async for event in received_events(response)]


async def test_every_reader_who_comes_back_gets_the_rest_and_nothing_twice(
    api: ApiProcess, course: TaughtCourse, learner: Person
) -> None:
    await tell_through_a_kill(api, course, learner, streams=10)


@pytest.mark.long
@pytest.mark.parametrize("_round", range(3))
async def test_fifty_readers_get_the_rest_time_after_time(
    api: ApiProcess, course: TaughtCourse, learner: Person, _round: int
) -> None:
    await tell_through_a_kill(api, course, learner, streams=50)


async def test_answers_whose_readers_never_return_are_finished_too(
    api: ApiProcess, course: TaughtCourse, learner: Person, chat_adapters: Adapters
) -> None:
    async with httpx2.AsyncClient(
        base_url=f"{api.base_url}/api/v1", headers=learner.headers, timeout=60
    ) as http:
        readers = [PersistentReader(http, course, f"What is power, {n}?") for n in range(3)]
        listening = [asyncio.create_task(reader.listen_once()) for reader in readers]
        await asyncio.gather(*(reader.has_begun.wait() for reader in readers))
        api.kill()
        await asyncio.gather(*listening)
    await api.start()
    ids = [reader.message_id for reader in readers]
    rows = await finished_rows(chat_adapters, ids)

    assert [row.status for row in rows] == ["complete"] * 3
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
