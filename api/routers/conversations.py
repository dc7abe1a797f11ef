"""One's own conversations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from api.dependencies import CurrentActor, Leaf, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import CHATS, OWN_CHAT, permits
from api.schemas.chat import (
    ConversationListed,
    ConversationRead,
    ConversationUpdate,
    ConversationWithMessages,
    MessageRead,
    TutorStateRead,
    VersionRead,
)
from api.schemas.common import STORABLE, PageOf

router = APIRouter(prefix="/conversations", tags=["chat"], responses=problems(401, 422, 503))

SearchText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), STORABLE
]


@router.get("", summary="List conversations")
@permits(CHATS)
async def list_conversations(
    services: ServicesDependency,
    actor: CurrentActor,
    page: PageDependency,
    course: Annotated[
        str | None,
        Query(
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100, description="Id or slug of one."
        ),
    ] = None,
    q: Annotated[
        SearchText | None,
        Query(
            description="Words to look for in titles, questions and answers: all of them in one"
            " place, in any case, also inside of longer words.",
            examples=["pendulum length"],
        ),
    ] = None,
) -> PageOf[ConversationListed]:
    """Your conversations, the last touched first; with `q` those that hold these words."""
    if q is None:
        listed = await services.conversations.page(actor, course, page)
        return PageOf[ConversationListed].model_validate(listed)
    found = await services.conversations.search(actor, course, q, page)
    return PageOf[ConversationListed].model_validate(found.map(ConversationListed.of))


@router.get("/{conversation_id}", summary="Read a conversation", responses=problems(404))
@permits(OWN_CHAT)
async def read_conversation(
    services: ServicesDependency,
    actor: CurrentActor,
    conversation_id: UUID,
    leaf: Leaf = None,
) -> ConversationWithMessages:
    """The latest 200 messages of its newest branch, or of the one asked for, oldest first.

    Questions edited and answers told anew begin branches. `leaf` may be any message: with the
    parent of the first one read it leads to those before.
    """
    view = await services.conversations.read(actor, conversation_id, leaf)
    read = ConversationRead.model_validate(view.conversation)
    messages = [MessageRead.of(message) for message in view.messages]
    forks = [[VersionRead.model_validate(version) for version in fork] for fork in view.forks]
    return ConversationWithMessages(
        **read.model_dump(),
        messages=messages,
        leaves=view.leaves,
        forks=forks,
        tutor=TutorStateRead.model_validate(view.tutor),
    )


@router.patch("/{conversation_id}", summary="Rename a conversation", responses=problems(404))
@permits(OWN_CHAT)
async def rename_conversation(
    services: ServicesDependency,
    actor: CurrentActor,
    conversation_id: UUID,
    body: ConversationUpdate,
) -> ConversationRead:
    """Gives it a title of your own."""
    renamed = await services.conversations.rename(actor, conversation_id, body.title)
    return ConversationRead.model_validate(renamed)


@router.delete(
    "/{conversation_id}", status_code=204, summary="Delete a conversation", responses=problems(404)
)
@permits(OWN_CHAT)
async def delete_conversation(
    services: ServicesDependency, actor: CurrentActor, conversation_id: UUID
) -> None:
    """Takes it out of your list for good."""
    await services.conversations.delete(actor, conversation_id)
