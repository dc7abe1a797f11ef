"""Wires the services from the adapters; does no I/O of its own."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from importlib.metadata import version

from ai.embedding.embedder import Embedder
from bootstrap.accounts import AccountServices, build_accounts
from bootstrap.adapters import Adapters
from bootstrap.answering import build_answer_cache, build_answering
from bootstrap.authoring import AuthoringServices, build_authoring
from bootstrap.health_parts import build_health
from bootstrap.home import CHECKOUT
from bootstrap.insights import InsightServices, build_insights
from bootstrap.learning import LearningServices, build_learning
from bootstrap.material import build_ingestion, build_reranking
from bootstrap.notifications import NotificationServices, build_notifications
from services.answer_cache import AnswerCache
from services.answering.service import AnsweringService
from services.answering.spending import Spending
from services.budgets import BudgetService
from services.conversation_export import ConversationExportService
from services.conversations import ConversationService
from services.course_policy import CoursePolicyService
from services.courses import CourseService
from services.demo import DemoService
from services.documents import DocumentService
from services.enrollments import EnrollmentService
from services.evaluation import EvaluationService
from services.feedback import FeedbackService
from services.health import HealthService
from services.ingestion.service import IngestionService
from services.ingestion.submission import IngestionSubmission
from services.jobs import JobService
from services.lessons import LessonService
from services.measuring.models import ModelMeasures
from services.measuring.scrape import MetricsService, QueueReader
from services.models import ModelService
from services.page_images import PageImageService
from services.prompt_selection import PromptSelection
from services.prompts import PromptService
from services.question_encoding import QuestionEncoder
from services.rate_limits import RateLimits
from services.read_cache import ReadCache, ReadLimits
from services.reading_marks import ReadingMarks
from services.reembedding import ReembeddingService
from services.retrieval import RetrievalService
from services.sockets import OpenSockets, SocketTickets
from services.usage import UsageRecorder, UsageService
from services.vector_upkeep import VectorUpkeep
from storage.database import Database
from storage.folder_cache import FolderCache
from storage.kept_reads import KeptReads
from storage.repositories.retrieval import APPROXIMATE_FROM_CHUNKS
from storage.request_counts import RedisRequestCounts
from storage.vector_indexes import VectorIndexes

DEMO_FOLDER = "demo"
MAX_PAGE_IMAGE_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Services(AccountServices):
    """Every use case, one service per area."""

    courses: CourseService
    course_policy: CoursePolicyService
    lessons: LessonService
    authoring: AuthoringServices
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
    reading_marks: ReadingMarks
    read_cache: ReadCache
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
    rate_limits: RateLimits
    vector_indexes: VectorIndexes
    reembedding: ReembeddingService
    link_hosts: frozenset[str]
    """Hosts that answers may link to."""
    learning: LearningServices
    insights: InsightServices
    notifications: NotificationServices
    metrics: MetricsService


def build_services(adapters: Adapters) -> Services:
    """The services over these adapters."""
    settings = adapters.settings
    encoder = QuestionEncoder(adapters.embedder, settings.questions_encoded_at_once)
    accounts = build_accounts(adapters)
    courses = CourseService(adapters.database)
    enrollments = EnrollmentService(adapters.database)
    ingestion = build_ingestion(adapters)
    jobs = JobService(adapters.database, adapters.queue)
    submission = IngestionSubmission(adapters.database, adapters.files, jobs)
    retrieval = RetrievalService(adapters.database, encoder, build_reranking(adapters))
    answer_cache = build_answer_cache(adapters)
    usage_recorder = UsageRecorder(adapters.database)
    adapters.router.report_to(usage_recorder)
    adapters.router.report_to(ModelMeasures(adapters.metrics))
    budgets = BudgetService(adapters.database, time.monotonic)
    queue = QueueReader(adapters.database)
    prompt_selection = PromptSelection(adapters.database, adapters.prompts)
    feedback = FeedbackService(adapters.database, adapters.clock)
    documents = DocumentService(
        adapters.database, adapters.files, submission, settings.upload_limit_bytes
    )
    spending = Spending(adapters.router, usage_recorder, budgets)
    learning = build_learning(adapters, encoder, prompt_selection, spending)
    return Services(
        **{field.name: getattr(accounts, field.name) for field in fields(accounts)},
        courses=courses,
        course_policy=CoursePolicyService(adapters.database),
        lessons=LessonService(adapters.database),
        authoring=build_authoring(adapters, jobs, retrieval),
        enrollments=enrollments,
        health=build_health(adapters, queue),
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
            accounts.users,
            courses,
            enrollments,
            ingestion,
            CHECKOUT / DEMO_FOLDER,
            is_embedded=settings.environment == "embedded",
        ),
        answering=build_answering(
            adapters,
            encoder,
            retrieval,
            prompt_selection,
            answer_cache,
            spending,
            learning.grading,
        ),
        answer_cache=answer_cache,
        reading_marks=ReadingMarks(adapters.database),
        read_cache=build_read_cache(adapters),
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
        feedback=feedback,
        sockets=OpenSockets(
            settings.websockets_at_once,
            settings.websockets_per_user,
            settings.websocket_idle_seconds,
            adapters.clock,
        ),
        socket_tickets=SocketTickets(adapters.database),
        rate_limits=RateLimits(
            RedisRequestCounts(adapters.redis_cache),
            settings.rate_limits,
            adapters.clock,
            settings.rate_limit_without_redis,
        ),
        vector_indexes=VectorIndexes(adapters.database),
        reembedding=build_reembedding(adapters.database, adapters.embedder),
        link_hosts=settings.allowed_link_hosts,
        learning=learning,
        notifications=build_notifications(adapters),
        insights=build_insights(adapters, retrieval, learning.progress, feedback),
        metrics=MetricsService(adapters.metrics, queue, version("neuroshiksha")),
    )


def build_read_cache(adapters: Adapters) -> ReadCache:
    """The cache of reads, within the limits of the settings."""
    settings = adapters.settings
    limits = ReadLimits(settings.read_cache_seconds, settings.read_cache_body_bytes)
    return ReadCache(adapters.database, KeptReads(adapters.redis_cache), limits)


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
        await asyncio.to_thread(services.learning.algebra.close)
