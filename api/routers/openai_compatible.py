"""The OpenAI-compatible endpoint: each course that one may ask in is a model."""

import time
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response, StreamingResponse

from api.admission import AnsweringRoute, KeptRoom, waits_for_an_answer
from api.dependencies import CurrentActor, ServicesDependency
from api.event_stream import HEADERS, PING_SECONDS, failure_response, going_on_elsewhere
from api.openai_compatible.completions import Completion, CompletionStream
from api.openai_compatible.errors import PREFIX, ModelNotFoundError
from api.openai_compatible.questions import question_of
from api.permissions import ASKS_COURSE, CHATS, Rule, Who, permits
from api.schemas.common import PlainText
from api.schemas.openai import (
    ChatCompletionCreate,
    ChatCompletionRead,
    OfferedModelRead,
    OfferedModelsRead,
    OpenAIErrorRead,
)
from services.access import Permission
from services.answering.service import HeardAnswer
from services.answering.whole_answer import ending
from services.api_keys import KeyScope
from services.courses import CourseView
from storage.errors import NotFoundError
from storage.paging import Order, PageRequest
from storage.repositories.courses import CourseFilter

MODELS_AT_MOST = 1_000
"""OpenAI's list has no pages."""


def openai_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can end in these statuses, in OpenAI's shape."""
    named: dict[int | str, dict[str, Any]] = {
        status: {"description": HTTPStatus(status).phrase, "model": OpenAIErrorRead}
        for status in statuses
    }
    return {**named, "default": {"description": "Any other error", "model": OpenAIErrorRead}}


IN_COMMON: dict[str, Any] = {
    "prefix": PREFIX,
    "tags": ["OpenAI-compatible"],
    "responses": openai_errors(400, 401, 503),
}
router = APIRouter(**IN_COMMON)
answers_router = APIRouter(**IN_COMMON, route_class=AnsweringRoute)


@answers_router.post(
    "/chat/completions",
    summary="Ask the tutor, as OpenAI's clients do",
    response_model=None,
    responses={
        200: {
            "model": ChatCompletionRead,
            "description": "The answer; with `stream`, server-sent events of its chunks.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **openai_errors(404, 413, 504),
    },
)
@permits(ASKS_COURSE)
async def create_chat_completion(
    request: Request,
    body: ChatCompletionCreate,
    actor: CurrentActor,
    services: ServicesDependency,
    room: KeptRoom,
) -> Response:
    """Answers the last message from the course that `model` names, with citations."""
    question = question_of(body)
    try:
        answer = await services.answering.listen(actor, body.model, question, PING_SECONDS, room)
    except NotFoundError as error:
        raise ModelNotFoundError(body.model) from error
    completion = Completion(
        id=f"chatcmpl-{answer.message_id}",
        model=body.model,
        created=int(time.time()),
        base_url=str(request.base_url).rstrip("/"),
        has_footnotes=body.neuroshiksha.footnotes,
        has_usage=bool(body.stream_options and body.stream_options.include_usage),
    )
    if body.stream:
        stream = CompletionStream(completion, answer, request.scope)
        return StreamingResponse(stream.pieces(), media_type="text/event-stream", headers=HEADERS)
    return await _whole(completion, answer, request)


@router.get("/models", summary="List the courses one may ask in, as models")
@permits(CHATS)
async def list_models(services: ServicesDependency, actor: CurrentActor) -> OfferedModelsRead:
    """Courses by title, at most a thousand."""
    page = await services.courses.page(
        actor, PageRequest(size=MODELS_AT_MOST), Order("title"), CourseFilter()
    )
    may_ask = [course for course in page.items if Permission.ASK in course.permissions]
    return OfferedModelsRead(data=[_offered(course) for course in may_ask])


@router.get("/models/{model}", summary="Read one of them", responses=openai_errors(404))
@permits(Rule(Who.COURSE, KeyScope.ASK, Permission.READ))
async def read_model(
    services: ServicesDependency,
    actor: CurrentActor,
    model: Annotated[PlainText, Path(max_length=200, description="A course, by slug or id.")],
) -> OfferedModelRead:
    """A course that one may ask in."""
    try:
        return _offered(await services.courses.read(actor, model))
    except NotFoundError as error:
        raise ModelNotFoundError(model) from error


async def _whole(completion: Completion, answer: HeardAnswer, request: Request) -> Response:
    waits_for_an_answer(request)
    events = [event async for batch in answer.batches for event in batch]
    last = ending(events)
    if last is None:
        return failure_response(going_on_elsewhere(answer.message_id), request.scope)
    if last.name == "error":
        return failure_response(last.payload, request.scope)
    content = orjson.dumps(completion.whole(events))
    return Response(content, media_type="application/json")


def _offered(course: CourseView) -> OfferedModelRead:
    created = int(course.created_at.timestamp())
    return OfferedModelRead(id=course.slug, created=created, name=course.title)
