"""Comments on content, among those who work on it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.collections import KEPT, KeptCollection, kind_of
from api.dependencies import CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import COMMENTS, REVIEWS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.contents import CommentCreate, CommentRead, CommentUpdate

router = APIRouter(tags=["content"], responses=problems(401, 403, 404, 422, 503))


@router.get(f"/{KEPT}/{{content_id}}/comments", summary="List comments")
@permits(REVIEWS_COURSE)
async def list_comments(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    page: PageDependency,
    open: Annotated[  # noqa: A002 - what it is called in the address
        bool | None, Query(description="Only those not dealt with yet, or only those that are.")
    ] = None,
) -> PageOf[CommentRead]:
    """Comments, oldest first; learners see none."""
    kind = kind_of(collection)
    found = await services.authoring.comments.page(actor, kind, content_id, page, is_open=open)
    return PageOf[CommentRead].model_validate(found)


@router.post(f"/{KEPT}/{{content_id}}/comments", status_code=201, summary="Comment")
@permits(COMMENTS)
async def add_comment(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    body: CommentCreate,
) -> CommentRead:
    """Comments on the version worked on, or on one part of it."""
    kind = kind_of(collection)
    comment = await services.authoring.comments.add(actor, kind, content_id, body.body, body.part)
    return CommentRead.model_validate(comment)


@router.patch(f"/{KEPT}/{{content_id}}/comments/{{comment_id}}", summary="Resolve a comment")
@permits(COMMENTS)
async def change_comment(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    comment_id: UUID,
    body: CommentUpdate,
) -> CommentRead:
    """Says that a comment is dealt with; its author may, and who edits the course."""
    comment = await services.authoring.comments.resolve(
        actor, kind_of(collection), content_id, comment_id, is_resolved=body.is_resolved
    )
    return CommentRead.model_validate(comment)


@router.delete(
    f"/{KEPT}/{{content_id}}/comments/{{comment_id}}",
    status_code=204,
    summary="Delete a comment",
)
@permits(COMMENTS)
async def delete_comment(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    comment_id: UUID,
) -> None:
    """Takes a comment away."""
    await services.authoring.comments.delete(actor, kind_of(collection), content_id, comment_id)
