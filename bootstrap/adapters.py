"""Opens everything the service reaches outside its own memory, and closes it in reverse order."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from redis.asyncio import Redis

from ai.embedding.embedder import Embedder
from ai.embedding.onnx import OnnxEmbedder
from ai.embedding.onnx_files import read_exported
from ai.moderation.moderator import Moderator
from ai.prompts.registry import PromptRegistry, built_in_prompts
from ai.retrieval.reranking import Reranker
from ai.routing.router import ModelRouter
from bootstrap.chat_models import open_router
from bootstrap.settings import Settings
from bootstrap.tracing import model_spans, open_traces, redis_client, statement_spans
from connectors.telemetry.metrics import Metrics
from connectors.telemetry.traces import Traces
from jobs.celery_queue import CeleryJobQueue
from jobs.queue import JobQueue
from storage.breakers import RedisBreakers
from storage.database import Database, PoolOptions
from storage.files import FileStore

DEFAULT_REDIS_URL = "redis://127.0.0.1:6379/0"
REDIS_TIMEOUT_SECONDS = 2.0
MAX_ENCODER_THREADS = 4


class ConfigurationError(Exception):
    """A setting without which nothing can start is missing."""


class OwnedEmbedder(Embedder, Protocol):
    """An embedder, with what closes it."""

    def close(self) -> None:
        """Ends what it runs; idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class Adapters:
    """One of each thing outside; a test replaces any of them with `dataclasses.replace`."""

    settings: Settings
    database: Database
    redis: Redis
    """Broker and streams; connects at first use and may be down."""
    redis_cache: Redis
    """Caches; connects at first use and may be down."""
    clock: Callable[[], datetime]
    embedder: Embedder
    files: FileStore
    queue: JobQueue
    router: ModelRouter
    """The chat models; without a deployment the grounded one answers."""
    breakers: RedisBreakers
    """What other processes know of the deployments."""
    prompts: PromptRegistry
    reranker: Reranker | None = None
    """Has the last word on the order of passages; None leaves it to retrieval."""
    moderator: Moderator | None = None
    """Judges questions, and answers where it is set so; None lets all pass."""
    metrics: Metrics = field(default_factory=Metrics)
    """What this process counts."""
    traces: Traces | None = None
    """Where spans go; None where no collector is named."""


@asynccontextmanager
async def open_adapters(
    settings: Settings,
    embedder: Embedder | None = None,
    *,
    encodes_questions_only: bool = False,
    process: str = "cli",
) -> AsyncIterator[Adapters]:
    """The adapters that the settings describe, open until the context ends.

    An `embedder` given is used instead of the settings', and stays open. One that encodes
    questions only leaves half of the cores to who answers them: a question is too short to gain
    by more threads. `process` is what traces call this one.

    Raises:
        ConfigurationError: when no database is named.
        EncoderFilesError: when the encoder has not been exported.
        ModelsFileError: when the models file cannot be used.
    """
    async with AsyncExitStack() as stack:
        traces = open_traces(settings, process)
        if traces is not None:
            stack.push_async_callback(asyncio.to_thread, traces.close)
        database = open_database(settings, traces)
        stack.push_async_callback(database.close)
        redis = open_redis(settings.redis_url.get_secret_value(), traces)
        stack.push_async_callback(redis.aclose)
        cache_url = settings.redis_cache_url or settings.redis_url
        redis_cache = open_redis(cache_url.get_secret_value(), traces)
        stack.push_async_callback(redis_cache.aclose)
        if embedder is None:
            own = open_embedder(settings, 2 if encodes_questions_only else 1)
            embedder = stack.enter_context(closing(own))
        reranker = None
        if settings.rerank_url:
            # Imported on use, as the embedder's.
            from bootstrap.remote_services import open_reranker

            reranker = open_reranker(settings)
            stack.push_async_callback(reranker.close)
        moderator = None
        if settings.moderation_url:
            from bootstrap.remote_services import open_moderator

            moderator = open_moderator(settings)
            stack.push_async_callback(moderator.close)
        queue = CeleryJobQueue(settings.redis_url.get_secret_value() or DEFAULT_REDIS_URL)
        stack.callback(queue.close)
        prompts = built_in_prompts()
        breakers = RedisBreakers(redis_cache)
        router = await stack.enter_async_context(
            open_router(settings, prompts, breakers, model_spans(traces))
        )
        yield Adapters(
            settings=settings,
            database=database,
            redis=redis,
            redis_cache=redis_cache,
            clock=utc_now,
            embedder=embedder,
            files=FileStore(settings.files_folder),
            queue=queue,
            router=router,
            breakers=breakers,
            prompts=prompts,
            reranker=reranker,
            moderator=moderator,
            traces=traces,
        )


def require_configured(settings: Settings) -> None:
    """Passes silently when the settings name what nothing can start without.

    Raises:
        ConfigurationError: when no database is named.
    """
    if not settings.database_url.get_secret_value():
        message = (
            "DATABASE_URL is empty. Set it to a PostgreSQL with pgvector, or start everything"
            " with `neuroshiksha up`, which brings its own."
        )
        raise ConfigurationError(message)


def open_database(settings: Settings, traces: Traces | None = None) -> Database:
    """The database of the settings; it connects at first use.

    Raises:
        ConfigurationError: when none is named.
    """
    require_configured(settings)
    options = PoolOptions(
        size=settings.database_pool_size, max_overflow=settings.database_pool_overflow
    )
    return Database(settings.database_url.get_secret_value(), options, statement_spans(traces))


def open_embedder(settings: Settings, cores_per_thread: int = 1) -> OwnedEmbedder:
    """The remote encoder, else the one that was exported when the service was prepared.

    `cores_per_thread` counts where the settings name no number of threads.

    Raises:
        EncoderFilesError: when its files are missing or damaged.
    """
    if settings.embeddings_url:
        # Imported on use: an installation without a remote service needs no client of one.
        from bootstrap.remote_services import open_remote_embedder

        return open_remote_embedder(settings)
    usual = min(os.cpu_count() or 1, MAX_ENCODER_THREADS) // cores_per_thread
    threads = settings.encoder_threads or max(usual, 1)
    return OnnxEmbedder(read_exported(settings.encoder_folder), threads=threads)


def open_redis(url: str, traces: Traces | None = None) -> Redis:
    """A client that connects at first use, and gives up quickly when Redis is down."""
    return redis_client(traces).from_url(
        url or DEFAULT_REDIS_URL,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
    )


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
