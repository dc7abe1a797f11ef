"""Grades set by those who teach, and appeals against grades."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.dependencies import (
    CourseReference,
    CurrentActor,
    PageDependency,
    QuestionId,
    ServicesDependency,
)
from api.openapi import problems
from api.permissions import EDITS_COURSE, OWN_ATTEMPT, REVIEWS_COURSE, permits
from api.schemas.attempts import (
    AppealCreate,
    AppealDecision,
    AppealRead,
    AttemptRead,
    GradeSet,
)
from api.schemas.common import PageOf
from services.learning.appeals import Decision
from services.learning.regrading import SetGrade
from storage.repositories.grade_appeals import AppealStatus

router = APIRouter(tags=["learning"], responses=problems(401, 404, 422, 503))


@router.put(
    "/attempts/{attempt_id}/grades/{question_id}",
    summary="Set the grade of an answer",
    responses=problems(403),
)
@permits(EDITS_COURSE)
async def set_grade(
    services: ServicesDependency,
    actor: CurrentActor,
    attempt_id: UUID,
    question_id: QuestionId,
    body: GradeSet,
) -> AttemptRead:
    """Adds a grade that counts instead of the one before, which stays in the record."""
    await services.learning.regrading.set_grade(
        actor, attempt_id, question_id, SetGrade(body.score, body.reason)
    )
    return AttemptRead.of(await services.learning.attempts.read(actor, attempt_id))


@router.post(
    "/attempts/{attempt_id}/regrade", summary="Grade an attempt again", responses=problems(403)
)
@permits(EDITS_COURSE)
async def regrade_attempt(
    services: ServicesDependency, actor: CurrentActor, attempt_id: UUID
) -> AttemptRead:
    """By the key of the published version; what a teacher has set stays."""
    await services.learning.regrading.regrade(actor, attempt_id)
    return AttemptRead.of(await services.learning.attempts.read(actor, attempt_id))


@router.post(
    "/attempts/{attempt_id}/appeals",
    status_code=201,
    summary="Appeal against a grade",
    responses=problems(403, 409),
)
@permits(OWN_ATTEMPT)
async def appeal_grade(
    services: ServicesDependency, actor: CurrentActor, attempt_id: UUID, body: AppealCreate
) -> AppealRead:
    """One appeal at a time about each of one's own answers."""
    appeal = await services.learning.appeals.appeal(
        actor, attempt_id, body.question_id, body.message
    )
    return AppealRead.model_validate(appeal)


@router.get("/courses/{course}/appeals", summary="List appeals", responses=problems(403))
@permits(REVIEWS_COURSE)
async def list_appeals(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    page: PageDependency,
    status: Annotated[AppealStatus | None, Query(description="Only these.")] = None,
) -> PageOf[AppealRead]:
    """The longest waiting first."""
    found = await services.learning.appeals.page(actor, course, page, status)
    return PageOf[AppealRead].model_validate(found)


@router.put("/appeals/{appeal_id}", summary="Decide an appeal", responses=problems(403, 409))
@permits(EDITS_COURSE)
async def decide_appeal(
    services: ServicesDependency, actor: CurrentActor, appeal_id: UUID, body: AppealDecision
) -> AppealRead:
    """Once; one that is accepted may set the score."""
    decision = Decision(body.is_accepted, body.reply, body.score)
    return AppealRead.model_validate(
        await services.learning.appeals.decide(actor, appeal_id, decision)
    )
