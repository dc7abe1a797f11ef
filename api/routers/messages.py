"""Questions and answers after they were asked: reading, coming back, stopping."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from api.dependencies import CurrentActor, ServicesDependency
from api.event_stream import PING_SECONDS, event_stream, last_sequence
from api.openapi import problems
from api.permissions import OWN_CHAT, permits
from api.schemas.chat import MessageRead
from api.schemas.feedback import FeedbackPut, FeedbackRead

router = APIRouter(prefix="/messages", tags=["chat"], responses=problems(401, 404, 422, 503))


@router.get("/{message_id}", summary="Read a message")
@permits(OWN_CHAT)
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
@permits(OWN_CHAT)
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
@permits(OWN_CHAT)
async def stop_message(
    services: ServicesDependency, actor: CurrentActor, message_id: UUID
) -> MessageRead:
    """Ends an answer where it is and keeps what was said; one that is over stays as it is."""
    return MessageRead.of(await services.answering.stop(actor, message_id))


@router.put("/{message_id}/feedback", summary="Rate an answer", responses=problems(409))
@permits(OWN_CHAT)
async def put_feedback(
    services: ServicesDependency, actor: CurrentActor, message_id: UUID, body: FeedbackPut
) -> FeedbackRead:
    """Says what you think of an answer you got; a second time replaces the first.

    The teachers of the course read it without your name.
    """
    given = await services.feedback.give(actor, message_id, body.given())
    return FeedbackRead.model_validate(given)


@router.delete("/{message_id}/feedback", status_code=204, summary="Take back a rating")
@permits(OWN_CHAT)
async def delete_feedback(
    services: ServicesDependency, actor: CurrentActor, message_id: UUID
) -> None:
    """Takes back what you said of an answer; nothing happens where you said nothing."""
    await services.feedback.take_back(actor, message_id)
