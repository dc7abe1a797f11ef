"""Events of an answer as server-sent events.

Source: WHATWG HTML Living Standard, section "Server-sent events".
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response, StreamingResponse
from starlette.types import Scope

from api.errors import RETRY_AFTER_SECONDS, problem_body, problem_response
from api.observing import recorded
from services.answering.answer_log import AnswerEvent
from services.answering.engine import INTERRUPTED
from services.errors import InvalidValueError

PING_SECONDS = 15.0
PING = b": ping\n\n"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""The second keeps nginx from collecting the stream."""

STATUS_OF_FAILURE = {
    "storage_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    INTERRUPTED: HTTPStatus.SERVICE_UNAVAILABLE,
    "embeddings_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "embeddings_misconfigured": HTTPStatus.SERVICE_UNAVAILABLE,
    "answer_timed_out": HTTPStatus.GATEWAY_TIMEOUT,
    "embeddings_timed_out": HTTPStatus.GATEWAY_TIMEOUT,
}
"""By code of an answer's `error`; any other is 500."""


def event_stream(
    message_id: UUID, batches: AsyncIterator[list[AnswerEvent]], scope: Scope
) -> StreamingResponse:
    """A response that writes events as they come, those that wait together in one piece.

    An empty batch becomes a ping.
    """
    return StreamingResponse(
        _encoded(message_id, batches, scope), media_type="text/event-stream", headers=HEADERS
    )


def last_sequence(last_event_id: str | None, message_id: UUID) -> int:
    """The sequence that a `Last-Event-ID` header names; 0 where there is none.

    Raises:
        InvalidValueError: when it is not an id of an event of that message.
    """
    if not last_event_id:
        return 0
    prefix, _, sequence = last_event_id.strip().rpartition("-")
    if prefix.lower() != str(message_id) or not (sequence.isascii() and sequence.isdigit()):
        message = f"must be the id of an event of message {message_id}, like {message_id}-7"
        raise InvalidValueError("Last-Event-ID", message)
    return int(sequence)


def event_payload(event: AnswerEvent, scope: Scope) -> Mapping[str, Any]:
    """What an event says to a reader."""
    return failure_problem(event.payload, scope) if event.name == "error" else event.payload


def failure_problem(error: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """The problem of an answer that failed with `{code, detail}`."""
    status = STATUS_OF_FAILURE.get(error["code"], HTTPStatus.INTERNAL_SERVER_ERROR)
    return problem_body(scope, status, error["code"], error["detail"])


def failure_response(error: Mapping[str, Any], scope: Scope) -> Response:
    """The same as a response, for who asked for the answer in one piece."""
    body = failure_problem(error, scope)
    is_passing = body["status"] == HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if is_passing else {}
    return problem_response(scope, body, headers)


def going_on_elsewhere(message_id: UUID) -> dict[str, Any]:
    """What is said of an answer that this process does not finish, to who waits for all of it."""
    detail = (
        f"The server is stopping; the answer goes on. Read it at /api/v1/messages/{message_id}."
    )
    return {"code": INTERRUPTED, "detail": detail}


async def _encoded(
    message_id: UUID, batches: AsyncIterator[list[AnswerEvent]], scope: Scope
) -> AsyncIterator[bytes]:
    prefix = str(message_id).encode()
    async for batch in recorded(message_id, batches, scope):
        yield b"".join(_lines(prefix, batch, scope)) or PING


def _lines(prefix: bytes, batch: Iterable[AnswerEvent], scope: Scope) -> Iterable[bytes]:
    for event in batch:
        payload = event_payload(event, scope)
        yield b"id: %b-%d\nevent: %b\ndata: %b\n\n" % (
            prefix,
            event.sequence,
            event.name.encode(),
            orjson.dumps(payload),
        )
