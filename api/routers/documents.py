"""Documents: uploaded below their course, read and deleted by their own id."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.datastructures import UploadFile

from api.cached_reads import NOT_MODIFIED, REVALIDATED, CachedReadsDependency
from api.dependencies import (
    CourseReference,
    CurrentActor,
    IdempotencyKey,
    PageDependency,
    ServicesDependency,
)
from api.entity_tags import names_tag
from api.openapi import problems
from api.permissions import EDITS_COURSE, READS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.documents import DocumentRead, DocumentTextRead, JobAccepted, JobRead
from storage.repositories.documents import DocumentStatus

router = APIRouter(tags=["documents"], responses=problems(401, 404, 422, 503))

MAX_FILES = 200
BLOCK_BYTES = 1 << 20
MULTIPART_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "Documents, zip archives or JSON Lines.",
                        }
                    },
                }
            }
        },
    }
}
ORIGINAL: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file."},
    206: {"content": {"application/octet-stream": {}}, "description": "The range asked for."},
}


class FormUpload:
    """A part of a multipart form as services take it."""

    def __init__(self, part: UploadFile) -> None:
        self._part = part

    @property
    def name(self) -> str:
        """The name that the sender gives."""
        return self._part.filename or ""

    async def blocks(self) -> AsyncIterator[bytes]:
        """Its bytes."""
        while block := await self._part.read(BLOCK_BYTES):
            yield block


@router.post(
    "/courses/{course}/documents",
    status_code=202,
    summary="Upload documents",
    responses=problems(403, 409),
    openapi_extra=MULTIPART_BODY,
)
@permits(EDITS_COURSE)
async def upload_documents(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    request: Request,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobAccepted:
    """Keeps the files and answers with the job that brings them in; nothing accepted is lost."""
    access = await services.documents.authorise_upload(actor, course)
    async with request.form(max_files=MAX_FILES, max_fields=0) as form:
        parts = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
        uploads = [FormUpload(part) for part in parts]
        job = await services.documents.upload(actor, access, uploads, idempotency_key)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobAccepted(job=JobRead.model_validate(job))


@router.get(
    "/courses/{course}/documents",
    summary="List a course's documents",
    response_model=PageOf[DocumentRead],
    responses=NOT_MODIFIED,
)
@permits(READS_COURSE)
async def list_documents(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    course: CourseReference,
    page: PageDependency,
    status: Annotated[DocumentStatus | None, Query()] = None,
) -> Response:
    """Documents, newest first; failed ones say why."""
    return await reads.of_course(
        course,
        PageOf[DocumentRead],
        lambda: services.documents.page(actor, course, page, status),
    )


@router.get(
    "/documents/{document_id}",
    summary="Read a document's entry",
    response_model=DocumentRead,
    responses=NOT_MODIFIED,
)
@permits(READS_COURSE)
async def read_document(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    document_id: UUID,
) -> Response:
    """One document, without its text."""
    return await reads.of_document(
        document_id, DocumentRead, lambda: services.documents.read(actor, document_id)
    )


@router.get(
    "/documents/{document_id}/text",
    summary="Read a document's text",
    response_model=DocumentTextRead,
    responses=NOT_MODIFIED,
)
@permits(READS_COURSE)
async def read_document_text(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    document_id: UUID,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """The text of a version, the newest if none is named; cited versions are kept."""
    return await reads.of_document(
        document_id,
        DocumentTextRead,
        lambda: services.documents.text(actor, document_id, version),
    )


@router.get(
    "/documents/{document_id}/file",
    summary="Download the original",
    response_class=FileResponse,
    responses={**ORIGINAL, **NOT_MODIFIED, **problems(416)},
)
@permits(READS_COURSE)
async def download_original(
    services: ServicesDependency, actor: CurrentActor, document_id: UUID, request: Request
) -> Response:
    """The file as it was brought in; ranges are served."""
    original = await services.documents.original(actor, document_id)
    headers = {
        "ETag": f'"{original.content_hash}"',
        **REVALIDATED,
        # An uploaded page must not run as one of ours.
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if names_tag(request.headers.get("if-none-match"), original.content_hash):
        return Response(status_code=304, headers=headers)
    return FileResponse(
        original.path,
        filename=original.name,
        media_type=original.media_type,
        headers=headers,
    )


@router.delete(
    "/documents/{document_id}",
    status_code=204,
    summary="Take a document out of its course",
    responses=problems(403, 409),
)
@permits(EDITS_COURSE)
async def delete_document(
    services: ServicesDependency, actor: CurrentActor, document_id: UUID
) -> None:
    """Nothing finds it any more; the versions that answers have cited stay readable."""
    await services.documents.delete(actor, document_id)
