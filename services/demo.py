"""The demo course and its accounts, loaded at the first start of an embedded installation."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from services.access import CourseRole, Permission, authorise
from services.actors import Actor, Role
from services.courses import CourseService, Difficulty, NewCourse
from services.enrollments import EnrollmentService
from services.ingestion.report import IngestionReport
from services.ingestion.service import IngestionService
from services.ingestion.sources import SourceFile
from services.users import NewUser, UserService
from storage.database import MAINTENANCE, Database
from storage.errors import ConflictError, NotFoundError
from storage.repositories.users import UserRepository

DEMO_PASSWORD: Final = "learn-by-asking"  # noqa: S105 - public on purpose, embedded mode only
DESCRIPTION_FILE: Final = "course.json"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to try the service with, and its place in the demo course."""

    email: str
    display_name: str
    role: Role
    enrolled_as: CourseRole


ACCOUNTS: Final = (
    DemoAccount("student@demo.local", "Demo Student", "student", "learner"),
    DemoAccount("teacher@demo.local", "Demo Teacher", "teacher", "teacher"),
    DemoAccount("admin@demo.local", "Demo Admin", "admin", "owner"),
)


class DemoDocument(BaseModel):
    """A document of the demo course."""

    path: str


class DemoCourse(BaseModel):
    """What the demo folder says of its course; further fields are for people."""

    slug: str
    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    difficulty: Difficulty = "beginner"
    language: str = "en"
    suggested_questions: tuple[str, ...] = ()
    documents: tuple[DemoDocument, ...]


class DemoService:
    """Loads the demo; again and again without harm."""

    def __init__(
        self,
        database: Database,
        users: UserService,
        courses: CourseService,
        enrollments: EnrollmentService,
        ingestion: IngestionService,
        folder: Path,
        *,
        is_embedded: bool,
    ) -> None:
        self._database = database
        self._users = users
        self._courses = courses
        self._enrollments = enrollments
        self._ingestion = ingestion
        self._folder = folder
        self._is_embedded = is_embedded

    async def accounts(self) -> tuple[DemoAccount, ...]:
        """The demo accounts a visitor can sign in with: none in production, or without the demo."""
        if not self._is_embedded:
            return ()
        async with self._database.transaction(MAINTENANCE) as session:
            usable = await UserRepository(session).active_among([a.email for a in ACCOUNTS])
        return tuple(account for account in ACCOUNTS if account.email in usable)

    async def load(self, actor: Actor) -> IngestionReport | None:
        """Makes what is missing of accounts, course and documents.

        A demo course that was deleted stays deleted: then, and where the installation has no
        demo folder, nothing is done and None returned.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
        """
        description = await asyncio.to_thread(self._read_description)
        if description is None or await self._was_deleted(actor, description.slug):
            return None
        created = [account for account in ACCOUNTS if await self._create_account(actor, account)]
        if await self._create_course(actor, description):
            created = list(ACCOUNTS)
        for account in created:
            await self._enrollments.enrol(
                actor, description.slug, account.email, account.enrolled_as
            )
        return await self._ingestion.ingest_for(actor, description.slug, self._sources(description))

    def _read_description(self) -> DemoCourse | None:
        path = self._folder / DESCRIPTION_FILE
        if not path.is_file():
            return None
        return DemoCourse.model_validate_json(path.read_bytes())

    def _sources(self, description: DemoCourse) -> list[SourceFile]:
        return [
            SourceFile(self._folder / document.path, document.path.rsplit("/", 1)[-1])
            for document in description.documents
        ]

    async def _was_deleted(self, actor: Actor, slug: str) -> bool:
        try:
            await self._courses.read(actor, slug)
        except NotFoundError:
            return await self._is_among_deleted(actor, slug)
        return False

    async def _is_among_deleted(self, actor: Actor, slug: str) -> bool:
        try:
            async with self._database.transaction(actor.scope) as session:
                await authorise(session, actor, slug, Permission.MANAGE, is_deleted=True)
        except NotFoundError:
            return False
        return True

    async def _create_account(self, actor: Actor, account: DemoAccount) -> bool:
        new = NewUser(
            email=account.email,
            password=DEMO_PASSWORD,
            display_name=account.display_name,
            role=account.role,
        )
        try:
            await self._users.create(actor, new)
        except ConflictError:
            return False
        return True

    async def _create_course(self, actor: Actor, description: DemoCourse) -> bool:
        fields = description.model_dump(exclude={"documents"})
        try:
            await self._courses.create(actor, NewCourse(**fields))
        except ConflictError:
            return False
        return True
