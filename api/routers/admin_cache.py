"""The answer cache: what it saves, and forgetting answers."""

from fastapi import APIRouter

from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.schemas.answer_cache import CachePurge, CachePurged, CacheStatisticsRead

router = APIRouter(prefix="/admin/cache", tags=["admin"], responses=problems(401, 403, 422, 503))


@router.get("", summary="Statistics of the answer cache (admin)")
async def read_statistics(services: ServicesDependency, actor: CurrentActor) -> CacheStatisticsRead:
    """Hits, misses and estimated savings."""
    return CacheStatisticsRead.model_validate(await services.answer_cache.statistics(actor))


@router.post("/purge", summary="Forget cached answers (admin)", responses=problems(404))
async def purge(services: ServicesDependency, actor: CurrentActor, body: CachePurge) -> CachePurged:
    """Forgets those of a course, those with a tag, or all."""
    answers = await services.answer_cache.purge(actor, course=body.course, tag=body.tag)
    return CachePurged(answers=answers)
