"""Jobs: what they are at and what they have made; watching, cancelling, trying again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from api.dependencies import CurrentActor, PageDependency, ServicesDependency
from api.event_stream import PING_SECONDS
from api.job_events import job_event_stream, require_event_id
from api.openapi import problems
from api.permissions import EDITS_JOB, READS, REVIEWS_JOB, permits
from api.schemas.common import PageOf, PlainText
from api.schemas.documents import JobDetail, JobRead, JobStepRead
from jobs.kinds import JobKind, JobStatus
from services.jobs import JobFilter

router = APIRouter(tags=["jobs"], responses=problems(401, 404, 422, 503))


@router.get("/jobs", summary="List jobs", responses=problems(403))
@permits(READS)
async def list_jobs(
    services: ServicesDependency,
    actor: CurrentActor,
    page: PageDependency,
    course: Annotated[
        PlainText | None,
        Query(max_length=100, description="Id or slug: every person's jobs of that course."),
    ] = None,
    status: Annotated[JobStatus | None, Query()] = None,
    kind: Annotated[JobKind | None, Query()] = None,
) -> PageOf[JobRead]:
    """Your own jobs, newest first; an admin's list holds everybody's."""
    found = await services.jobs.page(actor, page, JobFilter(course, status, kind))
    return PageOf[JobRead].model_validate(found)


@router.get("/jobs/{job_id}", summary="Read a job")
@permits(REVIEWS_JOB)
async def read_job(services: ServicesDependency, actor: CurrentActor, job_id: UUID) -> JobDetail:
    """One job with its progress and history; its result or error once it has ended."""
    job = JobRead.model_validate(await services.jobs.get(actor, job_id))
    steps = await services.jobs.history(actor, job_id)
    history = [JobStepRead.model_validate(step) for step in steps]
    return JobDetail(**job.model_dump(), history=history)


@router.get(
    "/jobs/{job_id}/events",
    summary="Watch a job",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "`progress` whenever the job has moved, then `done` or `error`; the"
            " data of each is the job.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
@permits(REVIEWS_JOB)
async def watch_job(
    services: ServicesDependency,
    actor: CurrentActor,
    job_id: UUID,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> StreamingResponse:
    """The job as it stands, then as it moves; who comes back is told how it stands now."""
    require_event_id(last_event_id, job_id)
    return job_event_stream(await services.jobs.follow(actor, job_id, PING_SECONDS))


@router.post("/jobs/{job_id}/cancel", summary="Cancel a job", responses=problems(403, 409))
@permits(EDITS_JOB)
async def cancel_job(services: ServicesDependency, actor: CurrentActor, job_id: UUID) -> JobRead:
    """Ends a waiting job at once; a running one stops within seconds. What is done stays."""
    return JobRead.model_validate(await services.jobs.cancel(actor, job_id))


@router.post("/jobs/{job_id}/retry", summary="Try a job again", responses=problems(403, 409))
@permits(EDITS_JOB)
async def retry_job(services: ServicesDependency, actor: CurrentActor, job_id: UUID) -> JobRead:
    """Queues a failed or cancelled job once more; it goes on from what is done."""
    return JobRead.model_validate(await services.jobs.retry(actor, job_id))
