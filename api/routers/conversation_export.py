"""One's own conversations as files."""

from typing import Annotated, Any, Literal, assert_never
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from api.attachments import attachment, preferred
from api.dependencies import CurrentActor, Leaf, ServicesDependency
from api.openapi import problems
from api.permissions import OWN_CHAT, permits
from api.schemas.conversation_export import ConversationExport

router = APIRouter(tags=["chat"])

Format = Literal["json", "md", "pdf"]
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "md": "text/markdown",
    "pdf": "application/pdf",
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ConversationExport,
        "description": "The conversation as a file named after its title.",
        "content": {"text/markdown": {}, "application/pdf": {}},
    }
}


@router.get(
    "/conversations/{conversation_id}/export",
    summary="Export a conversation",
    response_class=Response,
    responses={**FILES, **problems(401, 404, 422, 503, 504)},
)
@permits(OWN_CHAT)
async def export_conversation(
    services: ServicesDependency,
    actor: CurrentActor,
    conversation_id: UUID,
    format: Annotated[  # noqa: A002 - the public name
        Format | None, Query(description="Absent: what `Accept` prefers, else JSON.")
    ] = None,
    leaf: Leaf = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """A branch, whole: as data, as Markdown with citations as footnotes, or that typeset as PDF."""
    chosen = format or preferred(accept, MEDIA_TYPES) or "json"
    export = services.conversation_export
    view = await export.whole(actor, conversation_id, leaf)
    match chosen:
        case "json":
            content: str | bytes = ConversationExport.of(view).model_dump_json(indent=1)
        case "md":
            content = export.markdown(view)
        case "pdf":
            content = await export.pdf(view)
        case _:
            assert_never(chosen)
    headers = attachment(view.conversation.title, chosen, otherwise="conversation")
    return Response(content, media_type=MEDIA_TYPES[chosen], headers=headers)
