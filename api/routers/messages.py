"""Questions and answers after they were asked: reading, coming back, stopping."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from api.dependencies import CurrentActor, ServicesDependency
from api.event_stream import PING_SECONDS, event_stream, last_sequence
from api.openapi import problems
from api.schemas.chat import MessageRead

router = APIRouter(prefix="/messages", tags=["chat"], responses=problems(401, 404, 422, 503))


@router.get("/{message_id}", summary="Read a message")
async def read_message(
    services: ServicesDependency, actor: CurrentActor, message_id: UUID
) -> MessageRead:
    """A message of one of your conversations, as it is stored."""
    return MessageRead.of(await services.answering.message(actor, message_id))


@router.get(
    "/{message_id}/events",
    summary="Listen to an answer, again or from where you left",
    response_model=None,
    responses={
        200: {
            "description": "The same events with the same ids, those after `Last-Event-ID`.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def read_events(
    request: Request,
    services: ServicesDependency,
    actor: CurrentActor,
    message_id: UUID,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Live while the answer is being told, from its row afterwards."""
    after = last_sequence(last_event_id, message_id)
    batches = await services.answering.follow(actor, message_id, after, PING_SECONDS)
    return event_stream(message_id, batches, request.scope)


@router.post("/{message_id}/stop", summary="Stop an answer")
async def stop_message(
    services: ServicesDependency, actor: CurrentActor, message_id: UUID
) -> MessageRead:
    """Ends an answer where it is and keeps what was said; one that is over stays as it is."""
    return MessageRead.of(await services.answering.stop(actor, message_id))
