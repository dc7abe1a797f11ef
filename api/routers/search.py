"""Search: what retrieval finds, without an answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.dependencies import CourseReference, CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import READS_COURSE, permits
from api.schemas.common import PlainText
from api.schemas.documents import SearchHit, SearchResult
from services.retrieval import RetrievedPassage
from services.search_filters import MediaKind, search_filter

router = APIRouter(tags=["search"], responses=problems(401, 404, 422, 503))


@router.get("/courses/{course}/search", summary="Search a course's material")
@permits(READS_COURSE)
async def search_course(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    q: Annotated[PlainText, Query(min_length=1, max_length=2_000, description="The question.")],
    k: Annotated[int, Query(ge=1, le=50, description="Passages at most.")] = 10,
    document: Annotated[
        list[UUID] | None, Query(max_length=50, description="Only these documents.")
    ] = None,
    lesson: Annotated[UUID | None, Query(description="Only material of this lesson.")] = None,
    language: Annotated[
        str | None,
        Query(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="Only documents in it."),
    ] = None,
    kind: Annotated[MediaKind | None, Query(description="Only material of this kind.")] = None,
) -> SearchResult:
    """Passages by likeness of meaning and of words, best first."""
    wanted = search_filter(
        document_ids=tuple(document or ()), lesson_id=lesson, language=language, kind=kind
    )
    found = await services.retrieval.search(actor, course, q, k=k, wanted=wanted)
    return SearchResult(hits=[_hit(passage) for passage in found.passages])


def _hit(passage: RetrievedPassage) -> SearchHit:
    return SearchHit.model_validate(
        {
            "chunk_id": passage.chunk_id,
            "document_id": passage.document_id,
            "document_version": passage.document_version,
            "document_title": passage.document_title,
            "locator": {
                **passage.locator.as_json(),
                "char_start": passage.char_start,
                "char_end": passage.char_end,
            },
            "text": passage.text,
            "score": round(passage.score, 4),
            "chunk_ids": passage.chunk_ids,
        }
    )
