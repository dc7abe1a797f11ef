"""What is known of a stream at its end, for the one line that its request gets in the log."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from uuid import UUID

from services.answering.answer_log import AnswerEvent


@dataclass(slots=True)
class StreamRecord:
    """One reader's stream of an answer.

    Attributes:
        first_text_seconds: From the request to the first words that went out.
        ending: The payload of the event that ended the answer; None where the reader left before.
    """

    message_id: UUID
    began_at: float = field(default_factory=perf_counter)
    first_text_seconds: float | None = None
    ending: AnswerEvent | None = None

    def note(self, batch: Sequence[AnswerEvent]) -> None:
        """Notes what is about to be sent."""
        if self.first_text_seconds is None and any(event.name == "delta" for event in batch):
            self.first_text_seconds = perf_counter() - self.began_at
        if batch and batch[-1].is_last:
            self.ending = batch[-1]

    @property
    def fields(self) -> dict[str, Any]:
        """For the log; no word of what was said."""
        told: dict[str, Any] = {"message_id": str(self.message_id)}
        if self.first_text_seconds is not None:
            told["first_token_ms"] = round(self.first_text_seconds * 1000, 1)
        if self.ending is None:
            return told | {"outcome": "left"}
        payload = self.ending.payload
        if self.ending.name == "error":
            return told | {"outcome": payload["code"]}
        return told | {
            "outcome": payload["finish_reason"],
            "model": payload["model"],
            "cached": payload["cached"],
            "prompt_tokens": payload["usage"]["prompt_tokens"],
            "completion_tokens": payload["usage"]["completion_tokens"],
        }
