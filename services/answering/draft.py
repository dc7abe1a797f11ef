"""An answer while it grows: what was said, where each delta ended, and what is left to save."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from ai.chat.chat_model import Finished, Usage
from services.answering.answer_log import AnswerLog
from services.answering.citing import BoundAnswer
from storage.repositories.messages import FinishedAnswer

FinishReason = Literal["stop", "length", "stopped", "refused"]


class AnswerDraft:
    """Writes the events of one answer into its log, and keeps what its row will say.

    Attributes:
        model: The chat model whose words these are.
        prompt: The prompt's `name@version`.
        sources: As the `sources` event gives them.
    """

    def __init__(self, message_id: UUID, log: AnswerLog, *, model: str, prompt: str) -> None:
        self.message_id = message_id
        self.log = log
        self.model = model
        self.prompt = prompt
        self.sources: Sequence[dict[str, Any]] = ()
        self._texts: list[str] = []
        self._ends: list[int] = []
        self._notices: list[dict[str, Any]] = []

    @property
    def length(self) -> int:
        """Code points said so far."""
        return self._ends[-1] if self._ends else 0

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self._texts)

    def begin(self, conversation_id: UUID, mode: str) -> None:
        """Says that the answer is on its way."""
        payload = start_payload(self.message_id, conversation_id, self.model, mode, self.prompt)
        self.log.append("start", payload)

    def show_sources(self, sources: Sequence[dict[str, Any]]) -> None:
        """Says what the answer may cite."""
        self.sources = sources
        self.log.append("sources", {"sources": sources})

    def say(self, text: str) -> None:
        """Adds to the answer; nothing happens for an empty text."""
        if text:
            self._texts.append(text)
            self._ends.append(self.length + len(text))
            self.log.append("delta", {"text": text})

    def notify(self, code: str, detail: str, *, new_model: str | None = None) -> None:
        """Tells the reader something about the answer; `new_model` is who writes from here on."""
        event = self.log.append("notice", {"code": code, "detail": detail})
        notice = {"sequence": event.sequence, "code": code, "detail": detail}
        if new_model is not None:
            notice["replaced_model"] = self.model
            self.model = new_model
        self._notices.append(notice)

    def completed(self, reason: FinishReason, usage: Usage, bound: BoundAnswer) -> FinishedAnswer:
        """The row of an answer that came to its end, or was stopped by its reader."""
        return FinishedAnswer(
            status="stopped" if reason == "stopped" else "complete",
            content=self.text,
            model=self.model,
            prompt=self.prompt,
            finish_reason=reason,
            sources=self.sources,
            citations=bound.citations,
            sentences=bound.sentences,
            notices=self._notices,
            delta_ends=self._ends,
            groundedness=bound.groundedness,
            confidence=bound.confidence,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cost_micro_usd=0,
            error=None,
        )

    def failed(self, code: str, detail: str) -> FinishedAnswer:
        """The row of an answer that broke off, with what had been said."""
        return FinishedAnswer(
            status="failed",
            content=self.text,
            model=self.model,
            prompt=self.prompt,
            finish_reason=None,
            sources=self.sources,
            citations=(),
            sentences=(),
            notices=self._notices,
            delta_ends=self._ends,
            groundedness=None,
            confidence=None,
            prompt_tokens=None,
            completion_tokens=None,
            cost_micro_usd=None,
            error={"code": code, "detail": detail, "sequence": self.log.next_sequence},
        )


def start_payload(
    message_id: UUID, conversation_id: UUID, model: str, mode: str, prompt: str
) -> dict[str, Any]:
    """The payload of a `start` event."""
    return {
        "message_id": str(message_id),
        "conversation_id": str(conversation_id),
        "model": model,
        "mode": mode,
        "prompt": prompt,
        "cached": False,
    }


def done_payload(message_id: UUID, answer: FinishedAnswer) -> dict[str, Any]:
    """The payload of a `done` event."""
    return {
        "message_id": str(message_id),
        "finish_reason": answer.finish_reason,
        "model": answer.model,
        "cached": False,
        "usage": {
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "cost_micro_usd": answer.cost_micro_usd,
        },
        "citations": answer.citations,
        "sentences": answer.sentences,
        "groundedness": answer.groundedness,
        "confidence": answer.confidence,
    }
