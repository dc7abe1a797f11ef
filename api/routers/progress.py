"""What learners know: their own view, that of those who teach, and the concepts it is about."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.cached_reads import NOT_MODIFIED, CachedReadsDependency
from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import (
    EDITS_COURSE,
    LEARNS_IN_COURSE,
    READS,
    READS_COURSE,
    REVIEWS_COURSE,
    permits,
)
from api.schemas.activity import ConceptHistoryRead, CourseActivityRead, OwnHistoryRead
from api.schemas.learning import (
    ConceptProgressRead,
    ConceptRead,
    ConceptsRead,
    ConceptsReplace,
    CourseProgressRead,
    MasteryClaim,
    OwnProgressRead,
)
from services.learning.concepts import ConceptView, WantedConcept

router = APIRouter(tags=["learning"], responses=problems(401, 403, 404, 422, 503))


@router.get("/users/me/progress", summary="Read your progress")
@permits(READS)
async def read_own_progress(services: ServicesDependency, actor: CurrentActor) -> OwnProgressRead:
    """What is believed of your knowledge, in words, and what to practise next."""
    return OwnProgressRead.model_validate(await services.learning.progress.own(actor))


@router.get("/courses/{course}/progress", summary="Read the progress of a course")
@permits(REVIEWS_COURSE)
async def read_course_progress(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    page: PageDependency,
) -> CourseProgressRead:
    """Its learners by name, with what they see themselves; no means over fewer than five."""
    return CourseProgressRead.of(await services.learning.progress.of_course(actor, course, page))


@router.get("/courses/{course}/history", summary="Read how your knowledge has changed")
@permits(READS_COURSE)
async def read_own_history(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> OwnHistoryRead:
    """What was believed at the end of each day on which it changed, by concept."""
    found = await services.learning.progress.own_history(actor, course)
    return OwnHistoryRead(items=[ConceptHistoryRead.model_validate(one) for one in found])


@router.get("/courses/{course}/activity", summary="Read what the learners of a course do")
@permits(REVIEWS_COURSE)
async def read_course_activity(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    page: PageDependency,
    days: Annotated[int, Query(ge=1, le=366, description="How far back, today included.")] = 30,
) -> CourseActivityRead:
    """Per day, concept and learner, some seconds behind; nothing added up over fewer than five."""
    found = await services.learning.activity.of_course(actor, course, days, page)
    return CourseActivityRead.of(found)


@router.get(
    "/courses/{course}/concepts",
    summary="List the concepts of a course",
    response_model=ConceptsRead,
    responses=NOT_MODIFIED,
)
@permits(READS_COURSE)
async def list_concepts(
    services: ServicesDependency,
    actor: CurrentActor,
    reads: CachedReadsDependency,
    course: CourseReference,
) -> Response:
    """In the course's order, each with what it needs first."""

    async def read() -> ConceptsRead:
        return _concepts(await services.learning.concepts.read(actor, course))

    return await reads.of_course(course, ConceptsRead, read)


@router.put("/courses/{course}/concepts", summary="Set the concepts of a course")
@permits(EDITS_COURSE)
async def replace_concepts(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    body: ConceptsReplace,
) -> ConceptsRead:
    """Sets all of them; a circle of prerequisites is refused, and what is learned is kept."""
    wanted = [WantedConcept(concept.name, concept.prerequisites) for concept in body.concepts]
    return _concepts(await services.learning.concepts.replace(actor, course, wanted))


@router.post("/courses/{course}/concepts/extract", summary="Find concepts in the content")
@permits(EDITS_COURSE)
async def extract_concepts(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> ConceptsRead:
    """Adds what glossaries define, questions exercise and headings name."""
    return _concepts(await services.learning.concepts.extract(actor, course))


@router.put("/courses/{course}/concepts/{concept_id}/mastery", summary="Say what you know")
@permits(LEARNS_IN_COURSE)
async def claim_mastery(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    concept_id: UUID,
    body: MasteryClaim,
) -> ConceptProgressRead:
    """Corrects what is believed of your knowledge; later answers move on from there."""
    found = await services.learning.progress.claim(actor, course, concept_id, body.probability)
    return ConceptProgressRead.model_validate(found)


def _concepts(views: list[ConceptView]) -> ConceptsRead:
    return ConceptsRead(items=[ConceptRead.model_validate(view) for view in views])
