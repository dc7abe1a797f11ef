"""Courses."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.cached_reads import NOT_MODIFIED, CachedReadsDependency
from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import AUTHOR, MANAGES_COURSE, READS, READS_COURSE, permits
from api.schemas.common import PageOf, PlainText
from api.schemas.courses import (
    CourseBulkCreate,
    CourseBulkRead,
    CourseCreate,
    CourseRead,
    CourseReplace,
    CourseUpdate,
)
from services.courses import Difficulty, NewCourse
from storage.paging import Order
from storage.repositories.courses import CourseFilter

router = APIRouter(prefix="/courses", tags=["courses"], responses=problems(401, 422, 503))


@router.get("", summary="List courses", response_model=PageOf[CourseRead], responses=NOT_MODIFIED)
@permits(READS)
async def list_courses(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    page: PageDependency,
    q: Annotated[
        PlainText | None, Query(min_length=1, max_length=200, description="Words to look for.")
    ] = None,
    tag: Annotated[PlainText | None, Query(min_length=1, max_length=50)] = None,
    difficulty: Annotated[Difficulty | None, Query()] = None,
    deleted: Annotated[bool, Query(description="The deleted ones instead.")] = False,
    sort: Annotated[Literal["title", "created_at", "updated_at"], Query()] = "created_at",
    direction: Annotated[Literal["asc", "desc"], Query()] = "asc",
) -> Response:
    """The courses one is enrolled in; for an admin, all."""
    wanted = CourseFilter(words=q, tag=tag, difficulty=difficulty, is_deleted=deleted)
    order = Order(sort, descending=direction == "desc")
    return await reads.of_courses(
        PageOf[CourseRead], lambda: services.courses.page(actor, page, order, wanted)
    )


@router.post("", status_code=201, summary="Make a course", responses=problems(403, 409))
@permits(AUTHOR)
async def create_course(
    services: ServicesDependency, actor: CurrentActor, body: CourseCreate, response: Response
) -> CourseRead:
    """Teachers and admins make courses, and own what they make."""
    course = await services.courses.create(actor, NewCourse(**body.model_dump()))
    response.headers["Location"] = f"/api/v1/courses/{course.id}"
    return CourseRead.model_validate(course)


@router.post("/bulk", status_code=201, summary="Make many courses", responses=problems(403, 409))
@permits(AUTHOR)
async def create_courses(
    services: ServicesDependency, actor: CurrentActor, body: CourseBulkCreate
) -> CourseBulkRead:
    """Makes all of up to 100 courses, or none."""
    new = [NewCourse(**item.model_dump()) for item in body.items]
    courses = await services.courses.create_many(actor, new)
    return CourseBulkRead(items=[CourseRead.model_validate(course) for course in courses])


@router.get(
    "/{course}",
    summary="Read a course",
    response_model=CourseRead,
    responses={**NOT_MODIFIED, **problems(404)},
)
@permits(READS_COURSE)
async def read_course(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    course: CourseReference,
) -> Response:
    """One course by id or slug."""
    return await reads.of_course(course, CourseRead, lambda: services.courses.read(actor, course))


@router.put("/{course}", summary="Replace a course", responses=problems(403, 404, 409))
@permits(MANAGES_COURSE)
async def replace_course(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: CourseReplace,
) -> CourseRead:
    """Sets every field; those left out get their default, but the slug stays."""
    values = body.model_dump()
    if values["slug"] is None:
        del values["slug"]
    return CourseRead.model_validate(await services.courses.change(actor, course, values))


@router.patch("/{course}", summary="Change a course", responses=problems(403, 404, 409))
@permits(MANAGES_COURSE)
async def change_course(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: CourseUpdate,
) -> CourseRead:
    """Changes the fields sent, and no others."""
    values = body.model_dump(exclude_unset=True)
    return CourseRead.model_validate(await services.courses.change(actor, course, values))


@router.delete(
    "/{course}", status_code=204, summary="Delete a course", responses=problems(403, 404)
)
@permits(MANAGES_COURSE)
async def delete_course(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> None:
    """Deletes softly: the course can be restored."""
    await services.courses.delete(actor, course)


@router.post("/{course}/restore", summary="Restore a course", responses=problems(403, 404, 409))
@permits(MANAGES_COURSE)
async def restore_course(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> CourseRead:
    """Brings a deleted course back, with everything in it."""
    return CourseRead.model_validate(await services.courses.restore(actor, course))
