"""Wires the services of content: what teachers make, by hand or by jobs; does no I/O of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ai.quality.gate import QualityGate
from bootstrap.adapters import Adapters, utc_now
from bootstrap.asset_stores import open_asset_store
from bootstrap.settings import Settings
from services.authoring.assets import AssetService
from services.authoring.comments import ContentComments
from services.authoring.history import ContentHistory
from services.authoring.library import ContentLibrary
from services.authoring.packages import CoursePackages
from services.authoring.publication import Publication
from services.authoring.question_banks import QuestionBanks
from services.authoring.renditions import Renditions
from services.generation.checking import ContentGate
from services.generation.gathering import SourceGatherer
from services.generation.submission import GenerationSubmission
from services.jobs import JobService
from services.keyring import KeyRing
from services.retrieval import RetrievalService
from storage.database import Database


@dataclass(frozen=True, slots=True)
class AuthoringServices:
    """Every use case about content."""

    library: ContentLibrary
    history: ContentHistory
    publication: Publication
    comments: ContentComments
    assets: AssetService
    renditions: Renditions
    packages: CoursePackages
    question_banks: QuestionBanks
    generation: GenerationSubmission


def build_authoring(
    adapters: Adapters, jobs: JobService, retrieval: RetrievalService
) -> AuthoringServices:
    """The services of content over these adapters."""
    database = adapters.database
    gatherer = SourceGatherer(database, retrieval)
    assets = build_assets(adapters.settings, database, adapters.clock)
    library = ContentLibrary(database, build_gate(adapters, gatherer))
    return AuthoringServices(
        library=library,
        history=ContentHistory(database),
        publication=Publication(database),
        comments=ContentComments(database),
        assets=assets,
        renditions=Renditions(database, assets),
        packages=CoursePackages(database, adapters.settings.public_url),
        question_banks=QuestionBanks(database, library),
        generation=GenerationSubmission(database, adapters.router, jobs),
    )


def build_gate(adapters: Adapters, gatherer: SourceGatherer) -> ContentGate:
    """What looks at content before learners see it."""
    return ContentGate(QualityGate(adapters.embedder), gatherer, adapters.prompts)


def build_assets(
    settings: Settings, database: Database, clock: Callable[[], datetime] = utc_now
) -> AssetService:
    """What keeps files of content."""
    return AssetService(
        database,
        open_asset_store(settings),
        KeyRing.of_setting(settings.secret_key.get_secret_value()),
        settings.asset_quota_bytes,
        clock,
    )
