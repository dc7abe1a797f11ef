"""What became of the questions and documents that were accepted before and during a fault."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx2

from tests.faults.stack import COURSE, Stack
from tests.support.persistent_reader import PersistentReader

PATIENCE_SECONDS = 180.0
Strike = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Tally:
    """One fault under one load.

    Attributes:
        accepted: Answers that began, or documents that were taken.
        completed: Those that ended as they should, told to the last character.
        refused: Times that someone was told to come again, with 503.
        doubled: Questions that were taken twice.
        recovery_seconds: From the fault until something asked anew was answered again.
    """

    fault: str
    load: str
    accepted: int
    completed: int
    refused: int
    doubled: int
    recovery_seconds: float
    note: str = ""

    @property
    def lost(self) -> int:
        return self.accepted - self.completed


@dataclass(slots=True)
class Answers:
    """Learners who ask and come back until they have it all."""

    http: httpx2.AsyncClient
    readers: list[PersistentReader]
    listening: list["asyncio.Task[Any]"]

    @classmethod
    def asked(cls, http: httpx2.AsyncClient, count: int) -> "Answers":
        """So many questions at once."""
        readers = [reader(http, f"What is work, {uuid4().hex}?") for _ in range(count)]
        return cls(http, readers, [asyncio.create_task(each.listen()) for each in readers])

    async def have_begun(self) -> None:
        """Waits until each has its first words."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(reader.has_begun.wait() for reader in self.readers))

    async def ended(self) -> None:
        """Waits until all have ended."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*self.listening)

    async def completed(self) -> int:
        """How many were told to the last character, as their row has them."""
        stored = [await self._stored(each) for each in self.readers]
        return sum(
            message["status"] == "complete" and message["content"] == each.text != ""
            for message, each in zip(stored, self.readers, strict=True)
        )

    @property
    def refused(self) -> int:
        return sum(len(each.refusals) for each in self.readers)

    async def doubled(self) -> int:
        """Conversations beyond one for each question: questions that were taken twice."""
        titles = await self._titles()
        asked = [each._question for each in self.readers]
        return sum(max(titles.count(question) - 1, 0) for question in asked)

    async def _stored(self, each: PersistentReader) -> dict[str, Any]:
        response = await self.http.get(f"/messages/{each.message_id}")
        message: dict[str, Any] = response.raise_for_status().json()
        return message

    async def _titles(self) -> list[str]:
        found: list[str] = []
        for page in range(1, 100):
            parameters = {"page": page, "size": 100}
            response = await self.http.get("/conversations", params=parameters)
            listed = response.raise_for_status().json()
            found += [conversation["title"] for conversation in listed["items"]]
            if page >= listed["pages"]:
                break
        return found


def reader(http: httpx2.AsyncClient, question: str) -> PersistentReader:
    return PersistentReader(http, COURSE, question, key=uuid4().hex)


async def seconds_to_answer(http: httpx2.AsyncClient) -> float:
    """Until something asked now has its first words."""
    began, probe = monotonic(), reader(http, f"What is a joule, {uuid4().hex}?")
    listening = asyncio.create_task(probe.listen())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await probe.has_begun.wait()
    took = monotonic() - began
    await listening
    return took


async def told_through(
    stack: Stack, fault: str, strikes: Sequence[Strike], *, streams: int, note: str = ""
) -> Tally:
    """Strikes once every answer has begun, and counts what became of them."""
    async with stack.client(connections=streams * 2 + 10) as http:
        answers = Answers.asked(http, streams)
        await answers.have_begun()
        for strike in strikes:
            await strike()
        recovery_seconds = await seconds_to_answer(http)
        await answers.ended()
        return Tally(
            fault,
            f"{streams} answers",
            accepted=streams,
            completed=await answers.completed(),
            refused=answers.refused,
            doubled=await answers.doubled(),
            recovery_seconds=recovery_seconds,
            note=note,
        )
