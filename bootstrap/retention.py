"""Wires the purge of what is too old; it needs nothing of a worker's jobs."""

from collections.abc import Callable

from redis.asyncio import Redis

from bootstrap.adapters import open_redis
from bootstrap.authoring import build_assets
from bootstrap.settings import Settings
from services.account_eraser import AccountEraser
from services.retention import RetentionService
from storage.answer_streams import AnswerStreams
from storage.database import Database
from storage.files import FileStore


async def purge_records(
    settings: Settings, database: Database, is_stopping: Callable[[], bool]
) -> None:
    """Removes what is too old, and files that nothing names, on a database of the caller's."""
    redis = open_redis(settings.redis_url.get_secret_value())
    try:
        await build_retention(settings, database, redis).purge(is_stopping)
        if not is_stopping():
            await build_assets(settings, database).clean_up()
    finally:
        await redis.aclose()


def build_retention(settings: Settings, database: Database, redis: Redis) -> RetentionService:
    """What removes things after the days that the settings say."""
    eraser = AccountEraser(database, AnswerStreams(redis))
    return RetentionService(database, FileStore(settings.files_folder), eraser, settings.retention)
