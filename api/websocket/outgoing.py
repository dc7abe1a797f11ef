"""Frames on their way to one client, in the order they were sent."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.errors import RETRY_AFTER_SECONDS, domain_problem_body, validation_problem_body
from api.websocket.frames import FrameError, server_frame
from services.sockets import OpenSocket


class Outgoing:
    """Sends frames one at a time.

    Who sends waits while the client is behind, so that nothing gathers here: the server's own
    buffer and the frame of each sender are all that is held for it.
    """

    def __init__(self, websocket: WebSocket, record: OpenSocket) -> None:
        self._websocket = websocket
        self._record = record
        self._turn = asyncio.Lock()

    @property
    def scope(self) -> Scope:
        """Of the connection; its problems name its request id."""
        return self._websocket.scope

    async def send(
        self,
        frame_id: str | None,
        event: str,
        data: Mapping[str, Any] | None = None,
        *,
        event_id: str | None = None,
    ) -> None:
        """Sends a frame once those before it are on their way.

        Raises:
            WebSocketDisconnect: the client is gone.
        """
        async with self._turn:
            if self._websocket.application_state is not WebSocketState.CONNECTED:
                raise WebSocketDisconnect  # as the sender before found out
            await self._websocket.send_text(server_frame(frame_id, event, data, event_id=event_id))
            self._record.frames_out += 1

    async def send_problem(self, frame_id: str | None, error: Exception) -> None:
        """Says what went wrong under that name, as problem+json.

        Raises:
            WebSocketDisconnect: the client is gone.
        """
        if isinstance(error, FrameError):
            body = validation_problem_body(self.scope, error.errors)
        else:
            body = domain_problem_body(self.scope, error)
        if body["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
            seconds = getattr(error, "retry_after_seconds", RETRY_AFTER_SECONDS)
            body["retry_after_seconds"] = seconds  # a frame has no header to say it
        await self.send(frame_id, "problem", body)
