"""Answers that teachers corrected: the version in use, and those before it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import AnswerCorrection, Conversation, CorrectionVersion, Document, Message, User
from storage.errors import NotFoundError
from storage.paging import AnyRow, AnySelect, Keyset, Order, Page, PageRequest, fetch_page

KEYSET = Keyset({"updated_at": AnswerCorrection.updated_at}, AnswerCorrection.id)
NEWEST_FIRST = Order("updated_at", descending=True)


@dataclass(frozen=True, slots=True)
class StoredCorrection:
    """A correction as its row says it; `author` is a display name."""

    id: UUID
    course_id: UUID
    message_id: UUID | None
    document_id: UUID | None
    author: str | None
    version: int
    question: str
    body: str
    created_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredCorrectionVersion:
    """What a correction said from a moment on."""

    number: int
    author: str | None
    question: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CorrectedAnswer:
    """An answer to be corrected: its course, and who asked for it."""

    message_id: UUID
    course_id: UUID
    learner_id: UUID
    conversation_id: UUID


class CorrectionRepository:
    """The rows of `answer_corrections` and `correction_versions`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def answer(self, message_id: UUID, course_id: UUID) -> CorrectedAnswer:
        """An answer of a course that is told to its end; nobody else corrects it meanwhile.

        Raises:
            NotFoundError: when there is none.
        """
        statement = (
            select(Message.id, Message.course_id, Conversation.user_id, Conversation.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(
                Message.id == message_id,
                Message.course_id == course_id,
                Message.role == "assistant",
                Message.status != "streaming",
                Conversation.deleted_at.is_(None),
            )
            .with_for_update(of=Message)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError("answer", message_id)
        return CorrectedAnswer(*row)

    async def of_answer(self, message_id: UUID) -> UUID | None:
        """The correction of an answer, a withdrawn one too."""
        statement = select(AnswerCorrection.id).where(AnswerCorrection.message_id == message_id)
        found: UUID | None = await self._session.scalar(statement)
        return found

    async def course_of(self, correction_id: UUID) -> UUID:
        """The course of a correction.

        Raises:
            NotFoundError: when there is none.
        """
        statement = select(AnswerCorrection.course_id).where(AnswerCorrection.id == correction_id)
        found: UUID | None = await self._session.scalar(statement)
        if found is None:
            raise NotFoundError("correction", correction_id)
        return found

    async def lock(self, correction_id: UUID) -> None:
        """Lets nobody else change a correction until the transaction ends; nothing where none is.

        One that is being made has no row yet, but its id is its maker's alone.
        """
        one = select(AnswerCorrection.id).where(AnswerCorrection.id == correction_id)
        await self._session.execute(one.with_for_update())

    async def open_document(self, course_id: UUID, key: str, title: str) -> tuple[UUID, int]:
        """The document that says a correction, made where it is not there, and its version."""
        made = upsert(Document).values(
            id=uuid7(),
            course_id=course_id,
            key=key,
            kind="correction",
            title=title,
            media_type="text/markdown",
        )
        statement = made.on_conflict_do_update(
            index_elements=[Document.course_id, Document.key], set_={"kind": "correction"}
        ).returning(Document.id, Document.current_version)
        document_id, version = (await self._session.execute(statement)).one()
        return document_id, version

    async def put(
        self,
        correction_id: UUID,
        course_id: UUID,
        document_id: UUID,
        author_id: UUID,
        question: str,
        body: str,
        message_id: UUID | None,
    ) -> None:
        """Adds a version, which is the one in use from now on; one withdrawn counts again."""
        said = {"author_id": author_id, "question": question, "body": body}
        statement = upsert(AnswerCorrection).values(
            id=correction_id,
            course_id=course_id,
            message_id=message_id,
            document_id=document_id,
            version=1,
            **said,
        )
        number = await self._session.scalar(
            statement.on_conflict_do_update(
                index_elements=[AnswerCorrection.id],
                set_={
                    **said,
                    "document_id": document_id,
                    "version": AnswerCorrection.version + 1,
                    "withdrawn_at": None,
                    "updated_at": func.now(),
                },
            ).returning(AnswerCorrection.version)
        )
        await self._session.execute(
            insert(CorrectionVersion).values(
                correction_id=correction_id, number=number, course_id=course_id, **said
            )
        )

    async def withdraw(self, correction_id: UUID) -> bool:
        """Lets a correction count no more; False where it did not."""
        statement = (
            update(AnswerCorrection)
            .where(AnswerCorrection.id == correction_id, AnswerCorrection.withdrawn_at.is_(None))
            .values(withdrawn_at=func.now(), updated_at=func.now())
            .returning(AnswerCorrection.id)
        )
        return await self._session.scalar(statement) is not None

    async def get(self, correction_id: UUID) -> StoredCorrection:
        """One correction.

        Raises:
            NotFoundError: when there is none.
        """
        statement = _with_author().where(AnswerCorrection.id == correction_id)
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError("correction", correction_id)
        return _stored(row)

    async def versions(self, correction_id: UUID) -> list[StoredCorrectionVersion]:
        """What it said, the latest first."""
        columns = (
            CorrectionVersion.number,
            User.display_name,
            CorrectionVersion.question,
            CorrectionVersion.body,
            CorrectionVersion.created_at,
        )
        statement = (
            select(*columns)
            .outerjoin(User, User.id == CorrectionVersion.author_id)
            .where(CorrectionVersion.correction_id == correction_id)
            .order_by(CorrectionVersion.number.desc())
        )
        rows = await self._session.execute(statement)
        return [StoredCorrectionVersion(*row) for row in rows]

    async def page(self, course_id: UUID, request: PageRequest) -> Page[StoredCorrection]:
        """The corrections of a course, the last changed first.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = _with_author().where(AnswerCorrection.course_id == course_id)
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(_stored)


def _with_author() -> AnySelect:
    return select(AnswerCorrection, User.display_name).outerjoin(
        User, User.id == AnswerCorrection.author_id
    )


def _stored(row: AnyRow) -> StoredCorrection:
    correction, author = row
    return StoredCorrection(
        id=correction.id,
        course_id=correction.course_id,
        message_id=correction.message_id,
        document_id=correction.document_id,
        author=author,
        version=correction.version,
        question=correction.question,
        body=correction.body,
        created_at=correction.created_at,
        updated_at=correction.updated_at,
        withdrawn_at=correction.withdrawn_at,
    )
