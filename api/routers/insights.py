"""The teacher's cockpit: what a course was asked and how it answered; what learners see of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import EDITS_COURSE, READS, REVIEWS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.insights import (
    DoubtfulAnswerRead,
    OverviewRead,
    OwnShownAnswerRead,
    ShownToTeachersRead,
)
from services.insights.exporting import ExportedTable
from storage.repositories.insights import Doubt

router = APIRouter(tags=["insights"], responses=problems(401, 403, 404, 422, 503))

Days = Annotated[int, Query(ge=1, le=365, description="How far back, in days.")]


@router.get("/courses/{course}/insights", summary="Read what a course was asked")
@permits(REVIEWS_COURSE)
async def read_insights(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference, days: Days = 30
) -> OverviewRead:
    """What was asked most, how it was rated and what it cost; no figure of fewer than five."""
    return OverviewRead.model_validate(
        await services.insights.cockpit.overview(actor, course, days)
    )


@router.get("/courses/{course}/insights/doubtful", summary="List answers that call for a teacher")
@permits(REVIEWS_COURSE)
async def list_doubtful(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    page: PageDependency,
    doubt: Annotated[Doubt | None, Query(description="Only these.")] = None,
) -> PageOf[DoubtfulAnswerRead]:
    """Answers that found nothing, broke off or have little support, without learners' names."""
    found = await services.insights.cockpit.doubtful(actor, course, page, doubt)
    return PageOf[DoubtfulAnswerRead].model_validate(found)


@router.put(
    "/courses/{course}/insights/doubtful/{message_id}/settled",
    status_code=204,
    summary="Take an answer off that list",
)
@permits(EDITS_COURSE)
async def settle_answer(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference, message_id: UUID
) -> None:
    """For all who teach the course; the answer itself stays as it is."""
    await services.insights.cockpit.settle(actor, course, message_id, is_settled=True)


@router.delete(
    "/courses/{course}/insights/doubtful/{message_id}/settled",
    status_code=204,
    summary="Put an answer back on that list",
)
@permits(EDITS_COURSE)
async def unsettle_answer(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference, message_id: UUID
) -> None:
    """Undoes taking it off."""
    await services.insights.cockpit.settle(actor, course, message_id, is_settled=False)


@router.get(
    "/courses/{course}/insights/export",
    summary="Export a table of the cockpit",
    response_class=StreamingResponse,
    responses={200: {"description": "A heading and lines.", "content": {"text/csv": {}}}},
)
@permits(REVIEWS_COURSE)
async def export_insights(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    table: Annotated[ExportedTable, Query(description="Which table.")],
    days: Days = 30,
) -> StreamingResponse:
    """All of it as CSV, told as it is read. No cell can be taken for a formula."""
    lines = await services.insights.export.lines(actor, course, table, days)
    disposition = f'attachment; filename="{table}.csv"'
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


@router.get("/users/me/shown-to-teachers", summary="Read what teachers see of your questions")
@permits(READS)
async def read_shown_to_teachers(
    services: ServicesDependency, actor: CurrentActor
) -> ShownToTeachersRead:
    """Your questions that found no good answer: teachers read them without your name."""
    shown = await services.insights.cockpit.shown_to_teachers(actor)
    return ShownToTeachersRead(items=[OwnShownAnswerRead.of(one) for one in shown])
