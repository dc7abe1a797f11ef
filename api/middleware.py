"""Pure ASGI middleware, so that streams pass through unbuffered."""

import logging
import re
import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem, unexpected_problem
from connectors.tracing import REQUEST_ID, TRACEPARENT, is_traceparent

logger = logging.getLogger(__name__)

SANE_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,128}$")
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Formulas are set with inline style attributes, page images come by a request of the page that
carries its token; everything else comes from files of the page."""
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

UNSTORED = ("/api/", "/v1/")
"""What programs get is told anew each time."""


class RequestContext:
    """Gives a request or WebSocket its id, and a response its id, time and security headers.

    An inbound `X-Request-ID` is kept when it is 8 to 128 plain characters. Also the last stop of
    an unexpected error: it becomes a problem that says nothing of its cause.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app with the headers added to its response."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        started_at = time.perf_counter()
        request_id = request_id_for(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        # Not reset: the server runs each request in a context of its own.
        REQUEST_ID.set(request_id)
        TRACEPARENT.set(traceparent_of(scope))
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["X-Process-Time"] = f"{time.perf_counter() - started_at:.6f}"
                for name, value in standard_headers(scope["path"], message["status"]):
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if has_started:
                raise
            response = unexpected_problem(scope, error)
            await response(scope, receive, send_with_headers)


class BodyLimit(NamedTuple):
    """The most bytes that bodies sent to paths like this may have."""

    path: re.Pattern[str]
    limit_bytes: int


class LimitBody:
    """Refuses a body that is larger than its path allows, before or while it is read."""

    def __init__(self, app: ASGIApp, default_bytes: int, limits: Sequence[BodyLimit] = ()) -> None:
        self._app = app
        self._default_bytes = default_bytes
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app with a body that is counted as it comes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_bytes = self._limit_for(scope["path"])
        detail = f"The body is larger than the limit of {limit_bytes:,} bytes here."
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > limit_bytes:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            response = problem(scope, status, "too_large", detail, headers={"Connection": "close"})
            await response(scope, receive, send)
            return
        received_bytes = 0

        async def receive_counted() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > limit_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
            return message

        await self._app(scope, receive_counted, send)

    def _limit_for(self, path: str) -> int:
        for limit in self._limits:
            if limit.path.fullmatch(path):
                return limit.limit_bytes
        return self._default_bytes


def request_id_for(scope: Scope) -> str:
    """The inbound id where it is sane, else a new one."""
    inbound = Headers(scope=scope).get("x-request-id", "")
    return inbound if SANE_REQUEST_ID.fullmatch(inbound) else uuid4().hex


def traceparent_of(scope: Scope) -> str | None:
    """The inbound trace context, where it is one."""
    inbound = Headers(scope=scope).get("traceparent", "")
    return inbound if is_traceparent(inbound) else None


def standard_headers(path: str, status: int) -> list[tuple[str, str]]:
    """The headers every response gets where its route set none of that name."""
    headers = [*SECURITY_HEADERS.items(), ("Content-Security-Policy", CONTENT_SECURITY_POLICY)]
    is_hashed_file = path.startswith("/assets/") and status in {200, 206, 304}
    if is_hashed_file:
        headers.append(("Cache-Control", "public, max-age=31536000, immutable"))
    else:
        headers.append(("Cache-Control", "no-store" if path.startswith(UNSTORED) else "no-cache"))
    return headers
