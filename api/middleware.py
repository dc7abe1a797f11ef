"""Pure ASGI middleware, so that streams pass through unbuffered."""

import logging
import re
import time
from collections.abc import Sequence
from contextlib import nullcontext
from http import HTTPStatus
from typing import NamedTuple
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deprecations import deprecation_of
from api.errors import problem, unexpected_problem
from api.observing import measures_of, server_span, tell_request, tell_socket
from api.rate_limit_headers import standing_headers
from api.versions import CURRENT, VERSION_HEADER, VERSIONED
from connectors.tracing import REQUEST_ID, TRACEPARENT, is_traceparent, new_traceparent
from services.rate_limits import Standing

logger = logging.getLogger(__name__)

SANE_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,128}$")
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Formulas are set with inline style attributes, page images come by a request of the page, which
tells in words where one fails; everything else comes from files of the page."""
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000"
"""A year, for this name alone: others below it may not be served by HTTPS."""
EVENT_STREAM = "text/event-stream"
CLIENT_LEFT = 499
"""Of a request that was given up before its response began. Source: nginx, which uses it so."""
ASSETS = "/assets/"
"""Files of the page; their names change with their content."""
UNSTORED = ("/api/", "/v1/")
"""What programs get is told anew each time."""


class RequestContext:
    """Gives a request or WebSocket its id, and a response its id, time and security headers.

    An inbound `X-Request-ID` is kept when it is 8 to 128 plain characters. Also the last stop of
    an unexpected error: it becomes a problem that says nothing of its cause.
    """

    def __init__(self, app: ASGIApp, *, is_https_only: bool = False) -> None:
        self._app = app
        self._is_https_only = is_https_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app with the headers added to its response."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        started_at = time.perf_counter()
        request_id = request_id_for(scope)
        # A dict of its own: some servers give each request the same one.
        state = scope["state"] = {
            **scope.get("state", {}),
            "request_id": request_id,
            "began_at": started_at,
        }
        # Not reset: the server runs each request in a context of its own.
        REQUEST_ID.set(request_id)
        state["traceparent"] = traceparent_of(scope)
        TRACEPARENT.set(state["traceparent"] or new_traceparent())
        if scope["type"] == "websocket":
            try:
                await self._app(scope, receive, send)
            finally:
                tell_socket(scope, time.perf_counter() - started_at)
            return
        status, is_event_stream = 0, False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, is_event_stream
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                is_event_stream = headers.get("content-type", "").startswith(EVENT_STREAM)
                headers["X-Request-ID"] = request_id
                headers["X-Process-Time"] = f"{time.perf_counter() - started_at:.6f}"
                self._add_headers(headers, scope, message["status"])
            await send(message)

        measures = measures_of(scope)
        with nullcontext() if measures is None else measures.in_progress(), server_span(scope):
            try:
                await self._app(scope, receive, send_with_headers)
            except Exception as error:
                if status:
                    raise
                response = unexpected_problem(scope, error)
                await response(scope, receive, send_with_headers)
            finally:
                seconds = time.perf_counter() - started_at
                tell_request(scope, status or CLIENT_LEFT, seconds, is_event_stream=is_event_stream)

    def _add_headers(self, headers: MutableHeaders, scope: Scope, status: int) -> None:
        """Adds what a response says by its place, its route and its caller."""
        for name, value in standard_headers(scope["path"], status):
            headers.setdefault(name, value)
        deprecation = deprecation_of(scope.get("endpoint"))
        if deprecation is not None:
            headers.update(deprecation.headers)
        if self._is_https_only and scope["scheme"] == "https":
            headers["Strict-Transport-Security"] = HSTS
        standing: Standing | None = scope["state"].get("rate_limit")
        if standing is not None:
            headers.update(standing_headers(standing))


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
    is_hashed_file = path.startswith(ASSETS) and status in {200, 206, 304}
    if is_hashed_file:
        headers.append(("Cache-Control", "public, max-age=31536000, immutable"))
    else:
        headers.append(("Cache-Control", "no-store" if path.startswith(UNSTORED) else "no-cache"))
    if path.startswith(VERSIONED):
        headers.append((VERSION_HEADER, CURRENT))
    return headers
