"""What teachers say in place of an answer: versioned, found before all else, withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from ai.embedding.embedder import Embedder
from pedagogy.events.kinds import AnswerCorrected
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.errors import WrongStateError
from services.insights.correction_passages import EncodedCorrection, encoded_correction, key_of
from services.learning.events import tell
from services.notifications.events import EventKind, announce
from services.retrieval import RetrievalService
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.audit import AuditRepository
from storage.repositories.corpus import CorpusRepository
from storage.repositories.corrections import (
    CorrectionRepository,
    StoredCorrection,
    StoredCorrectionVersion,
)


@dataclass(frozen=True, slots=True)
class WantedCorrection:
    """What a teacher says of a question.

    Attributes:
        message_id: The answer in whose place it is said, where there is one.
    """

    question: str
    body: str
    message_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CorrectionHistory:
    """A correction with all that it ever said, the latest first."""

    correction: StoredCorrection
    versions: tuple[StoredCorrectionVersion, ...]


class CorrectionService:
    """Keeps corrections and the documents that say them to the tutor.

    A correction is material like any other to whoever answers: cited, and never obeyed. Each
    change raises the corpus revision, so that no cached answer outlives it.
    """

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        retrieval: RetrievalService,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._clock = clock
        self._embedder = embedder
        self._retrieval = retrieval

    async def make(
        self, actor: Actor, course: UUID | str, wanted: WantedCorrection
    ) -> StoredCorrection:
        """Corrects an answer, or says what the course answers to a question.

        A second correction of the same answer is the first one's next version.

        Raises:
            NotFoundError: no such course for this actor, or it has no such answer.
            PermissionDeniedError: they do not teach it.
            WrongStateError: somebody else corrects the answer at this moment.
            EmbeddingError: a remote encoder gives no vectors; nothing is kept then.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            correction_id = uuid7()
            if wanted.message_id is not None:
                corrections = CorrectionRepository(session)
                await corrections.answer(wanted.message_id, access.course_id)
                correction_id = await corrections.of_answer(wanted.message_id) or correction_id
        return await self._say(actor, access, correction_id, wanted)

    async def change(
        self, actor: Actor, correction_id: UUID, question: str, body: str
    ) -> StoredCorrection:
        """Says it otherwise from now on; one that was withdrawn counts again.

        Raises:
            NotFoundError: no such correction for this actor.
            PermissionDeniedError: they do not teach its course.
            EmbeddingError: a remote encoder gives no vectors; nothing is changed then.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await self._enter(session, actor, correction_id, Permission.EDIT)
            stored = await CorrectionRepository(session).get(correction_id)
        wanted = WantedCorrection(question, body, stored.message_id)
        return await self._say(actor, access, correction_id, wanted)

    async def withdraw(self, actor: Actor, correction_id: UUID) -> None:
        """Lets it count no more; what it said stays in its history. Idempotent.

        Raises:
            NotFoundError: no such correction for this actor.
            PermissionDeniedError: they do not teach its course.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await self._enter(session, actor, correction_id, Permission.EDIT)
            if await CorrectionRepository(session).withdraw(correction_id):
                key = key_of(correction_id)
                await CorpusRepository(session).delete_document(access.course_id, key)
                await _record(session, "correction.withdraw", actor, access, correction_id)

    async def read(self, actor: Actor, correction_id: UUID) -> CorrectionHistory:
        """A correction with its history.

        Raises:
            NotFoundError: no such correction for this actor.
            PermissionDeniedError: they are a learner there.
        """
        async with self._database.transaction(actor.scope) as session:
            await self._enter(session, actor, correction_id, Permission.REVIEW)
            corrections = CorrectionRepository(session)
            versions = await corrections.versions(correction_id)
            return CorrectionHistory(await corrections.get(correction_id), tuple(versions))

    async def page(
        self, actor: Actor, course: UUID | str, request: PageRequest
    ) -> Page[StoredCorrection]:
        """The corrections of a course, the last changed first, withdrawn ones too.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they are a learner there.
            InvalidCursorError: the cursor is damaged.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            return await CorrectionRepository(session).page(access.course_id, request)

    async def _say(
        self,
        actor: Actor,
        access: CourseAccess,
        correction_id: UUID,
        wanted: WantedCorrection,
    ) -> StoredCorrection:
        """Encodes without a connection, then stores all of it in one transaction."""
        encoded = await encoded_correction(
            correction_id, wanted.question, wanted.body, access.language, self._embedder
        )
        embedder_id = await self._retrieval.embedder_number()
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, access.course_id, Permission.EDIT)
            corrections = CorrectionRepository(session)
            answer = None
            if wanted.message_id is not None:
                answer = await corrections.answer(wanted.message_id, access.course_id)
                if await corrections.of_answer(wanted.message_id) not in (None, correction_id):
                    raise WrongStateError(
                        "Somebody has corrected this answer just now. Look again."
                    )
            await corrections.lock(correction_id)
            document_id = await _store(session, access, correction_id, encoded, embedder_id)
            await corrections.put(
                correction_id,
                access.course_id,
                document_id,
                actor.user_id,
                encoded.document.title,
                wanted.body,
                wanted.message_id,
            )
            await _record(session, "correction.make", actor, access, correction_id)
            if answer is not None:
                await announce(
                    session,
                    EventKind.ANSWER_CORRECTED,
                    access.course_id,
                    user_id=answer.learner_id,
                    message_id=answer.message_id,
                    conversation_id=answer.conversation_id,
                    correction_id=correction_id,
                    question=encoded.document.title,
                )
                told = AnswerCorrected(message_id=answer.message_id, correction_id=correction_id)
                await tell(session, access.course_id, answer.learner_id, self._clock(), [told])
            return await corrections.get(correction_id)

    async def _enter(
        self, session: AsyncSession, actor: Actor, correction_id: UUID, permission: Permission
    ) -> CourseAccess:
        course_id = await CorrectionRepository(session).course_of(correction_id)
        subject = ("correction", correction_id)
        return await authorise(session, actor, course_id, permission, subject=subject)


async def _store(
    session: AsyncSession,
    access: CourseAccess,
    correction_id: UUID,
    encoded: EncodedCorrection,
    embedder_id: int,
) -> UUID:
    corrections, corpus = CorrectionRepository(session), CorpusRepository(session)
    document_id, current = await corrections.open_document(
        access.course_id, key_of(correction_id), encoded.document.title
    )
    chunk_ids = await corpus.draw_chunk_ids(len(encoded.passages))
    version = encoded.version(chunk_ids, current)
    await corpus.switch(access.course_id, embedder_id, [version])
    return document_id


async def _record(
    session: AsyncSession, act: str, actor: Actor, access: CourseAccess, correction_id: UUID
) -> None:
    await AuditRepository(session).record(
        act, actor_id=actor.user_id, subject=str(correction_id), course_id=access.course_id
    )
