"""Schemas of WebSockets: tickets and statistics."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.common import Output


class SocketTicketRead(Output):
    """Opens one WebSocket, once."""

    ticket: str = Field(description="For `/api/v1/ws?ticket=...`.")
    expires_in: int = Field(description="Seconds until it can no longer be used.", examples=[30])


class OpenWebSocketRead(Output):
    """A WebSocket and what has passed through it."""

    id: UUID
    user_id: UUID | None = Field(description="Null until its ticket is taken in.")
    opened_at: datetime
    frames_in: int
    frames_out: int
    subscriptions: list[str] = Field(
        description="What it listens to just now, by the client's own ids.", examples=[["c1"]]
    )


class WebSocketStatisticsRead(Output):
    """The WebSockets of the process that answers; other replicas have their own."""

    open: int
    at_most: int
    opened: int = Field(description="Since the process started.")
    refused: int = Field(description="For want of a place.")
    items: list[OpenWebSocketRead] = Field(description="Oldest first.")
