"""Lessons: below their course, and each by its own id."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.asset_response import FILE, asset_response
from api.cached_reads import NOT_MODIFIED, CachedReadsDependency
from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.formats import JSON, WantedFormat, wanted_format
from api.openapi import problems
from api.permissions import EDITS_COURSE, READS_COURSE, permits
from api.schemas.common import PageOf, PlainText
from api.schemas.contents import ContentRead, LessonStructure
from api.schemas.lessons import (
    LessonBulkCreate,
    LessonBulkRead,
    LessonCreate,
    LessonRead,
    LessonReplace,
    LessonSummaryRead,
    LessonUpdate,
)
from content.kinds import ContentKind
from services.courses import Difficulty
from services.lessons import LessonStatus, NewLesson
from storage.paging import Order
from storage.repositories.lessons import LessonFilter

router = APIRouter(tags=["lessons"], responses=problems(401, 404, 422, 503))


@router.get(
    "/courses/{course}/lessons",
    summary="List a course's lessons",
    response_model=PageOf[LessonSummaryRead],
    responses={**NOT_MODIFIED, **problems(403)},
)
@permits(READS_COURSE)
async def list_lessons(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
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
) -> Response:
    """Lessons without their content; learners see the published ones."""
    wanted = LessonFilter(q, tag, difficulty, status, is_deleted=deleted)
    order = Order(sort, descending=direction == "desc")
    return await reads.of_course(
        course,
        PageOf[LessonSummaryRead],
        lambda: services.lessons.page(actor, course, page, order, wanted),
    )


@router.post(
    "/courses/{course}/lessons",
    status_code=201,
    summary="Make a lesson",
    responses=problems(403),
)
@permits(EDITS_COURSE)
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
    responses=problems(403),
)
@permits(EDITS_COURSE)
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


@router.get(
    "/lessons/{lesson_id}",
    summary="Read a lesson",
    response_model=LessonRead,
    responses={**FILE, **problems(406, 409)},
)
@permits(READS_COURSE)
async def read_lesson(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    lesson_id: UUID,
    request: Request,
    format: WantedFormat = None,  # noqa: A002 - what it is called in the address
) -> Response:
    """One lesson with its content; as md, html, pdf, docx, pptx or epub by `format` or `Accept`."""
    wanted = wanted_format(format, request.headers.get("accept", ""))
    if wanted == JSON:
        return await reads.of_lesson(
            lesson_id, LessonRead, lambda: services.lessons.read(actor, lesson_id)
        )
    renditions = services.authoring.renditions
    opened = await renditions.of_shown(actor, ContentKind.LESSON, lesson_id, wanted)
    return await asset_response(request, opened)


@router.put("/lessons/{lesson_id}", summary="Replace a lesson", responses=problems(403, 409))
@permits(EDITS_COURSE)
async def replace_lesson(
    services: ServicesDependency, actor: CurrentActor, lesson_id: UUID, body: LessonReplace
) -> LessonRead:
    """Sets every field; those left out get their default."""
    lesson = await services.lessons.change(actor, lesson_id, body.model_dump())
    return LessonRead.model_validate(lesson)


@router.patch("/lessons/{lesson_id}", summary="Change a lesson", responses=problems(403, 409))
@permits(EDITS_COURSE)
async def change_lesson(
    services: ServicesDependency, actor: CurrentActor, lesson_id: UUID, body: LessonUpdate
) -> LessonRead:
    """Changes the fields sent, and no others."""
    values = body.model_dump(exclude_unset=True)
    return LessonRead.model_validate(await services.lessons.change(actor, lesson_id, values))


@router.get(
    "/lessons/{lesson_id}/structure",
    summary="Read a lesson in parts",
    response_model=ContentRead,
    responses=NOT_MODIFIED,
)
@permits(READS_COURSE)
async def read_structure(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    lesson_id: UUID,
) -> Response:
    """The version that the caller sees with its parts; of one without parts, with its text."""
    library = services.authoring.library
    return await reads.of_lesson(
        lesson_id, ContentRead, lambda: library.read(actor, ContentKind.LESSON, lesson_id)
    )


@router.put(
    "/lessons/{lesson_id}/structure",
    summary="Edit a lesson by parts",
    responses=problems(403, 409),
)
@permits(EDITS_COURSE)
async def replace_structure(
    services: ServicesDependency, actor: CurrentActor, lesson_id: UUID, body: LessonStructure
) -> ContentRead:
    """Keeps the lesson in parts as a new version; learners see it once it is published."""
    changed = await services.authoring.library.change(
        actor,
        ContentKind.LESSON,
        lesson_id,
        body.content,
        based_on=body.based_on,
        why=body.why,
    )
    return ContentRead.model_validate(changed)


@router.delete(
    "/lessons/{lesson_id}", status_code=204, summary="Delete a lesson", responses=problems(403)
)
@permits(EDITS_COURSE)
async def delete_lesson(services: ServicesDependency, actor: CurrentActor, lesson_id: UUID) -> None:
    """Deletes softly: the lesson can be restored."""
    await services.lessons.delete(actor, lesson_id)


@router.post("/lessons/{lesson_id}/restore", summary="Restore a lesson", responses=problems(403))
@permits(EDITS_COURSE)
async def restore_lesson(
    services: ServicesDependency, actor: CurrentActor, lesson_id: UUID
) -> LessonRead:
    """Brings a deleted lesson back."""
    return LessonRead.model_validate(await services.lessons.restore(actor, lesson_id))
