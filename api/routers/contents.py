"""Quizzes, decks, study guides, slide decks and videos of a course."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.asset_response import FILE, asset_response
from api.cached_reads import NOT_MODIFIED, CachedReadsDependency
from api.collections import MADE, MadeCollection, kind_of
from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.formats import WantedFormat
from api.openapi import problems
from api.permissions import EDITS_COURSE, READS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.contents import (
    ContentCreate,
    ContentRead,
    ContentReplace,
    ContentSummaryRead,
)

router = APIRouter(tags=["content"], responses=problems(401, 404, 422, 503))


@router.get(
    f"/courses/{{course}}/{MADE}",
    summary="List content of a course",
    response_model=PageOf[ContentSummaryRead],
    responses={**NOT_MODIFIED, **problems(403)},
)
@permits(READS_COURSE)
async def list_content(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    course: CourseReference,
    collection: MadeCollection,
    page: PageDependency,
    deleted: Annotated[bool, Query(description="The deleted ones instead.")] = False,
) -> Response:
    """Newest first; learners see what is published."""
    kind = kind_of(collection)
    library = services.authoring.library
    return await reads.of_course(
        course,
        PageOf[ContentSummaryRead],
        lambda: library.page(actor, course, kind, page, is_deleted=deleted),
    )


@router.post(
    f"/courses/{{course}}/{MADE}",
    status_code=201,
    summary="Make content by hand",
    responses=problems(403),
)
@permits(EDITS_COURSE)
async def create_content(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    collection: MadeCollection,
    body: ContentCreate,
    response: Response,
) -> ContentRead:
    """Keeps what a person wrote, as a draft, once it is valid and looked at by the gate."""
    made = await services.authoring.library.create(
        actor, course, kind_of(collection), body.content, why=body.why
    )
    response.headers["Location"] = f"/api/v1/{collection}/{made.id}"
    return ContentRead.model_validate(made)


@router.get(
    f"/{MADE}/{{content_id}}",
    summary="Read content",
    response_model=ContentRead,
    responses={**FILE, **problems(403, 406, 409)},
)
@permits(READS_COURSE)
async def read_content(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    collection: MadeCollection,
    content_id: UUID,
    request: Request,
    format: WantedFormat = None,  # noqa: A002 - what it is called in the address
) -> Response:
    """The version worked on, for who sees drafts; else the published one, a quiz without keys.

    Another `format` gives a file: quizzes and decks for other systems, guides and slides to print.
    """
    kind = kind_of(collection)
    if format is None:
        library = services.authoring.library
        return await reads.of_content(
            kind, content_id, ContentRead, lambda: library.read(actor, kind, content_id)
        )
    renditions = services.authoring.renditions
    return await asset_response(request, await renditions.of_shown(actor, kind, content_id, format))


@router.put(f"/{MADE}/{{content_id}}", summary="Edit content", responses=problems(403, 409))
@permits(EDITS_COURSE)
async def replace_content(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: MadeCollection,
    content_id: UUID,
    body: ContentReplace,
) -> ContentRead:
    """Keeps the edited state as a new version; learners see it once it is published."""
    changed = await services.authoring.library.change(
        actor,
        kind_of(collection),
        content_id,
        body.content,
        based_on=body.based_on,
        why=body.why,
    )
    return ContentRead.model_validate(changed)


@router.delete(
    f"/{MADE}/{{content_id}}",
    status_code=204,
    summary="Delete content",
    responses=problems(403),
)
@permits(EDITS_COURSE)
async def delete_content(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: MadeCollection,
    content_id: UUID,
) -> None:
    """Deletes softly: it can be restored."""
    await services.authoring.library.delete(actor, kind_of(collection), content_id)


@router.post(f"/{MADE}/{{content_id}}/restore", summary="Restore content", responses=problems(403))
@permits(EDITS_COURSE)
async def restore_content(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: MadeCollection,
    content_id: UUID,
) -> ContentRead:
    """Brings deleted content back."""
    kind = kind_of(collection)
    return ContentRead.model_validate(
        await services.authoring.library.restore(actor, kind, content_id)
    )
