"""A conversation to keep: as data, as Markdown with footnotes, or typeset as PDF."""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from ai.answering.marker_filter import MarkerFilter
from publishing.errors import PublishingError, TypesettingTimedOutError
from publishing.transcripts import Footnote, Marker, Transcript, Turn, markdown
from publishing.typesetting import typeset
from services.actors import Actor
from services.conversations import ConversationView
from services.errors import InvalidValueError, UpstreamTimeoutError
from storage.database import Database
from storage.repositories.conversations import ConversationRepository
from storage.repositories.messages import MessageRepository, StoredMessage

MAX_TYPESETTINGS_AT_ONCE = 2
NOTES = {
    "stopped": "This answer was stopped.",
    "streaming": "This answer is still being told.",
}


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source that an answer cites, with all that is quoted of it."""

    n: int
    document_id: UUID
    document_version: int
    document_title: str
    locator: dict[str, Any]
    quotes: tuple[str, ...]


class ConversationExportService:
    """Exports conversations for their owners, whole."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._typesetting = asyncio.Semaphore(MAX_TYPESETTINGS_AT_ONCE)

    async def whole(
        self, actor: Actor, conversation_id: UUID, leaf: UUID | None = None
    ) -> ConversationView:
        """A conversation with all messages that lead to `leaf`, or to its latest one.

        Raises:
            NotFoundError: the actor has no such conversation, or it no such message.
        """
        async with self._database.transaction(actor.scope) as session:
            conversation = await ConversationRepository(session).owned(
                conversation_id, actor.user_id
            )
            messages = await MessageRepository(session).of_conversation(conversation_id, leaf=leaf)
            return ConversationView(conversation, messages)

    def markdown(self, view: ConversationView) -> str:
        """Questions and answers, citations as footnotes with document, place and quote."""
        conversation = view.conversation
        turns = [_turn(message) for message in view.messages]
        return markdown(
            Transcript(conversation.title, conversation.course_slug, conversation.created_at, turns)
        )

    async def pdf(self, view: ConversationView) -> bytes:
        """The same, typeset with its formulas.

        Raises:
            InvalidValueError: it cannot be typeset; the message says why.
            UpstreamTimeoutError: typesetting took too long.
        """
        text = self.markdown(view)
        async with self._typesetting:
            return await asyncio.to_thread(_typeset, text)


def cited_sources(message: StoredMessage) -> list[CitedSource]:
    """The sources that an answer quotes."""
    return [source for source in _sources(message) if source.quotes]


def place_of(locator: Mapping[str, Any]) -> str:
    """Where a passage stands, in words: page, slide, time, line, cells, the heading above."""
    parts = [
        f"{noun} {locator[noun]}" for noun in ("page", "slide") if locator.get(noun) is not None
    ]
    if (seconds := locator.get("start_seconds")) is not None:
        parts.append(f"{int(seconds) // 60}:{int(seconds) % 60:02}")
    parts += [f"{noun} {locator[noun]}" for noun in ("line", "cell") if locator.get(noun)]
    if heading := [part for part in locator.get("heading", ()) if part]:
        parts.append(" › ".join(heading))
    return ", ".join(parts)


def _sources(message: StoredMessage) -> list[CitedSource]:
    quotes: dict[int, dict[str, None]] = {}
    for citation in message.citations:
        quotes.setdefault(citation["n"], {})[citation["quote"]] = None
    return [
        CitedSource(
            n=source["n"],
            document_id=UUID(source["document_id"]),
            document_version=source["document_version"],
            document_title=source["document_title"],
            locator=source["locator"],
            quotes=tuple(quotes.get(source["n"], ())),
        )
        for source in message.sources
    ]


def _typeset(text: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="neuroshiksha-export-") as folder:
        try:
            return typeset(text, Path(folder)).read_bytes()
        except TypesettingTimedOutError as error:
            raise UpstreamTimeoutError(error.program, error.timeout_seconds) from error
        except PublishingError as error:
            message = f"This conversation cannot be typeset ({error}). Take it as md or json."
            raise InvalidValueError("format", message) from error


def _turn(message: StoredMessage) -> Turn:
    if message.role == "user":
        return Turn("user", message.content)
    sources = _sources(message)
    reading = MarkerFilter([source.n for source in sources])
    text = reading.feed(message.content) + reading.close()
    return Turn(
        "assistant",
        text,
        [Marker(found.char_start, found.char_end, found.numbers) for found in reading.markers],
        [
            Footnote(source.n, source.document_title, place_of(source.locator), source.quotes)
            for source in sources
        ],
        _note(message.status, message.error),
    )


def _note(status: str, error: Mapping[str, Any] | None) -> str | None:
    if error is not None:
        return f"This answer failed: {error['detail']}"
    return NOTES.get(status)
