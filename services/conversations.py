"""A person's own conversations: listing, searching, reading, renaming, deleting."""

from dataclasses import dataclass, field
from uuid import UUID

from services.actors import Actor
from services.conversation_forks import Fork, forks_along
from services.snippets import Snippet, snippet
from services.tutoring.views import TutorView, tutor_view
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.conversations import ConversationRepository, StoredConversation
from storage.repositories.messages import MessageRepository, StoredMessage

SHOWN_LEAVES = 50
SHOWN_MESSAGES = 200
"""The latest messages that a conversation is read with."""


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with the latest messages of one branch, oldest first."""

    conversation: StoredConversation
    messages: list[StoredMessage]
    leaves: list[UUID] = field(default_factory=list)
    """The ends of its branches, the latest first."""
    forks: list[Fork] = field(default_factory=list)
    """Where its messages have others beside them, in the order of the messages."""
    tutor: TutorView | None = None
    """Where its owner and the tutor are; None where nobody asks."""


@dataclass(frozen=True, slots=True)
class ConversationHit:
    """Where a search found its words: in a message, or in the title where `message_id` is None."""

    message_id: UUID | None
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class FoundConversation:
    """A conversation with the place where a search found its words."""

    conversation: StoredConversation
    hit: ConversationHit


class ConversationService:
    """Conversations are their owner's alone; a teacher or admin does not see them here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, actor: Actor, course: UUID | str | None, request: PageRequest
    ) -> Page[StoredConversation]:
        """The actor's conversations, the last touched first, in one course or in all.

        Raises:
            InvalidCursorError: the cursor is damaged.
        """
        async with self._database.transaction(actor.scope) as session:
            return await ConversationRepository(session).page(actor.user_id, course, request)

    async def search(
        self, actor: Actor, course: UUID | str | None, query: str, request: PageRequest
    ) -> Page[FoundConversation]:
        """Those of the actor's conversations whose title or one message holds all words of `query`.

        Raises:
            InvalidCursorError: the cursor is damaged.
        """
        words = query.split()
        async with self._database.transaction(actor.scope) as session:
            found = await ConversationRepository(session).search(
                actor.user_id, course, words, request
            )
        return found.map(
            lambda one: FoundConversation(
                one.conversation, ConversationHit(one.message_id, snippet(one.text, words))
            )
        )

    async def read(
        self, actor: Actor, conversation_id: UUID, leaf: UUID | None = None
    ) -> ConversationView:
        """A conversation and the messages that lead to `leaf`, or to the latest one.

        Raises:
            NotFoundError: the actor has no such conversation, or it no such message.
        """
        async with self._database.transaction(actor.scope) as session:
            conversation = await ConversationRepository(session).owned(
                conversation_id, actor.user_id
            )
            repository = MessageRepository(session)
            messages = await repository.of_conversation(conversation_id, SHOWN_MESSAGES, leaf=leaf)
            leaves = await repository.leaves(conversation_id, SHOWN_LEAVES)
            places = await repository.places(conversation_id) if len(leaves) > 1 else []
            tutor = await tutor_view(session, actor, conversation_id, conversation.course_id)
        forks = forks_along(places, {message.id for message in messages})
        return ConversationView(conversation, messages, leaves, forks, tutor)

    async def rename(self, actor: Actor, conversation_id: UUID, title: str) -> StoredConversation:
        """Gives a conversation a title.

        Raises:
            NotFoundError: the actor has no such conversation.
        """
        async with self._database.transaction(actor.scope) as session:
            repository = ConversationRepository(session)
            await repository.rename(conversation_id, actor.user_id, title)
            return await repository.owned(conversation_id, actor.user_id)

    async def delete(self, actor: Actor, conversation_id: UUID) -> None:
        """Deletes a conversation for its owner.

        Raises:
            NotFoundError: the actor has no such conversation.
        """
        async with self._database.transaction(actor.scope) as session:
            await ConversationRepository(session).delete(conversation_id, actor.user_id)
