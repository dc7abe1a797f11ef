"""Wires the services of learning."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ai.validation.structured import StructuredChat
from bootstrap.adapters import Adapters
from bootstrap.events import build_delivery, build_projector, record_store_secrets
from pedagogy.grading.grader import Grader
from pedagogy.grading.guarded_algebra import GuardedAlgebra
from pedagogy.reviews.scheduling import ReviewScheduler
from services.answering.spending import Spending
from services.learning.activity import CourseActivityService
from services.learning.answer_grading import AnswerGrading
from services.learning.answer_judge import ChatAnswerJudge
from services.learning.appeals import AppealService
from services.learning.attempts import AttemptService
from services.learning.certificates import CertificateService
from services.learning.concepts import ConceptService
from services.learning.goals import GoalService
from services.learning.held_certificates import HeldCertificateService
from services.learning.hints import HintService
from services.learning.knowledge_fitting import KnowledgeFitting
from services.learning.paths import PathService
from services.learning.progress import ProgressService
from services.learning.projecting import EventProjector
from services.learning.quiz_rules import QuizRulesService
from services.learning.record_stores import RecordStoreService
from services.learning.regrading import RegradingService
from services.learning.reviews import ReviewService
from services.learning.study import StudyService
from services.prompt_selection import PromptSelection
from services.question_encoding import QuestionEncoder
from storage.database import Database


@dataclass(frozen=True, slots=True)
class LearningServices:
    """Use cases of learners and of those who grade them."""

    attempts: AttemptService
    regrading: RegradingService
    appeals: AppealService
    quiz_rules: QuizRulesService
    hints: HintService
    reviews: ReviewService
    concepts: ConceptService
    progress: ProgressService
    grading: AnswerGrading
    projector: EventProjector
    activity: CourseActivityService
    record_stores: RecordStoreService
    study: StudyService
    paths: PathService
    goals: GoalService
    certificates: CertificateService
    held_certificates: HeldCertificateService
    algebra: GuardedAlgebra
    """Starts a process at the first formula; to be closed at the end."""


def build_learning(
    adapters: Adapters, encoder: QuestionEncoder, prompts: PromptSelection, spending: Spending
) -> LearningServices:
    """The services of learning over these adapters."""
    database, clock = adapters.database, adapters.clock
    algebra = GuardedAlgebra()
    structured = StructuredChat(adapters.prompts)
    judge = ChatAnswerJudge(adapters.router, prompts, structured, spending)
    grading = AnswerGrading(Grader(algebra), encoder, judge)
    return LearningServices(
        attempts=AttemptService(database, grading, clock),
        regrading=RegradingService(database, grading, clock),
        appeals=AppealService(database, clock),
        quiz_rules=QuizRulesService(database),
        hints=HintService(database, clock),
        reviews=ReviewService(database, ReviewScheduler(), clock),
        concepts=ConceptService(database),
        progress=ProgressService(database, clock),
        grading=grading,
        projector=build_projector(adapters.settings, database),
        study=StudyService(database, clock),
        paths=PathService(database, clock),
        goals=GoalService(database, clock, adapters.settings.time_zone),
        certificates=CertificateService(
            database,
            clock,
            adapters.settings.time_zone,
            school=adapters.settings.school_name,
            public_url=adapters.settings.public_url,
        ),
        held_certificates=HeldCertificateService(database, clock),
        record_stores=RecordStoreService(
            database,
            record_store_secrets(adapters.settings),
            build_delivery(adapters.settings, database),
        ),
        activity=CourseActivityService(database, clock, adapters.settings.time_zone),
        algebra=algebra,
    )


async def fit_knowledge(database: Database, is_stopping: Callable[[], bool]) -> None:
    """Fits the parameters of knowledge tracing, on a database of the caller's."""
    await KnowledgeFitting(database, lambda: datetime.now(UTC)).round(is_stopping)
