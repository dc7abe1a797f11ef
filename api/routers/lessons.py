"""Lessons: below their course, and each by its own id."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.schemas.common import PageOf, PlainText
from api.schemas.lessons import (
    LessonBulkCreate,
    LessonBulkRead,
    LessonCreate,
    LessonRead,
    LessonReplace,
    LessonSummaryRead,
    LessonUpdate,
)
from services.courses import Difficulty
from services.lessons import LessonStatus, NewLesson
from storage.paging import Order
from storage.repositories.lessons import LessonFilter

router = APIRouter(tags=["lessons"], responses=problems(401, 404, 422, 503))


@router.get("/courses/{course}/lessons", summary="List a course's lessons", responses=problems(403))
async def list_lessons(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    page: PageDependency,
    q: Annotated[
        PlainText | None, Query(min_length=1, max_length=200, description="Words to look for.")
    ] = None,
    tag: Annotated[PlainText | None, Query(min_length=1, max_length=50)] = None,
    difficulty: Annotated[Difficulty | None, Query()] = None,
    status: Annotated[LessonStatus | None, Query()] = None,
    deleted: Annotated[bool, Query(description="The deleted ones instead.")] = False,
    sort: Annotated[Literal["position", "title", "created_at"], Query()] = "position",
    direction: Annotated[Literal["asc", "desc"], Query()] = "asc",
) -> PageOf[LessonSummaryRead]:
    """Lessons without their content; learners see the published ones."""
    wanted = LessonFilter(q, tag, difficulty, status, is_deleted=deleted)
    order = Order(sort, descending=direction == "desc")
    found = await services.lessons.page(actor, course, page, order, wanted)
    return PageOf[LessonSummaryRead].model_validate(found)


@router.post(
    "/courses/{course}/lessons",
    status_code=201,
    summary="Make a lesson",
    responses=problems(403, 413),
)
async def create_lesson(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: LessonCreate,
    response: Response,
) -> LessonRead:
    """Makes a lesson; without a position it comes last."""
    lesson = await services.lessons.create(actor, course, NewLesson(**body.model_dump()))
    response.headers["Location"] = f"/api/v1/lessons/{lesson.id}"
    return LessonRead.model_validate(lesson)


@router.post(
    "/courses/{course}/lessons/bulk",
    status_code=201,
    summary="Make many lessons",
    responses=problems(403, 413),
)
async def create_lessons(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: LessonBulkCreate,
) -> LessonBulkRead:
    """Makes all of up to 100 lessons, or none."""
    new = [NewLesson(**item.model_dump()) for item in body.items]
    lessons = await services.lessons.create_many(actor, course, new)
    return LessonBulkRead(items=[LessonRead.model_validate(lesson) for lesson in lessons])


@router.get("/lessons/{lesson_id}", summary="Read a lesson")
async def read_lesson(
    services: ServicesDependency, actor: CurrentActor, lesson_id: UUID
) -> LessonRead:
    """One lesson with its content."""
    return LessonRead.model_validate(await services.lessons.read(actor, lesson_id))


@router.put("/lessons/{lesson_id}", summary="Replace a lesson", responses=problems(403, 413))
async def replace_lesson(
    services: ServicesDependency, actor: CurrentActor, lesson_id: UUID, body: LessonReplace
) -> LessonRead:
    """Sets every field; those left out get their default."""
    lesson = await services.lessons.change(actor, lesson_id, body.model_dump())
    return LessonRead.model_validate(lesson)


@router.patch("/lessons/{lesson_id}", summary="Change a lesson", responses=problems(403, 413))
async def change_lesson(
    services: ServicesDependency, actor: CurrentActor, lesson_id: UUID, body: LessonUpdate
) -> LessonRead:
    """Changes the fields sent, and no others."""
    values = body.model_dump(exclude_unset=True)
    return LessonRead.model_validate(await services.lessons.change(actor, lesson_id, values))


@router.delete(
    "/lessons/{lesson_id}", status_code=204, summary="Delete a lesson", responses=problems(403)
)
async def delete_lesson(services: ServicesDependency, actor: CurrentActor, lesson_id: UUID) -> None:
    """Deletes softly: the lesson can be restored."""
    await services.lessons.delete(actor, lesson_id)


@router.post("/lessons/{lesson_id}/restore", summary="Restore a lesson", responses=problems(403))
async def restore_lesson(
    services: ServicesDependency, actor: CurrentActor, lesson_id: UUID
) -> LessonRead:
    """Brings a deleted lesson back."""
    return LessonRead.model_validate(await services.lessons.restore(actor, lesson_id))
