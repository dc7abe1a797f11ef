"""A learner's way through a course: readings, the path, goals, certificates."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api.attachments import attachment
from api.dependencies import (
    CourseReference,
    CurrentActor,
    IdempotencyKey,
    ServicesDependency,
)
from api.openapi import problems
from api.permissions import (
    ANYONE,
    CHANGES_OWN,
    EDITS_COURSE,
    LEARNS_IN_COURSE,
    READS,
    READS_COURSE,
    permits,
)
from api.schemas.study import (
    CertificateCheckRead,
    CertificateRead,
    CertificateRulePut,
    CertificateRuleRead,
    CoursePathRead,
    GoalPut,
    HabitsRead,
    ReadingCreate,
    StudyPositionRead,
    WatchingCreate,
)
from pedagogy.progress.goals import Goal
from services.learning.study import GivenReading, GivenWatching

router = APIRouter(tags=["learning"], responses=problems(401, 403, 404, 422, 503))
PDF = "application/pdf"
Code = Annotated[
    str, Path(pattern=r"^[0-9A-Za-z-]{1,40}$", description="As it stands on the certificate.")
]


@router.get("/courses/{course}/path", summary="Read your way through a course")
@permits(READS_COURSE)
async def read_path(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> CoursePathRead:
    """What is done, what comes next and why, and how far the certificate is."""
    return CoursePathRead.model_validate(await services.learning.paths.own(actor, course))


@router.post("/lessons/{lesson_id}/readings", summary="Say how far you have read")
@permits(LEARNS_IN_COURSE)
async def create_reading(
    services: ServicesDependency,
    actor: CurrentActor,
    lesson_id: UUID,
    body: ReadingCreate,
    idempotency_key: IdempotencyKey = None,
) -> StudyPositionRead:
    """Adds a time of reading; an Idempotency-Key makes sending again harmless."""
    given = GivenReading(body.share, body.seconds, idempotency_key)
    return StudyPositionRead.model_validate(
        await services.learning.study.read(actor, lesson_id, given)
    )


@router.post("/videos/{video_id}/watchings", summary="Say what you have watched")
@permits(LEARNS_IN_COURSE)
async def create_watching(
    services: ServicesDependency,
    actor: CurrentActor,
    video_id: UUID,
    body: WatchingCreate,
    idempotency_key: IdempotencyKey = None,
) -> StudyPositionRead:
    """Adds a part that was watched; what was seen before counts once."""
    given = GivenWatching(
        body.from_seconds, body.to_seconds, body.duration_seconds, idempotency_key
    )
    return StudyPositionRead.model_validate(
        await services.learning.study.watch(actor, video_id, given)
    )


@router.get("/users/me/habits", summary="Read your streak and your goal")
@permits(READS)
async def read_habits(services: ServicesDependency, actor: CurrentActor) -> HabitsRead:
    """In all your courses; a day off that was saved up breaks nothing."""
    return HabitsRead.model_validate(await services.learning.goals.own(actor))


@router.put("/users/me/goal", summary="Choose what you want to do in a week")
@permits(CHANGES_OWN)
async def choose_goal(
    services: ServicesDependency, actor: CurrentActor, body: GoalPut
) -> HabitsRead:
    """Your own choice, over all your courses; nobody else is told."""
    goal = None
    if body.unit is not None and body.per_week is not None:
        goal = Goal(body.unit, body.per_week)
    return HabitsRead.model_validate(await services.learning.goals.choose(actor, goal))


@router.get("/courses/{course}/certificate-rule", summary="Read what a certificate asks for")
@permits(READS_COURSE)
async def read_certificate_rule(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> CertificateRuleRead:
    """All null where the course gives none."""
    return CertificateRuleRead.of(await services.learning.certificates.rule(actor, course))


@router.put("/courses/{course}/certificate-rule", summary="Set what a certificate asks for")
@permits(EDITS_COURSE)
async def set_certificate_rule(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: CertificateRulePut,
) -> CertificateRuleRead:
    """Who has a certificate keeps it."""
    certificates = services.learning.certificates
    return CertificateRuleRead.of(await certificates.set_rule(actor, course, body.as_stored))


@router.post(
    "/courses/{course}/certificate", summary="Get your certificate", responses=problems(409)
)
@permits(LEARNS_IN_COURSE)
async def award_certificate(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> CertificateRead:
    """Gives it once all is done that it asks for; asking again gives the same one."""
    return CertificateRead.model_validate(await services.learning.certificates.award(actor, course))


@router.get(
    "/courses/{course}/certificate/file",
    summary="Download your certificate",
    response_class=Response,
    responses={
        200: {"content": {PDF: {}}, "description": "The certificate."},
        **problems(409, 504),
    },
)
@permits(READS_COURSE)
async def read_certificate_file(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> Response:
    """As PDF, with an address that tells whether it is valid."""
    held, content = await services.learning.certificates.file(actor, course)
    headers = attachment(held.course, "pdf", otherwise="certificate")
    return Response(content, media_type=PDF, headers=headers)


check_router = APIRouter(tags=["learning"], responses=problems(404, 422, 503))


@check_router.get("/certificates/{code}", summary="See whether a certificate is valid")
@permits(ANYONE)
async def check_certificate(services: ServicesDependency, code: Code) -> CertificateCheckRead:
    """For anyone who has its code; one that was revoked names nobody."""
    return CertificateCheckRead.model_validate(await services.learning.certificates.check(code))
