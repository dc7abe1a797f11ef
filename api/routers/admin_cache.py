"""The caches of answers and of reads: what they save, and forgetting what they keep."""

from fastapi import APIRouter

from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.answer_cache import CachePurge, CachePurged, CacheStatisticsRead
from api.schemas.read_cache import ReadCachePurge, ReadCachePurged, ReadCacheStatisticsRead

router = APIRouter(prefix="/admin/cache", tags=["admin"], responses=problems(401, 403, 422, 503))


@router.get("", summary="Statistics of the answer cache (admin)")
@permits(ADMIN)
async def read_statistics(services: ServicesDependency, actor: CurrentActor) -> CacheStatisticsRead:
    """Hits, misses and estimated savings."""
    return CacheStatisticsRead.model_validate(await services.answer_cache.statistics(actor))


@router.post("/purge", summary="Forget cached answers (admin)", responses=problems(404))
@permits(ADMIN)
async def purge(services: ServicesDependency, actor: CurrentActor, body: CachePurge) -> CachePurged:
    """Forgets those of a course, those with a tag, or all."""
    answers = await services.answer_cache.purge(actor, course=body.course, tag=body.tag)
    return CachePurged(answers=answers)


@router.get("/reads", summary="Statistics of the cache of reads (admin)")
@permits(ADMIN)
async def read_statistics_of_reads(
    services: ServicesDependency, actor: CurrentActor
) -> ReadCacheStatisticsRead:
    """How often a course, lesson, content or document was not read anew."""
    return ReadCacheStatisticsRead.model_validate(await services.read_cache.statistics(actor))


@router.post("/reads/purge", summary="Make kept reads old (admin)", responses=problems(404))
@permits(ADMIN)
async def purge_reads(
    services: ServicesDependency, actor: CurrentActor, body: ReadCachePurge
) -> ReadCachePurged:
    """Those of a course, or all: none is given again, nor taken for unchanged."""
    return ReadCachePurged(courses=await services.read_cache.purge(actor, body.course))
