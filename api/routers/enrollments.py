"""Who is in a course."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import MANAGES_COURSE, REVIEWS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.enrollments import EnrollmentCreate, EnrollmentPut, EnrollmentRead
from services.access import CourseRole
from storage.paging import Order

router = APIRouter(
    prefix="/courses/{course}/enrollments",
    tags=["enrollments"],
    responses=problems(401, 403, 404, 422, 503),
)


@router.get("", summary="List the people in a course")
@permits(REVIEWS_COURSE)
async def list_enrollments(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    page: PageDependency,
    role: Annotated[CourseRole | None, Query()] = None,
    direction: Annotated[Literal["asc", "desc"], Query(description="By date.")] = "asc",
) -> PageOf[EnrollmentRead]:
    """For those who teach or assist there."""
    order = Order("created_at", descending=direction == "desc")
    found = await services.enrollments.page(actor, course, page, order, role)
    return PageOf[EnrollmentRead].model_validate(found)


@router.post("", status_code=201, summary="Enrol a person by e-mail address")
@permits(MANAGES_COURSE)
async def enrol_by_email(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: EnrollmentCreate,
) -> EnrollmentRead:
    """Enrols someone who has an account, or changes their role."""
    enrollment = await services.enrollments.enrol(actor, course, body.email, body.role)
    return EnrollmentRead.model_validate(enrollment)


@router.put("/{user_id}", summary="Enrol a person")
@permits(MANAGES_COURSE)
async def put_enrollment(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    user_id: UUID,
    body: EnrollmentPut,
) -> EnrollmentRead:
    """Enrols someone, or changes their role; a course keeps at least one owner."""
    enrollment = await services.enrollments.enrol(actor, course, user_id, body.role)
    return EnrollmentRead.model_validate(enrollment)


@router.delete("/{user_id}", status_code=204, summary="End an enrolment")
@permits(MANAGES_COURSE)
async def remove_enrollment(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference, user_id: UUID
) -> None:
    """Removes a person; everyone may leave."""
    await services.enrollments.remove(actor, course, user_id)
