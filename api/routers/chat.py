"""Asking in a course: a stream of events, or one JSON object."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from api.admission import AnsweringRoute, KeptRoom, waits_for_an_answer
from api.dependencies import CourseReference, CurrentActor, IdempotencyKey, ServicesDependency
from api.event_stream import (
    PING_SECONDS,
    event_stream,
    failure_response,
    going_on_elsewhere,
)
from api.openapi import problems
from api.permissions import ASKS_COURSE, OWN_CHAT, permits
from api.schemas.chat import ChatAnswer, ChatCreate
from services.answering.service import HeardAnswer
from services.answering.whole_answer import ending, whole_answer

router = APIRouter(tags=["chat"], route_class=AnsweringRoute)

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ChatAnswer,
        "description": "Server-sent events `start`, `sources`, `delta`, `notice` and, at the"
        " end, `done` or `error`. One JSON object where only that is accepted.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.post(
    "/courses/{course}/chat",
    summary="Ask the tutor",
    response_model=None,
    responses={**ANSWERS, **problems(401, 403, 404, 409, 422, 503, 504)},
)
@permits(ASKS_COURSE)
async def ask(
    request: Request,
    course: CourseReference,
    body: ChatCreate,
    actor: CurrentActor,
    services: ServicesDependency,
    room: KeptRoom,
    idempotency_key: IdempotencyKey = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "text/event-stream",
) -> Response:
    """Streams the answer. It goes on when its reader leaves, who may come back for the rest.

    Sent again under the same Idempotency-Key within a day, it is the same answer from its first
    event on: nothing is asked a second time.
    """
    question = body.as_question(idempotency_key)
    answer = await services.answering.listen(actor, course, question, PING_SECONDS, room)
    return await _told(answer, request, accept)


@router.post(
    "/messages/{message_id}/regenerate",
    summary="Have a question answered anew",
    response_model=None,
    responses={**ANSWERS, **problems(401, 404, 409, 422, 503, 504)},
)
@permits(OWN_CHAT)
async def regenerate(
    request: Request,
    message_id: UUID,
    actor: CurrentActor,
    services: ServicesDependency,
    room: KeptRoom,
    idempotency_key: IdempotencyKey = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "text/event-stream",
) -> Response:
    """Asks the question of one of your answers again, as if that answer were not there.

    The new answer begins a branch of the conversation; the earlier one stays readable.
    """
    answer = await services.answering.regenerate(
        actor, message_id, idempotency_key, PING_SECONDS, room
    )
    return await _told(answer, request, accept)


async def _told(answer: HeardAnswer, request: Request, accept: str) -> Response:
    if "application/json" in accept and "text/event-stream" not in accept:
        return await _whole(answer, request)
    return event_stream(answer.message_id, answer.batches, request.scope)


async def _whole(answer: HeardAnswer, request: Request) -> Response:
    waits_for_an_answer(request)
    events = [event async for batch in answer.batches for event in batch]
    last = ending(events)
    if last is None:
        return failure_response(going_on_elsewhere(answer.message_id), request.scope)
    if last.name == "error":
        return failure_response(last.payload, request.scope)
    return Response(orjson.dumps(whole_answer(events)), media_type="application/json")
