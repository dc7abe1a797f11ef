"""What is told of each request once it is over: one line in the log, and its metrics."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager, nullcontext
from time import perf_counter
from typing import Any
from uuid import UUID

from starlette.types import Scope

from api.measuring import RequestMeasures, route_of
from api.stream_record import StreamRecord
from connectors.telemetry.logs import fields
from connectors.telemetry.traces import Traces
from connectors.tracing import USER_ID
from services.answering.answer_log import AnswerEvent

logger = logging.getLogger("api.requests")

UNTRACED = ("/health", "/metrics", "/assets/")
QUIET_ROUTES = frozenset({"/health/live", "/health/ready", "/health", "/metrics", "page"})
"""Asked for every few seconds by machines, or many at once by a browser; told only as they fail."""
SERVER_ERROR = 500


def measures_of(scope: Scope) -> RequestMeasures | None:
    """What counts the requests of this process, once it has opened."""
    app = scope.get("app")
    measures: RequestMeasures | None = getattr(getattr(app, "state", None), "measures", None)
    return measures


@contextmanager
def server_span(scope: Scope) -> Iterator[None]:
    """A span around a request, where there are traces.

    Source: OpenTelemetry semantic conventions 1.44, "HTTP server spans".
    """
    traces: Traces | None = getattr(getattr(scope.get("app"), "state", None), "traces", None)
    if traces is None or scope["path"].startswith(UNTRACED):
        yield
        return
    method = scope["method"]
    begun = {
        "http.request.method": method,
        "url.scheme": scope["scheme"],
        "neuroshiksha.request_id": scope["state"]["request_id"],
    }
    with traces.span(method, "SERVER", begun, parent=scope["state"]["traceparent"]) as span:
        try:
            yield
        finally:
            route, status = route_of(scope), scope["state"].get("status", 0)
            span.update_name(f"{method} {route}")
            span.set_attributes({"http.route": route, "http.response.status_code": status})
            if status >= SERVER_ERROR:
                span.set_attribute("error.type", str(status))


def know_user(scope: Scope, user_id: UUID) -> None:
    """Notes whose request it is."""
    known = str(user_id)
    scope["state"]["user_id"] = known
    USER_ID.set(known)


def tell_request(scope: Scope, status: int, seconds: float, *, is_event_stream: bool) -> None:
    """Counts and logs a request that is over."""
    scope["state"]["status"] = status
    record: StreamRecord | None = scope["state"].get("stream")
    measures = measures_of(scope)
    if measures is not None:
        measures.ended(scope, status, seconds, is_stream=is_event_stream)
    route = route_of(scope)
    if route in QUIET_ROUTES and status < SERVER_ERROR:
        return
    told: dict[str, Any] = {
        "method": scope["method"],
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    if record is not None:
        told |= record.fields
    if "user_id" in scope["state"]:  # found out in a context that has ended
        told["user_id"] = scope["state"]["user_id"]
    logger.log(
        logging.WARNING if status >= SERVER_ERROR else logging.INFO,
        "stream" if is_event_stream else "request",
        extra=fields(**told),
    )


async def recorded(
    message_id: UUID, batches: AsyncIterator[list[AnswerEvent]], scope: Scope
) -> AsyncGenerator[list[AnswerEvent], None]:
    """Passes an answer's events through to the response of a request, and takes note of them."""
    state = scope["state"]
    record = state["stream"] = StreamRecord(message_id, state["began_at"])
    measures = measures_of(scope)
    with nullcontext() if measures is None else measures.stream("sse"):
        async for batch in batches:
            record.note(batch)
            yield batch


async def told_over_socket(
    message_id: UUID, batches: AsyncIterator[list[AnswerEvent]], scope: Scope
) -> AsyncGenerator[list[AnswerEvent], None]:
    """Passes an answer's events through to a WebSocket, and logs its end in a line of its own."""
    record = StreamRecord(message_id)
    measures = measures_of(scope)
    try:
        with nullcontext() if measures is None else measures.stream("websocket"):
            async for batch in batches:
                record.note(batch)
                yield batch
    finally:
        duration_ms = round((perf_counter() - record.began_at) * 1000, 1)
        told = {"transport": "websocket", "duration_ms": duration_ms, **record.fields}
        logger.info("stream", extra=fields(**told))


def tell_socket(scope: Scope, seconds: float) -> None:
    """Logs a WebSocket that is closed."""
    logger.info("websocket", extra=fields(route=scope["path"], duration_ms=round(seconds * 1000)))
