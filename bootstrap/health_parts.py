"""Further parts of the health report: chat models, the queue, room on the disk."""

import asyncio
import shutil
from pathlib import Path

from ai.routing.router import ModelRouter
from bootstrap.adapters import Adapters
from services.health import Check, HealthService, Part, database_part, redis_part
from services.measuring.scrape import QueueReader

LONGEST_WAIT_SECONDS = 120.0
"""A job that waited longer has no worker, or one too few."""
LEAST_FREE_BYTES = 1 << 30
LEAST_FREE_SHARE = 0.05


def build_health(adapters: Adapters, queue: QueueReader) -> HealthService:
    """Health over these adapters."""
    needed = (
        database_part(adapters.database),
        redis_part("redis", adapters.redis),
        redis_part("redis_cache", adapters.redis_cache),
    )
    further = (
        models_part(adapters.router),
        queue_part(queue),
        disk_part(adapters.settings.home),
    )
    return HealthService(needed, further)


def models_part(router: ModelRouter) -> Part:
    """The deployments of chat models; the report is open, so it tells numbers and no names."""

    async def check() -> Check:
        deployments = list(router.deployments.values())
        left_alone = sum(each.breaker.refuses for each in deployments)
        unusable = len(router.unusable)
        if not deployments and not unusable:
            return Check("chat_models", "healthy", "The built-in grounded model answers.")
        total = len(deployments) + unusable
        if left_alone or unusable:
            detail = (
                f"Of {total} deployments {left_alone} failed too often and {unusable} cannot be"
                " used; others, or the built-in grounded model, answer in their place."
            )
            return Check("chat_models", "degraded", detail)
        return Check("chat_models", "healthy", f"deployments: {total}")

    return check


def queue_part(queue: QueueReader) -> Part:
    """Whether jobs are taken up; what PostgreSQL does not tell is the database's fault."""

    async def check() -> Check:
        depths = await queue.depths() or ()
        waiting = sum(depth.waiting for depth in depths)
        longest = max((depth.oldest_waiting_seconds for depth in depths), default=0.0)
        if longest > LONGEST_WAIT_SECONDS:
            detail = f"{waiting} wait, one for {longest:.0f} seconds. Is a worker running?"
            return Check("jobs", "degraded", detail)
        return Check("jobs", "healthy", f"waiting: {waiting}")

    return check


def disk_part(folder: Path) -> Part:
    """The room for files."""

    async def check() -> Check:
        try:
            usage = await asyncio.to_thread(shutil.disk_usage, folder)
        except FileNotFoundError:
            return Check("disk", "healthy", "Nothing is kept here yet.")
        share = usage.free / usage.total
        if usage.free < LEAST_FREE_BYTES or share < LEAST_FREE_SHARE:
            detail = f"{usage.free / 2**30:.1f} GiB are free, {share:.0%}: make room for files."
            return Check("disk", "degraded", detail)
        return Check("disk", "healthy", f"free: {share:.0%}")

    return check
