"""On whose account a chat model is called."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Purpose = Literal["chat", "jobs"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who and what a call is made for; it is counted, limited and reported by these.

    Attributes:
        purpose: Chat has places of its own at every deployment, which jobs cannot take.
        call_id: Of the paid call that an attempt belongs to, so that its cost can be summed.
    """

    purpose: Purpose = "chat"
    user_id: UUID | None = None
    course_id: UUID | None = None
    job_id: UUID | None = None
    message_id: UUID | None = None
    call_id: UUID | None = None


UNATTRIBUTED = Attribution()
"""A chat call of nobody in particular."""
