"""Schemas of a conversation exported as data."""

from uuid import UUID

from pydantic import Field

from api.schemas.chat import ConversationRead, MessageRead
from api.schemas.common import LocatorRead, Output
from services.conversation_export import cited_sources
from services.conversations import ConversationView
from storage.repositories.messages import StoredMessage


class FootnoteRead(Output):
    """A source that an answer cites, with all that is quoted of it."""

    n: int = Field(description="The number it is cited by.", examples=[1])
    document_id: UUID
    document_version: int
    document_title: str
    locator: LocatorRead
    quotes: list[str] = Field(description="Verbatim.")


class ExportedMessage(MessageRead):
    """A message with its citations gathered by source."""

    footnotes: list[FootnoteRead]

    @classmethod
    def of(cls, message: StoredMessage) -> "ExportedMessage":
        """The public shape of a stored message."""
        footnotes = [FootnoteRead.model_validate(source) for source in cited_sources(message)]
        return cls(**MessageRead.of(message).model_dump(), footnotes=footnotes)


class ConversationExport(ConversationRead):
    """A whole conversation, oldest message first."""

    messages: list[ExportedMessage]

    @classmethod
    def of(cls, view: ConversationView) -> "ConversationExport":
        """The public shape of a conversation with its messages."""
        read = ConversationRead.model_validate(view.conversation)
        messages = [ExportedMessage.of(message) for message in view.messages]
        return cls(**read.model_dump(), messages=messages)
