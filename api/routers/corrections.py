"""What teachers say in place of an answer: below their course, and by their own id."""

from uuid import UUID

from fastapi import APIRouter

from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import EDITS_COURSE, REVIEWS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.insights import (
    CorrectionCreate,
    CorrectionHistoryRead,
    CorrectionRead,
    CorrectionUpdate,
)

router = APIRouter(tags=["insights"], responses=problems(401, 403, 404, 422, 503))


@router.post(
    "/courses/{course}/corrections",
    status_code=201,
    summary="Correct an answer",
    responses=problems(409, 504),
)
@permits(EDITS_COURSE)
async def make_correction(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: CorrectionCreate,
) -> CorrectionRead:
    """From then on the tutor answers by it, and cites it as a correction by the teacher.

    Cached answers are given no more. Who asked sees it beside the answer, and is told. A second
    correction of the same answer is the first one's next version.
    """
    made = await services.insights.corrections.make(actor, course, body.wanted())
    return CorrectionRead.model_validate(made)


@router.get("/courses/{course}/corrections", summary="List the corrections of a course")
@permits(REVIEWS_COURSE)
async def list_corrections(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    page: PageDependency,
) -> PageOf[CorrectionRead]:
    """The last changed first, withdrawn ones too."""
    found = await services.insights.corrections.page(actor, course, page)
    return PageOf[CorrectionRead].model_validate(found)


@router.get("/corrections/{correction_id}", summary="Read a correction with its history")
@permits(REVIEWS_COURSE)
async def read_correction(
    services: ServicesDependency, actor: CurrentActor, correction_id: UUID
) -> CorrectionHistoryRead:
    """What it says, and all that it ever said."""
    return CorrectionHistoryRead.of(await services.insights.corrections.read(actor, correction_id))


@router.put(
    "/corrections/{correction_id}",
    summary="Change a correction",
    responses=problems(409, 504),
)
@permits(EDITS_COURSE)
async def change_correction(
    services: ServicesDependency, actor: CurrentActor, correction_id: UUID, body: CorrectionUpdate
) -> CorrectionRead:
    """Says it otherwise from now on, as its next version; one withdrawn counts again."""
    changed = await services.insights.corrections.change(
        actor, correction_id, body.question, body.body
    )
    return CorrectionRead.model_validate(changed)


@router.delete("/corrections/{correction_id}", status_code=204, summary="Withdraw a correction")
@permits(EDITS_COURSE)
async def withdraw_correction(
    services: ServicesDependency, actor: CurrentActor, correction_id: UUID
) -> None:
    """It counts no more; its history stays, and a change lets it count again."""
    await services.insights.corrections.withdraw(actor, correction_id)
