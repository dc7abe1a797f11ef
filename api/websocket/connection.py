"""One WebSocket: frames in, each doing its work beside the others, until it is closed."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Any, NamedTuple, assert_never

from starlette.websockets import WebSocket, WebSocketDisconnect

from api.websocket.frames import (
    AskFrame,
    ClientFrame,
    FrameError,
    JobFrame,
    LeaveFrame,
    PingFrame,
    ResumeFrame,
    StopFrame,
    read_frame,
)
from api.websocket.outgoing import Outgoing
from api.websocket.subscriptions import Subscriptions
from bootstrap.services import Services
from services.errors import InvalidValueError, NotAuthenticatedError, OverloadedError
from services.sockets import OpenSocket, TicketHolder

AT_ONCE = 16
"""Subscriptions and stops of one client at a time."""
RETRY_AFTER_SECONDS = 2

Work = Coroutine[Any, Any, None]


class Closing(NamedTuple):
    """Why this side closes. Source of the codes: RFC 6455, section 7.4.1."""

    code: int
    reason: str


class SocketConnection:
    """Serves one client over a WebSocket that is accepted."""

    def __init__(
        self, websocket: WebSocket, services: Services, record: OpenSocket, idle_seconds: float
    ) -> None:
        """Serves nobody yet.

        Args:
            websocket: Accepted.
            services: What frames ask for.
            record: Counts what passes.
            idle_seconds: How long it may stay open without a frame or a subscription.
        """
        self._websocket = websocket
        self._identity = services.identity
        self._record = record
        self._idle_seconds = idle_seconds
        self._outgoing = Outgoing(websocket, record)
        self._telling = Subscriptions(services, self._outgoing)
        self._subscriptions: dict[str, asyncio.Task[None]] = {}
        self._stops: set[asyncio.Task[None]] = set()

    async def run(self, holder: TicketHolder) -> None:
        """Serves that user until they leave, are idle for too long or may not stay."""
        closing = None
        try:
            closing = await self._serve(holder)
        except WebSocketDisconnect:
            pass  # found out in sending: there is nobody to tell
        finally:
            await _cancelled([*self._subscriptions.values(), *self._stops])
        if closing is not None:
            await self._websocket.close(closing.code, closing.reason)

    async def _serve(self, holder: TicketHolder) -> Closing | None:
        while True:
            try:
                async with asyncio.timeout(self._idle_seconds):
                    message = await self._websocket.receive()
            except TimeoutError:
                if self._subscriptions:
                    continue
                return Closing(1001, "Idle for too long.")
            if message["type"] != "websocket.receive":
                return None
            self._record.frames_in += 1
            try:
                await self._take(message.get("text"), holder)
            except NotAuthenticatedError as error:
                return Closing(1008, str(error))

    async def _take(self, text: str | None, holder: TicketHolder) -> None:
        """Does what a frame asks for, or says why not.

        Raises:
            NotAuthenticatedError: the user may not stay.
        """
        frame_id = None
        try:
            frame = read_frame(text)
            frame_id = frame.id
            await self._obey(frame, holder)
        except (NotAuthenticatedError, WebSocketDisconnect):
            raise
        except Exception as error:  # noqa: BLE001 - the edge of a frame: its client is told
            known_id = error.frame_id if isinstance(error, FrameError) else frame_id
            await self._outgoing.send_problem(known_id, error)

    async def _obey(self, frame: ClientFrame, holder: TicketHolder) -> None:
        if isinstance(frame, PingFrame):
            await self._outgoing.send(frame.id, "pong")
        elif isinstance(frame, LeaveFrame):
            await self._leave(frame.id)
        else:
            await self._begin(frame, holder)

    async def _begin(
        self, frame: AskFrame | ResumeFrame | JobFrame | StopFrame, holder: TicketHolder
    ) -> None:
        if len(self._subscriptions) + len(self._stops) >= AT_ONCE:
            raise OverloadedError("subscriptions of one WebSocket", RETRY_AFTER_SECONDS)
        actor = await self._identity.recognise(holder.user_id, holder.session_id)
        telling = self._telling
        match frame:
            case AskFrame(id=name):
                self._subscribe(name, telling.ask(actor, frame))
            case ResumeFrame(message_id=message_id, after=after):
                name = frame.id or str(message_id)
                self._subscribe(name, telling.resume(actor, name, message_id, after))
            case JobFrame(job_id=job_id):
                name = frame.id or str(job_id)
                self._subscribe(name, telling.watch(actor, name, job_id))
            case StopFrame():
                stop = asyncio.create_task(self._told(frame.id, telling.stop(actor, frame)))
                self._stops.add(stop)
                stop.add_done_callback(self._stops.discard)
            case _:
                assert_never(frame)

    def _subscribe(self, name: str, work: Work) -> None:
        """Begins what goes on under that name until it ends or is left.

        Raises:
            InvalidValueError: something else does.
        """
        if name in self._subscriptions:
            work.close()
            message = f"“{name}” has not ended yet. Choose another id, or leave it first."
            raise InvalidValueError("id", message)
        self._subscriptions[name] = asyncio.create_task(self._until_its_end(name, work))
        self._record.subscriptions = tuple(self._subscriptions)

    async def _until_its_end(self, name: str, work: Work) -> None:
        await self._told(name, work)
        self._forget(name)
        with suppress(WebSocketDisconnect):
            await self._outgoing.send(name, "end")

    async def _leave(self, name: str) -> None:
        """Ends what goes on under that name.

        Raises:
            InvalidValueError: nothing does.
        """
        task = self._forget(name)
        if task is None:
            raise InvalidValueError("id", f"There is nothing under “{name}” to leave.")
        await _cancelled([task])
        await self._outgoing.send(name, "end")

    def _forget(self, name: str) -> asyncio.Task[None] | None:
        task = self._subscriptions.pop(name, None)
        self._record.subscriptions = tuple(self._subscriptions)
        return task

    async def _told(self, name: str | None, work: Work) -> None:
        """Does the work, and tells the client where it fails."""
        with suppress(WebSocketDisconnect):
            try:
                await work
            except WebSocketDisconnect:
                raise
            except Exception as error:  # noqa: BLE001 - the edge of a task: its client is told
                await self._outgoing.send_problem(name, error)


async def _cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    waiting = list(tasks)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
