"""Wires what a worker process runs its jobs with; does no I/O of its own."""

import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bootstrap.adapters import Adapters
from bootstrap.authoring import build_assets, build_gate
from bootstrap.material import build_ingestion, build_reranking
from bootstrap.narration import Narration, open_narration
from connectors.espeak import EspeakSpeech
from jobs.kinds import JobKind
from services.answering.spending import Spending
from services.authoring.renditions import Renditions
from services.budgets import BudgetService
from services.generation.figures import FigureShower
from services.generation.files import JobFiles
from services.generation.gathering import SourceGatherer
from services.generation.job import GenerationJob
from services.generation.writers import WriterDesks
from services.ingestion.job import IngestionJob
from services.job_running import JobRunner, JobWork
from services.measuring.jobs import JobMeasures
from services.measuring.models import ModelMeasures
from services.model_following import RegistryFollower
from services.question_encoding import QuestionEncoder
from services.retrieval import RetrievalService
from services.usage import UsageRecorder


@dataclass(frozen=True, slots=True)
class RunnerTools:
    """What a job runner counts, pays and speaks with; whoever opened it closes it.

    Attributes:
        models: Finds the registry of chat models that each job begins with; None keeps one.
    """

    usage: UsageRecorder
    budgets: BudgetService
    narration: Narration
    models: RegistryFollower | None = None

    @classmethod
    def of(
        cls,
        adapters: Adapters,
        narration: Narration | None = None,
        models: RegistryFollower | None = None,
    ) -> "RunnerTools":
        """New ones, told of every attempt at a deployment."""
        usage = UsageRecorder(adapters.database)
        adapters.router.report_to(usage)
        adapters.router.report_to(ModelMeasures(adapters.metrics))
        return cls(
            usage,
            BudgetService(adapters.database, time.monotonic),
            narration or Narration(EspeakSpeech(), None),
            models,
        )


def build_job_runner(
    adapters: Adapters,
    worker: str,
    tools: RunnerTools | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    kinds: Collection[JobKind] = frozenset(JobKind),
) -> JobRunner:
    """What a worker process runs its jobs of these kinds with; `worker` names the process.

    Without `tools` the models of the settings write, and the built-in voice speaks. A process that
    `is_stopping` hands back what it is at.
    """
    settings = adapters.settings
    tools = tools or RunnerTools.of(adapters)
    measures = JobMeasures(adapters.metrics)
    ingestion = IngestionJob(adapters.database, adapters.files, build_ingestion(adapters), measures)
    writing = build_generation(adapters, tools)
    work: dict[JobKind, JobWork] = {
        kind: ingestion if kind is JobKind.INGEST else writing for kind in kinds
    }
    return JobRunner(
        adapters.database,
        adapters.queue,
        work,
        worker,
        None if tools.models is None else tools.models.refresh,
        per_course=settings.jobs_per_course,
        measures=measures,
        traces=adapters.traces,
        is_stopping=is_stopping,
    )


@asynccontextmanager
async def open_job_runner(
    adapters: Adapters,
    worker: str,
    is_stopping: Callable[[], bool] = lambda: False,
    kinds: Collection[JobKind] = frozenset(JobKind),
) -> AsyncIterator[JobRunner]:
    """A job runner whose chat models follow what admins and other processes do.

    The registry is also read before each job, as a worker's loop rests in between.
    """
    models = RegistryFollower(adapters.database, adapters.router, adapters.breakers)
    tools = RunnerTools.of(adapters, open_narration(adapters.settings), models)
    await models.open()
    try:
        yield build_job_runner(adapters, worker, tools, is_stopping, kinds)
    finally:
        await tools.narration.close()
        await models.close()
        await tools.budgets.close()
        await tools.usage.close()


def build_generation(adapters: Adapters, tools: RunnerTools) -> GenerationJob:
    """The work of jobs that write content."""
    settings, database = adapters.settings, adapters.database
    assets = build_assets(settings, database, adapters.clock)
    encoder = QuestionEncoder(adapters.embedder, settings.questions_encoded_at_once)
    retrieval = RetrievalService(database, encoder, build_reranking(adapters))
    gatherer = SourceGatherer(database, retrieval)
    spending = Spending(adapters.router, tools.usage, tools.budgets)
    return GenerationJob(
        database,
        gatherer,
        WriterDesks(adapters.embedder, adapters.router, spending, tools.budgets, adapters.prompts),
        build_gate(adapters, gatherer),
        FigureShower(database, adapters.files),
        JobFiles(
            database,
            assets,
            Renditions(database, assets),
            settings.scenes_folder,
            tools.narration.speech,
            tools.narration.stand_in,
        ),
    )
