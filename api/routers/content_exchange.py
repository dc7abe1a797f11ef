"""Content from and to other learning systems: question banks in, packages of courses out."""

from contextlib import AsyncExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from api.asset_response import FILE
from api.dependencies import CourseReference, CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import EDITS_COURSE, permits
from api.routers.documents import FormUpload
from api.schemas.contents import BroughtInRead
from services.errors import InvalidValueError

router = APIRouter(tags=["content"], responses=problems(401, 403, 404, 422, 503))

ONE_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "QTI 2.x or 3.0, Moodle XML, GIFT or an Anki package.",
                        }
                    },
                }
            }
        },
    }
}


@router.post(
    "/courses/{course}/question-banks",
    status_code=201,
    summary="Bring a question bank in",
    openapi_extra=ONE_FILE,
)
@permits(EDITS_COURSE)
async def bring_question_bank_in(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    request: Request,
    response: Response,
    language: Annotated[
        str, Query(pattern="^[a-z]{2,3}$", description="Where the file does not say.")
    ] = "en",
) -> BroughtInRead:
    """Keeps its questions as a quiz, a draft; what cannot be read is named with the reason."""
    banks = services.authoring.question_banks
    access = await banks.authorise(actor, course)
    async with request.form(max_files=1, max_fields=0) as form:
        part = form.get("file")
        if not isinstance(part, UploadFile):
            raise InvalidValueError("file", "Send the question bank as the form's `file`.")
        found = await banks.bring_in(actor, access, FormUpload(part).blocks(), language)
    response.headers["Location"] = f"/api/v1/quizzes/{found.quiz.id}"
    return BroughtInRead.model_validate(found)


@router.get(
    "/courses/{course}/package",
    summary="Save a course for another learning system",
    response_model=None,
    responses={**FILE, **problems(406, 409)},
)
@permits(EDITS_COURSE)
async def read_course_package(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    format: Annotated[  # noqa: A002 - what it is called in the address
        str, Query(description="scorm12, cmi5, xapi or imscc (Common Cartridge).")
    ] = "scorm12",
) -> Response:
    """The published lessons and quizzes, with their keys, in one file."""
    stack = AsyncExitStack()
    package = services.authoring.packages.of_course(actor, course, format)
    made = await stack.enter_async_context(package)
    return FileResponse(
        made.path,
        filename=made.path.name,
        media_type=made.media_type,
        headers={"Cache-Control": "private, no-store"},
        background=BackgroundTask(stack.aclose),
    )
