"""Jobs: what they are at, and what they have made."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.dependencies import CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.schemas.common import PageOf, PlainText
from api.schemas.documents import JobRead

router = APIRouter(tags=["jobs"], responses=problems(401, 404, 422, 503))


@router.get("/jobs", summary="List jobs", responses=problems(403))
async def list_jobs(
    services: ServicesDependency,
    actor: CurrentActor,
    page: PageDependency,
    course: Annotated[
        PlainText | None,
        Query(max_length=100, description="Id or slug: every person's jobs of that course."),
    ] = None,
) -> PageOf[JobRead]:
    """Your own jobs, newest first; an admin's list holds everybody's."""
    found = await services.jobs.page(actor, page, course)
    return PageOf[JobRead].model_validate(found)


@router.get("/jobs/{job_id}", summary="Read a job")
async def read_job(services: ServicesDependency, actor: CurrentActor, job_id: UUID) -> JobRead:
    """One job with its progress; its result or error once it has ended."""
    return JobRead.model_validate(await services.jobs.get(actor, job_id))
