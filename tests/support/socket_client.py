"""A client of the WebSocket protocol, as a program would write one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from tests.support.event_source import ReceivedEvent

PATH = "/api/v1/ws"


@dataclass
class SocketClient:
    """One WebSocket; frames are kept by the id they carry until they are asked for."""

    connection: ClientConnection
    waiting: dict[str | None, list[dict[str, Any]]] = field(default_factory=dict)

    async def send(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def next(self, frame_id: str | None) -> dict[str, Any]:
        """The next frame under that id."""
        while not self.waiting.get(frame_id):
            frame = json.loads(await self.connection.recv())
            self.waiting.setdefault(frame["id"], []).append(frame)
        return self.waiting[frame_id].pop(0)

    async def answered(self, **frame: Any) -> dict[str, Any]:
        """Sends a frame; what comes back under its id."""
        await self.send(**frame)
        return await self.next(frame.get("id"))

    async def until_end(self, frame_id: str) -> list[dict[str, Any]]:
        """Every frame under that id, but the `end` that says there are no more."""
        frames = []
        while (frame := await self.next(frame_id))["event"] != "end":
            frames.append(frame)
        return frames

    async def told(self, frame_id: str) -> list[ReceivedEvent]:
        """The same as events, as they come over SSE."""
        return [event_of(frame) for frame in await self.until_end(frame_id)]


def event_of(frame: dict[str, Any]) -> ReceivedEvent:
    return ReceivedEvent(frame["event_id"], frame["event"], frame["data"])


async def ticket_for(http: httpx2.AsyncClient) -> str:
    response = await http.post("/auth/ws-ticket")
    assert response.status_code == 200, response.text
    ticket: str = response.json()["ticket"]
    return ticket


def address(http: httpx2.AsyncClient, ticket: str | None, path: str = PATH) -> str:
    url = http.base_url
    query = "" if ticket is None else f"?ticket={ticket}"
    return f"ws://{url.host}:{url.port}{path}{query}"


@asynccontextmanager
async def socket_of(http: httpx2.AsyncClient, **options: Any) -> AsyncIterator[SocketClient]:
    """A WebSocket of who is signed in at `http`."""
    ticket = await ticket_for(http)
    async with (
        asyncio.timeout(60),
        connect(address(http, ticket), compression=None, **options) as connection,
    ):
        yield SocketClient(connection)
