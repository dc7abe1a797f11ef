"""A learner's conversations: found by their owner only, listed newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Conversation, Course, Message
from storage.errors import NotFoundError
from storage.paging import AnyRow, AnySelect, Keyset, Order, Page, PageRequest, fetch_page
from storage.repositories.courses import named

KEYSET = Keyset({"updated_at": Conversation.updated_at}, Conversation.id)
NEWEST_FIRST = Order("updated_at", descending=True)


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation as its row says it, with its course by name."""

    id: UUID
    course_id: UUID
    course_slug: str
    title: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FoundConversation:
    """A conversation that a search found.

    Attributes:
        message_id: The latest message that holds all the words; None where only the title does.
        text: That message, or the title.
    """

    conversation: StoredConversation
    message_id: UUID | None
    text: str


class ConversationRepository:
    """Conversations that are not deleted, of one user at a time."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def owned(self, conversation_id: UUID, user_id: UUID) -> StoredConversation:
        """The conversation, if it is that user's.

        Raises:
            NotFoundError: When there is none that this user may see.
        """
        statement = (
            select(Conversation, Course.slug)
            .join(Course, Course.id == Conversation.course_id)
            .where(
                Conversation.id == conversation_id,
                Conversation.user_id == user_id,
                Conversation.deleted_at.is_(None),
                Course.deleted_at.is_(None),
            )
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError("conversation", conversation_id)
        return _stored(row)

    async def page(
        self, user_id: UUID, course: UUID | str | None, request: PageRequest
    ) -> Page[StoredConversation]:
        """That user's conversations, the last touched first, in one course (id or slug) or all.

        Those that stand in no list are left out.

        Raises:
            InvalidCursorError: When the cursor is damaged.
        """
        statement = _of_user(select(Conversation, Course.slug), user_id, course)
        found = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return found.map(_stored)

    async def search(
        self,
        user_id: UUID,
        course: UUID | str | None,
        words: Sequence[str],
        request: PageRequest,
    ) -> Page[FoundConversation]:
        """Those of which the title or a message holds all the words, the last touched first.

        A word is found inside of others, in upper or lower case. Only the user's own messages are
        read, by the index of their conversations, so that no index of all texts is needed.

        Raises:
            InvalidCursorError: When the cursor is damaged.
        """
        hit = (
            select(Message.id, Message.content)
            .where(
                Message.conversation_id == Conversation.id,
                *(Message.content.icontains(word, autoescape=True) for word in words),
            )
            .order_by(Message.created_at.desc(), Message.id.desc())
            .limit(1)
            .lateral("hit")
        )
        in_title = and_(*(Conversation.title.icontains(word, autoescape=True) for word in words))
        statement = (
            _of_user(select(Conversation, Course.slug, hit.c.id, hit.c.content), user_id, course)
            .outerjoin(hit, true())
            .where(or_(in_title, hit.c.id.is_not(None)))
        )
        found = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return found.map(_found)

    async def rename(self, conversation_id: UUID, user_id: UUID, title: str) -> None:
        """Gives that user's conversation a title.

        Raises:
            NotFoundError: When there is none that this user may see.
        """
        await self._change(conversation_id, user_id, {"title": title})

    async def replace_title(self, conversation_id: UUID, title: str, *, instead_of: str) -> None:
        """Gives a conversation a title, unless it has another than `instead_of` by now.

        It does not count as touched: its place in lists stays.
        """
        await self._session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id, Conversation.title == instead_of)
            .values(title=title, updated_at=Conversation.updated_at)
        )

    async def delete(self, conversation_id: UUID, user_id: UUID) -> None:
        """Takes that user's conversation out of every list; its rows stay until they are purged.

        Raises:
            NotFoundError: When there is none that this user may see.
        """
        await self._change(conversation_id, user_id, {"deleted_at": func.now()})

    async def _change(self, conversation_id: UUID, user_id: UUID, values: dict[str, Any]) -> None:
        statement = (
            update(Conversation)
            .where(
                Conversation.id == conversation_id,
                Conversation.user_id == user_id,
                Conversation.deleted_at.is_(None),
            )
            .values(values)
            .returning(Conversation.id)
        )
        if await self._session.scalar(statement) is None:
            raise NotFoundError("conversation", conversation_id)


def _of_user(statement: AnySelect, user_id: UUID, course: UUID | str | None) -> AnySelect:
    """The statement narrowed to that user's listed conversations, in one course or in all."""
    statement = statement.join(Course, Course.id == Conversation.course_id).where(
        Conversation.user_id == user_id,
        Conversation.is_listed,
        Conversation.deleted_at.is_(None),
        Course.deleted_at.is_(None),
    )
    return statement if course is None else statement.where(named(course))


def _found(row: AnyRow) -> FoundConversation:
    conversation, slug, message_id, content = row
    text = conversation.title if message_id is None else content
    return FoundConversation(_stored((conversation, slug)), message_id, text)


def _stored(row: AnyRow | tuple[Conversation, str]) -> StoredConversation:
    conversation, slug = row
    return StoredConversation(
        id=conversation.id,
        course_id=conversation.course_id,
        course_slug=slug,
        title=conversation.title,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
    )
