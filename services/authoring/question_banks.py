"""Question banks of other systems, brought in as quizzes."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from content.kinds import ContentKind
from publishing.apart import import_apart
from publishing.errors import PublishingError
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.authoring.library import ContentLibrary
from services.authoring.views import ContentView
from services.errors import InvalidValueError
from storage.database import Database
from storage.errors import FileTooLargeError

MAX_BANK_BYTES = 50 << 20
IMPORTS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class UnreadItem:
    """A question of a bank that could not be brought in, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What became of a question bank.

    Attributes:
        quiz: The questions that could be read, as a draft.
        format: What the file was.
        failures: Those that could not.
    """

    quiz: ContentView
    format: str
    failures: tuple[UnreadItem, ...]


class QuestionBanks:
    """Brings question banks in; each question stands or falls by itself."""

    def __init__(self, database: Database, library: ContentLibrary) -> None:
        self._database = database
        self._library = library
        self._places = asyncio.Semaphore(IMPORTS_AT_ONCE)

    async def authorise(self, actor: Actor, course: UUID | str) -> CourseAccess:
        """Who may bring something in, before it is sent.

        Raises:
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not edit it.
        """
        async with self._database.transaction(actor.scope) as session:
            return await authorise(session, actor, course, Permission.EDIT)

    async def bring_in(
        self, actor: Actor, access: CourseAccess, blocks: AsyncIterator[bytes], language: str
    ) -> BroughtIn:
        """Keeps the questions of a file as a quiz, a draft that the quality gate has looked at.

        Raises:
            FileTooLargeError: past `MAX_BANK_BYTES`.
            InvalidValueError: no question can be read, with the reason; nothing is kept.
        """
        async with self._places:
            with tempfile.TemporaryDirectory(prefix="neuroshiksha-bank-") as folder:
                file = Path(folder) / "bank"
                await _write(file, blocks)
                try:
                    read = await asyncio.to_thread(import_apart, file, language)
                except PublishingError as error:
                    raise InvalidValueError("file", str(error)) from error
        body = read.quiz.model_dump(mode="json")
        quiz = await self._library.create(
            actor, access.course_id, ContentKind.QUIZ, body, origin="import"
        )
        failures = tuple(UnreadItem(one.name, one.reason) for one in read.failures)
        return BroughtIn(quiz, read.format, failures)


async def _write(file: Path, blocks: AsyncIterator[bytes]) -> None:
    written = 0
    with file.open("wb") as target:
        async for block in blocks:
            written += len(block)
            if written > MAX_BANK_BYTES:
                raise FileTooLargeError(MAX_BANK_BYTES)
            await asyncio.to_thread(target.write, block)
