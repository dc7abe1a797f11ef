"""What the learners of a course think of their answers."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import REVIEWS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.feedback import RatedAnswerRead
from storage.repositories.feedback import Rating

router = APIRouter(tags=["chat"])


@router.get(
    "/courses/{course}/feedback",
    summary="List the rated answers of a course",
    responses=problems(401, 403, 404, 422, 503),
)
@permits(REVIEWS_COURSE)
async def list_feedback(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    page: PageDependency,
    rating: Annotated[Rating | None, Query(description="Only these.")] = None,
) -> PageOf[RatedAnswerRead]:
    """For those who teach or assist there: newest rating first, without the learners' names."""
    found = await services.feedback.page(actor, course, page, rating)
    return PageOf[RatedAnswerRead].model_validate(found.map(RatedAnswerRead.of))
