"""Admission: whether a request is worked on at all is decided before anything is looked up."""

from collections.abc import Callable, Coroutine
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import services_of
from api.edge import is_exempt
from api.errors import problem
from services.answering.places import AnswerRoom
from services.retry_pace import RetryPace

SHORTEST_RETRY_SECONDS = 1
LEAVE = "leave_admission"
DETAIL = "The service has as much to do as it can. Try again in a moment."


class LimitRequests:
    """Works on so many requests at a time; the others get 503 at once, health excepted.

    A request counts from the end of its body, so that slow senders keep nobody out, to the
    beginning of its response, or until it waits for an answer: those have places of their own.
    """

    def __init__(self, app: ASGIApp, at_once: int) -> None:
        self._app = app
        self._at_once = at_once
        self._at_work: set[int] = set()
        self._pace = RetryPace(SHORTEST_RETRY_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app, or refuses."""
        if is_exempt(scope) or scope["type"] != "http":
            await self._app(scope, receive, send)
        elif len(self._at_work) >= self._at_once:
            headers = {"Retry-After": str(self._pace.refuse())}
            status = HTTPStatus.SERVICE_UNAVAILABLE
            refusal = problem(scope, status, "overloaded", DETAIL, headers=headers)
            await refusal(scope, receive, send)
        else:
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = id(scope)
        leave = partial(self._at_work.discard, request)
        scope["state"][LEAVE] = leave
        if not has_body(scope):
            self._at_work.add(request)

        async def receive_counted() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                self._at_work.add(request)
            return message

        async def send_counted(message: Message) -> None:
            leave()
            await send(message)

        try:
            await self._app(scope, receive_counted, send_counted)
        finally:
            leave()


def waits_for_an_answer(request: Request) -> None:
    """Says that this request has nothing to do any more but to wait for an answer."""
    leave = request.scope["state"].get(LEAVE)
    if leave is not None:
        leave()


def has_body(scope: Scope) -> bool:
    """Whether a request announces a body."""
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


class AnsweringRoute(APIRoute):
    """Lets a question through only where an answer may be begun, and keeps room for it.

    Refused with 503 before its body is read, and before it is asked whose it is.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, behind the question whether there is a place."""
        handle = super().get_route_handler()

        async def handle_admitted(request: Request) -> Response:
            services = await services_of(request)
            with services.answering.room() as room:
                request.state.room = room
                return await handle(request)

        return handle_admitted


async def _room_of(request: Request) -> AnswerRoom:
    room: AnswerRoom = request.state.room
    return room


KeptRoom = Annotated[AnswerRoom, Depends(_room_of)]
"""The room that an `AnsweringRoute` keeps for the question."""
