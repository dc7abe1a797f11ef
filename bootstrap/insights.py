"""Wires what teachers learn of a course, and how they answer it."""

from collections.abc import Callable
from dataclasses import dataclass

from ai.embedding.embedder import Embedder
from bootstrap.adapters import Adapters, utc_now
from services.feedback import FeedbackService
from services.insights.clustering import QuestionClustering
from services.insights.corrections import CorrectionService
from services.insights.exporting import InsightExport
from services.insights.overview import InsightService
from services.learning.progress import ProgressService
from services.retrieval import RetrievalService
from storage.database import Database


@dataclass(frozen=True, slots=True)
class InsightServices:
    """Use cases of the teacher's cockpit."""

    cockpit: InsightService
    export: InsightExport
    corrections: CorrectionService


def build_insights(
    adapters: Adapters,
    retrieval: RetrievalService,
    progress: ProgressService,
    feedback: FeedbackService,
) -> InsightServices:
    """The services of the cockpit over these adapters."""
    cockpit = InsightService(adapters.database, retrieval, adapters.clock)
    return InsightServices(
        cockpit=cockpit,
        export=InsightExport(cockpit, progress, feedback),
        corrections=CorrectionService(
            adapters.database, adapters.embedder, retrieval, adapters.clock
        ),
    )


async def gather_questions(
    database: Database, embedder: Embedder, is_stopping: Callable[[], bool]
) -> None:
    """Gathers new questions into clusters, on a database of the caller's."""
    await QuestionClustering(database, embedder, utc_now).tend(is_stopping)
