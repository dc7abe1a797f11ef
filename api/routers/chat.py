"""Asking in a course: a stream of events, or one JSON object."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from api.dependencies import CourseReference, CurrentActor, ServicesDependency
from api.event_stream import (
    PING_SECONDS,
    event_stream,
    failure_response,
    going_on_elsewhere,
)
from api.openapi import problems
from api.schemas.chat import ChatAnswer, ChatCreate
from services.answering.engine import RunningAnswer
from services.answering.telling import Question
from services.answering.whole_answer import ending, whole_answer

router = APIRouter(tags=["chat"])


@router.post(
    "/courses/{course}/chat",
    summary="Ask the tutor",
    response_model=None,
    responses={
        200: {
            "model": ChatAnswer,
            "description": "Server-sent events `start`, `sources`, `delta`, `notice` and, at the"
            " end, `done` or `error`. One JSON object where only that is accepted.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(401, 403, 404, 413, 422, 503, 504),
    },
)
async def ask(
    request: Request,
    course: CourseReference,
    body: ChatCreate,
    actor: CurrentActor,
    services: ServicesDependency,
    accept: Annotated[str, Header(include_in_schema=False)] = "text/event-stream",
) -> Response:
    """Streams the answer. It goes on when its reader leaves, who may come back for the rest."""
    question = Question(body.message, body.conversation_id, body.mode, body.model)
    answer = await services.answering.ask(actor, course, question)
    if "application/json" in accept and "text/event-stream" not in accept:
        return await _whole(answer, request)
    return event_stream(answer.message_id, answer.log.read(0, PING_SECONDS), request.scope)


async def _whole(answer: RunningAnswer, request: Request) -> Response:
    events = await answer.log.closed()
    last = ending(events)
    if last is None:
        return failure_response(going_on_elsewhere(answer.message_id), request.scope)
    if last.name == "error":
        return failure_response(last.payload, request.scope)
    return Response(orjson.dumps(whole_answer(events)), media_type="application/json")
