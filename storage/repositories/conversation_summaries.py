"""Summaries of the older part of conversations, each of one branch up to a message."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST_MESSAGES = 400
"""Read at a time; older ones were summed up before, or are given up."""

SINCE_SUMMARY = text("""
WITH RECURSIVE path AS (
    SELECT messages.id, parent_id, role, status, messages.content, 1 AS depth,
           summaries.content AS summary
    FROM messages
    LEFT JOIN conversation_summaries AS summaries ON summaries.message_id = messages.id
    WHERE messages.id = :message_id AND messages.conversation_id = :conversation_id
    UNION ALL
    SELECT earlier.id, earlier.parent_id, earlier.role, earlier.status, earlier.content,
           path.depth + 1, summaries.content
    FROM path
    JOIN messages AS earlier ON earlier.id = path.parent_id
    LEFT JOIN conversation_summaries AS summaries ON summaries.message_id = earlier.id
    WHERE path.summary IS NULL AND path.depth < :most
)
SELECT id, role, content, summary FROM path
WHERE summary IS NOT NULL
   OR content <> '' AND (role = 'user' OR status IN ('complete', 'stopped'))
ORDER BY depth DESC
""")
"""From a message up to the latest that is summed up on its way to the first one."""

ADD = text("""
INSERT INTO conversation_summaries (message_id, conversation_id, course_id, content, model, prompt)
SELECT messages.id, messages.conversation_id, messages.course_id, :content, :model, :prompt
FROM messages JOIN conversations ON conversations.id = messages.conversation_id
WHERE messages.id = :message_id AND conversations.deleted_at IS NULL
ON CONFLICT (message_id) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class SaidMessage:
    """What a message says, and who said it."""

    id: UUID
    role: str
    content: str


@dataclass(frozen=True, slots=True)
class SaidSince:
    """A branch of a conversation since it was last summed up.

    Attributes:
        summary: Of what came before; empty where nothing was.
        messages: What was said since, oldest first.
    """

    summary: str
    messages: tuple[SaidMessage, ...]


class ConversationSummariesRepository:
    """The rows of `conversation_summaries`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def said_since(self, conversation_id: UUID, message_id: UUID) -> SaidSince:
        """What was said on the way to a message since the latest summary on that way."""
        values = {
            "conversation_id": conversation_id,
            "message_id": message_id,
            "most": MOST_MESSAGES,
        }
        rows = (await self._session.execute(SINCE_SUMMARY, values)).all()
        return SaidSince(
            summary=next((row.summary for row in rows if row.summary is not None), ""),
            messages=tuple(
                SaidMessage(row.id, row.role, row.content) for row in rows if row.summary is None
            ),
        )

    async def add(self, message_id: UUID, content: str, model: str, prompt: str | None) -> None:
        """Keeps the summary of all up to a message; the first one stays.

        Nothing is kept where the conversation is deleted meanwhile.
        """
        values = {"message_id": message_id, "content": content, "model": model, "prompt": prompt}
        await self._session.execute(ADD, values)
