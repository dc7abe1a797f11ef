"""Wires the services from the adapters; does no I/O of its own."""

import os
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from ai.embedding.embedder import Embedder
from ai.retrieval.reranking import Reranking
from ai.routing.bulkhead import Bulkhead
from ai.validation.structured import StructuredChat
from bootstrap.adapters import Adapters
from bootstrap.home import CHECKOUT
from ingestion.guarded import GuardedReader
from jobs.kinds import JobKind
from services.actors import Actor
from services.answer_cache import AnswerCache, CacheLimits
from services.answering.cached_telling import CachedAnswerTeller
from services.answering.engine import AnswerEngine
from services.answering.following import AnswerFollower
from services.answering.keeper import AnswerKeeper
from services.answering.service import AnsweringService, AnswerSharing
from services.answering.spending import Spending
from services.answering.takeover import AnswerTakeover
from services.answering.telling import AnswerTeller
from services.answering.titling import ConversationTitler
from services.api_keys import ApiKeyService
from services.budgets import BudgetService
from services.conversation_export import ConversationExportService
from services.conversations import ConversationService
from services.courses import CourseService
from services.demo import DemoService
from services.documents import DocumentService
from services.enrollments import EnrollmentService
from services.evaluation import EvaluationService
from services.feedback import FeedbackService
from services.health import HealthService
from services.identity import IdentityService
from services.ingestion.job import IngestionJob
from services.ingestion.service import IngestionService
from services.ingestion.submission import IngestionSubmission
from services.job_running import JobRunner, JobWork
from services.jobs import JobService
from services.lessons import LessonService
from services.model_following import RegistryFollower
from services.models import ModelService
from services.page_images import PageImageService
from services.passwords import Passwords
from services.prompt_selection import PromptSelection
from services.prompts import PromptService
from services.question_encoding import QuestionEncoder
from services.recent import RecentValues
from services.reembedding import ReembeddingService
from services.retrieval import RetrievalService
from services.sockets import OpenSockets, SocketTickets
from services.tokens import TokenIssuer
from services.usage import UsageRecorder, UsageService
from services.users import UserService
from services.vector_upkeep import VectorUpkeep
from storage.answer_cache import AnswerCacheStore
from storage.answer_streams import AnswerStreams
from storage.database import Database
from storage.folder_cache import FolderCache
from storage.repositories.retrieval import APPROXIMATE_FROM_CHUNKS
from storage.vector_indexes import VectorIndexes

DEMO_FOLDER = "demo"
MAX_PAGE_IMAGE_BYTES = 256 << 20
ANSWER_WAIT_SECONDS = 0.5
"""How long a question waits for its place among the answers under way."""
ACTOR_LIFETIME = timedelta(seconds=5)
"""How long a process may still act for a user whom another process changed or blocked."""


@dataclass(frozen=True, slots=True)
class Services:
    """Every use case, one service per area."""

    identity: IdentityService
    api_keys: ApiKeyService
    users: UserService
    courses: CourseService
    lessons: LessonService
    enrollments: EnrollmentService
    health: HealthService
    documents: DocumentService
    page_images: PageImageService
    ingestion: IngestionService
    submission: IngestionSubmission
    jobs: JobService
    retrieval: RetrievalService
    evaluation: EvaluationService
    demo: DemoService
    answering: AnsweringService
    answer_cache: AnswerCache
    usage_recorder: UsageRecorder
    usage: UsageService
    budgets: BudgetService
    models: ModelService
    prompts: PromptService
    prompt_selection: PromptSelection
    conversations: ConversationService
    conversation_export: ConversationExportService
    feedback: FeedbackService
    sockets: OpenSockets
    socket_tickets: SocketTickets
    vector_indexes: VectorIndexes
    reembedding: ReembeddingService


def build_services(adapters: Adapters) -> Services:
    """The services over these adapters."""
    settings = adapters.settings
    passwords = Passwords()
    actors: RecentValues[UUID, Actor] = RecentValues(ACTOR_LIFETIME, adapters.clock)
    # Without a key (a lone embedded process) the tokens are good for this process only.
    tokens = TokenIssuer(
        settings.secret_key.get_secret_value() or secrets.token_urlsafe(48),
        access_lifetime=timedelta(minutes=settings.access_token_minutes),
        clock=adapters.clock,
    )
    users = UserService(adapters.database, passwords, actors)
    api_keys = ApiKeyService(adapters.database, adapters.clock)
    courses = CourseService(adapters.database)
    enrollments = EnrollmentService(adapters.database)
    ingestion = build_ingestion(adapters)
    jobs = JobService(adapters.database, adapters.queue)
    submission = IngestionSubmission(adapters.database, adapters.files, jobs)
    encoder = QuestionEncoder(adapters.embedder, settings.questions_encoded_at_once)
    retrieval = RetrievalService(adapters.database, encoder, build_reranking(adapters))
    answer_cache = build_answer_cache(adapters)
    usage_recorder = UsageRecorder(adapters.database)
    adapters.router.report_to(usage_recorder)
    budgets = BudgetService(adapters.database, time.monotonic)
    prompt_selection = PromptSelection(adapters.database, adapters.prompts)
    documents = DocumentService(
        adapters.database, adapters.files, submission, settings.upload_limit_bytes
    )
    return Services(
        identity=IdentityService(
            adapters.database,
            users,
            passwords,
            tokens,
            api_keys,
            actors,
            allowed_domains=settings.allowed_email_domains,
        ),
        api_keys=api_keys,
        users=users,
        courses=courses,
        lessons=LessonService(adapters.database),
        enrollments=enrollments,
        health=HealthService(adapters.database, adapters.redis, adapters.redis_cache),
        documents=documents,
        page_images=PageImageService(
            adapters.database,
            documents,
            FolderCache(settings.page_images_folder, MAX_PAGE_IMAGE_BYTES),
        ),
        ingestion=ingestion,
        submission=submission,
        jobs=jobs,
        retrieval=retrieval,
        evaluation=EvaluationService(adapters.database, retrieval),
        demo=DemoService(
            adapters.database,
            users,
            courses,
            enrollments,
            ingestion,
            CHECKOUT / DEMO_FOLDER,
            is_embedded=settings.environment == "embedded",
        ),
        answering=build_answering(
            adapters, encoder, retrieval, prompt_selection, answer_cache, usage_recorder, budgets
        ),
        answer_cache=answer_cache,
        usage_recorder=usage_recorder,
        usage=UsageService(adapters.database),
        budgets=budgets,
        models=ModelService(
            adapters.database, adapters.router, adapters.breakers, adapters.prompts
        ),
        prompts=PromptService(adapters.database, adapters.prompts, prompt_selection),
        prompt_selection=prompt_selection,
        conversations=ConversationService(adapters.database),
        conversation_export=ConversationExportService(adapters.database),
        feedback=FeedbackService(adapters.database),
        sockets=OpenSockets(
            settings.websockets_at_once, settings.websocket_idle_seconds, adapters.clock
        ),
        socket_tickets=SocketTickets(adapters.database),
        vector_indexes=VectorIndexes(adapters.database),
        reembedding=build_reembedding(adapters.database, adapters.embedder),
    )


def build_reranking(adapters: Adapters) -> Reranking | None:
    """Reranking within the limits of the settings; None where there is no reranker."""
    if adapters.reranker is None:
        return None
    settings = adapters.settings
    return Reranking(
        adapters.reranker,
        candidates=settings.rerank_candidates,
        seconds=settings.rerank_timeout_seconds,
        clock=time.monotonic,
    )


def build_answer_cache(adapters: Adapters) -> AnswerCache:
    """The cache of answers, within the limits of the settings."""
    settings = adapters.settings
    limits = CacheLimits(
        lifetime=timedelta(seconds=settings.answer_cache_seconds),
        questions=settings.answer_cache_questions,
        answer_bytes=settings.answer_cache_answer_bytes,
    )
    return AnswerCache(adapters.database, AnswerCacheStore(adapters.redis_cache), limits)


def build_answering(
    adapters: Adapters,
    encoder: QuestionEncoder,
    retrieval: RetrievalService,
    prompts: PromptSelection,
    answer_cache: AnswerCache,
    usage: UsageRecorder,
    budgets: BudgetService,
) -> AnsweringService:
    """Answering over these adapters, with a bounded number of answers at once."""
    spending = Spending(adapters.router, usage, budgets)
    teller = AnswerTeller(retrieval, prompts, spending)
    settings = adapters.settings
    places = Bulkhead(
        settings.answers_at_once,
        waiting=settings.answers_waiting,
        waiting_seconds=ANSWER_WAIT_SECONDS,
    )
    is_cached = settings.answer_cache
    told_by = CachedAnswerTeller(teller, answer_cache, encoder.embedder_id) if is_cached else teller
    streams = AnswerStreams(adapters.redis)
    engine = AnswerEngine(adapters.database, streams, process_name())
    sharing = AnswerSharing(
        AnswerKeeper(adapters.database, engine, settings.answer_lease_seconds),
        AnswerTakeover(
            adapters.database, encoder, told_by, adapters.router, places, engine, streams
        ),
        AnswerFollower(adapters.database, streams),
    )
    structured = StructuredChat(adapters.prompts)
    titler = ConversationTitler(adapters.database, prompts, structured, spending)
    return AnsweringService(
        adapters.database,
        encoder,
        told_by,
        adapters.router,
        places,
        engine,
        sharing,
        titler if settings.conversation_titles else None,
    )


def process_name() -> str:
    """What this process is called in the rows it owns; no other ever has the same name."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def build_ingestion(adapters: Adapters) -> IngestionService:
    """Ingestion over these adapters, with each file read in a process of its own."""
    return IngestionService(adapters.database, adapters.files, adapters.embedder, GuardedReader)


def build_job_runner(
    adapters: Adapters, worker: str, models: RegistryFollower | None = None
) -> JobRunner:
    """What a worker process runs its jobs with; `worker` names the process.

    Each job begins with the registry of chat models that `models` finds.
    """
    ingestion = IngestionJob(adapters.database, adapters.files, build_ingestion(adapters))
    work: dict[JobKind, JobWork] = {JobKind.INGEST: ingestion}
    prepare = None if models is None else models.refresh
    return JobRunner(adapters.database, adapters.queue, work, worker, prepare)


@asynccontextmanager
async def open_job_runner(adapters: Adapters, worker: str) -> AsyncIterator[JobRunner]:
    """A job runner whose chat models follow what admins and other processes do.

    The registry is also read before each job, as a worker's loop rests in between.
    """
    models = RegistryFollower(adapters.database, adapters.router, adapters.breakers)
    await models.open()
    try:
        yield build_job_runner(adapters, worker, models)
    finally:
        await models.close()


def build_reembedding(database: Database, embedder: Embedder) -> ReembeddingService:
    """What fills in the vectors of a new encoder."""
    indexes = VectorIndexes(database)
    return ReembeddingService(database, embedder, indexes, APPROXIMATE_FROM_CHUNKS)


def build_vector_upkeep(database: Database, embedder: Embedder) -> VectorUpkeep:
    """What keeps vectors in order beside a worker's jobs, on a database of its own."""
    return VectorUpkeep(VectorIndexes(database), build_reembedding(database, embedder))


@asynccontextmanager
async def open_services(adapters: Adapters) -> AsyncIterator[Services]:
    """The services, with what they run in the background ended when the context ends."""
    services = build_services(adapters)
    await services.models.open()
    await services.prompt_selection.open()
    try:
        yield services
    finally:
        await services.prompt_selection.close()
        await services.models.close()
        await services.answering.close()
        await services.budgets.close()
        await services.usage_recorder.close()
