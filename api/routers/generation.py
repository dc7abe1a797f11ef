"""Jobs that write content: asked for below their course, or of parts of some content."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.collections import KEPT, KeptCollection, kind_of
from api.dependencies import CourseReference, CurrentActor, IdempotencyKey, ServicesDependency
from api.openapi import problems
from api.permissions import EDITS_COURSE, permits
from api.schemas.documents import JobRead
from api.schemas.jobs import JobCreate, Regenerate
from services.generation.submission import GenerationRequest, RegenerationRequest

router = APIRouter(tags=["jobs"], responses=problems(401, 403, 404, 409, 422, 503))


@router.post("/courses/{course}/jobs", status_code=202, summary="Have content written")
@permits(EDITS_COURSE)
async def create_job(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: JobCreate,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobRead:
    """Answers with the job that writes it from the course; nothing accepted is lost."""
    request = GenerationRequest(**body.model_dump(exclude={"kind"}), kind=body.job_kind)
    job = await services.authoring.generation.submit(actor, course, request, idempotency_key)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobRead.model_validate(job)


@router.post(
    f"/{KEPT}/{{content_id}}/render", status_code=202, summary="Have a video or slides rendered"
)
@permits(EDITS_COURSE)
async def render_files(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobRead:
    """Answers with the job that renders the version worked on; of a video, scenes that changed."""
    job = await services.authoring.generation.render(
        actor, kind_of(collection), content_id, idempotency_key
    )
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobRead.model_validate(job)


@router.post(
    f"/{KEPT}/{{content_id}}/regenerate", status_code=202, summary="Have parts written anew"
)
@permits(EDITS_COURSE)
async def regenerate_parts(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
    body: Regenerate,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobRead:
    """Answers with the job; what it writes is a new version, to be looked at and published."""
    request = RegenerationRequest(**body.model_dump())
    job = await services.authoring.generation.regenerate(
        actor, kind_of(collection), content_id, request, idempotency_key
    )
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobRead.model_validate(job)
