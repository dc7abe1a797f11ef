"""Versions of content: what was when, undoing, redoing, publishing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api.collections import KEPT, KeptCollection, kind_of
from api.dependencies import CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import EDITS_COURSE, REVIEWS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.contents import (
    ContentRead,
    ContentVersionRead,
    DifferenceRead,
    Publish,
    VersionDetail,
)
from services.errors import InvalidValueError

router = APIRouter(tags=["content"], responses=problems(401, 403, 404, 422, 503))

Number = Annotated[int, Path(alias="version", ge=1, le=2**31 - 1)]


@router.get(f"/{KEPT}/{{content_id}}/versions", summary="List versions")
@permits(REVIEWS_COURSE)
async def list_versions(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    page: PageDependency,
) -> PageOf[ContentVersionRead]:
    """Every version, newest first; none is ever changed."""
    kind = kind_of(collection)
    found = await services.authoring.history.versions(actor, kind, content_id, page)
    return PageOf[ContentVersionRead].model_validate(found)


@router.get(f"/{KEPT}/{{content_id}}/versions/{{version}}", summary="Read a version")
@permits(REVIEWS_COURSE)
async def read_version(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    number: Number,
) -> VersionDetail:
    """One version with its content."""
    found = await services.authoring.history.version(actor, kind_of(collection), content_id, number)
    return VersionDetail(
        version=ContentVersionRead.model_validate(found.head),
        content=found.content.model_dump(mode="json"),
    )


@router.get(
    f"/{KEPT}/{{content_id}}/versions/{{version}}/diff",
    summary="Compare versions",
    responses=problems(409),
)
@permits(REVIEWS_COURSE)
async def compare_versions(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    number: Number,
    against: Annotated[
        int | None,
        Query(ge=1, le=2**31 - 1, description="Left out: the version it was made from."),
    ] = None,
) -> DifferenceRead:
    """What a version has changed, by parts and line by line."""
    kind = kind_of(collection)
    found = await services.authoring.history.difference(actor, kind, content_id, number, against)
    return DifferenceRead.model_validate(found)


@router.post(f"/{KEPT}/{{content_id}}/undo", summary="Undo", responses=problems(409))
@permits(EDITS_COURSE)
async def undo_change(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
) -> ContentRead:
    """Goes back to the version that the present one was made from; learners see no change yet."""
    undone = await services.authoring.history.undo(actor, kind_of(collection), content_id)
    return ContentRead.model_validate(undone)


@router.post(f"/{KEPT}/{{content_id}}/redo", summary="Redo", responses=problems(409))
@permits(EDITS_COURSE)
async def redo_change(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
) -> ContentRead:
    """Goes to the newest version that was made from the present one."""
    redone = await services.authoring.history.redo(actor, kind_of(collection), content_id)
    return ContentRead.model_validate(redone)


@router.post(f"/{KEPT}/{{content_id}}/publish", summary="Publish", responses=problems(409))
@permits(EDITS_COURSE)
async def publish_content(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    body: Publish | None = None,
) -> ContentRead:
    """Shows learners a version; refused while items of it do not pass the quality gate.

    `override` with a `reason` publishes it all the same, which the audit trail keeps.
    """
    wanted = body or Publish()
    published = await services.authoring.publication.publish(
        actor,
        kind_of(collection),
        content_id,
        version=wanted.version,
        override_reason=reason_of(wanted),
    )
    return ContentRead.model_validate(published)


@router.post(f"/{KEPT}/{{content_id}}/unpublish", summary="Unpublish")
@permits(EDITS_COURSE)
async def unpublish_content(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
) -> ContentRead:
    """Shows learners nothing of it any more."""
    unpublished = await services.authoring.publication.unpublish(
        actor, kind_of(collection), content_id
    )
    return ContentRead.model_validate(unpublished)


def reason_of(wanted: Publish) -> str | None:
    """Why the gate is overridden; None where it is not.

    Raises:
        InvalidValueError: It is to be overridden without a reason.
    """
    if wanted.override and wanted.reason is None:
        raise InvalidValueError("reason", "Say in `reason` why the gate is overridden.")
    return wanted.reason if wanted.override else None
