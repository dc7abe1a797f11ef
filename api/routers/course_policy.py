"""What a course lets its tutor do."""

from fastapi import APIRouter

from api.dependencies import CourseReference, CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import EDITS_COURSE, READS_COURSE, permits
from api.schemas.course_policy import CoursePolicyBody, CoursePolicyRead

router = APIRouter(
    prefix="/courses/{course}/policy", tags=["courses"], responses=problems(401, 404, 422, 503)
)


@router.get("", summary="Read a course's policy")
@permits(READS_COURSE)
async def read_course_policy(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> CoursePolicyRead:
    """For everyone in the course."""
    return CoursePolicyRead.of(await services.course_policy.read(actor, course))


@router.put("", summary="Set a course's policy", responses=problems(403))
@permits(EDITS_COURSE)
async def replace_course_policy(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: CoursePolicyBody,
) -> CoursePolicyRead:
    """For those who teach there; answers that begin from now on follow it."""
    modes = None if body.modes is None else body.modes.policy
    policy = await services.course_policy.replace(actor, course, body.support, modes)
    return CoursePolicyRead.of(policy)
