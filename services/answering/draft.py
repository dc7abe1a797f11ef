"""An answer while it grows: what was said, where each delta ended, and what is left to save."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from ai.answering.citations import CitationBinder
from ai.chat.chat_model import Usage
from ai.chat.passage import Passage
from ai.validation.checks import is_refusal
from services.answering.answer_log import AnswerEvent, AnswerLog
from services.answering.payloads import (
    citation_payload,
    sentence_payload,
    shown_passages,
    start_payload,
)
from storage.repositories.messages import FinishedAnswer

FinishReason = Literal["stop", "length", "stopped", "refused"]
CHARACTERS_PER_TOKEN = 4
"""For answers whose model never came to count. Source: OpenAI's rule of thumb."""


class AnswerDraft:
    """Writes the events of one answer into its log, and keeps what its row will say.

    Attributes:
        model: The chat model whose words these are.
        prompt: The prompt's `name@version`.
        prompt_characters: How much the model was given to read.
        has_shown_sources: Whether a `sources` event was said, if only an empty one.
    """

    def __init__(self, message_id: UUID, log: AnswerLog, *, model: str, prompt: str) -> None:
        self.message_id = message_id
        self.log = log
        self.model = model
        self.prompt = prompt
        self.prompt_characters = 0
        self.has_shown_sources = False
        self._sources: Sequence[dict[str, Any]] = ()
        self._binder = CitationBinder(())
        self._said = ""
        self._ends: list[int] = []
        self._notices: list[dict[str, Any]] = []
        self._beginning: tuple[UUID, str] | None = None
        self._is_cached = False

    @classmethod
    def resumed(
        cls, message_id: UUID, log: AnswerLog, events: Sequence[AnswerEvent]
    ) -> "AnswerDraft":
        """The draft of an answer whose earlier owner wrote `events`, the first of them `start`."""
        start = events[0].payload
        draft = cls(message_id, log, model=start["model"], prompt=start["prompt"])
        draft._is_cached = start["cached"]
        for event in events:
            if event.name == "sources":
                draft._sources = event.payload["sources"]
                draft.has_shown_sources = True
            elif event.name == "notice":
                draft._notices.append({"sequence": event.sequence, **event.payload})
            elif event.name == "delta":
                draft._said += event.payload["text"]
                draft._ends.append(len(draft._said))
        draft.go_on_with(shown_passages(draft._sources))
        return draft

    @property
    def length(self) -> int:
        """Code points said so far."""
        return self._ends[-1] if self._ends else 0

    @property
    def inherited_text(self) -> str:
        """What an earlier owner said; empty where there was none."""
        return self._said

    @property
    def inherited_sources(self) -> Sequence[dict[str, Any]]:
        """The entries of the `sources` event, as shown."""
        return self._sources

    @property
    def is_whole(self) -> bool:
        """Whether all was said before: an answer from the cache is said in one go."""
        return self._is_cached and bool(self._ends)

    def belongs_to(self, conversation_id: UUID, mode: str) -> None:
        """Notes what the first event will say; nothing is said yet."""
        self._beginning = conversation_id, mode

    def begin(self, *, is_cached: bool = False) -> None:
        """Says that the answer is on its way; does nothing once that is said."""
        if self._beginning is None:
            return
        (conversation_id, mode), self._beginning = self._beginning, None
        payload = start_payload(
            self.message_id,
            conversation_id,
            self.model,
            mode,
            self.prompt,
            is_cached=is_cached,
        )
        self.log.append("start", payload)

    def show_sources(self, passages: Sequence[Passage], payloads: Sequence[dict[str, Any]]) -> None:
        """Says what the answer may cite; both describe the same passages."""
        self._sources = payloads
        self.has_shown_sources = True
        self._binder = CitationBinder(passages)
        self.log.append("sources", {"sources": payloads})

    def go_on_with(self, passages: Sequence[Passage]) -> None:
        """Takes up an earlier owner's text, which cites these passages; before anything is said."""
        self._binder = CitationBinder(passages)
        self._binder.resume(self._said)

    def say(self, text: str) -> None:
        """Adds a model's words; what may become a citation waits until it is one, or is none."""
        self._release(self._binder.feed(text.replace("\0", "")))

    def notify(self, code: str, detail: str, *, new_model: str | None = None) -> None:
        """Tells the reader something about the answer; `new_model` is who writes from here on."""
        event = self.log.append("notice", {"code": code, "detail": detail})
        notice = {"sequence": event.sequence, "code": code, "detail": detail}
        if new_model is not None:
            notice["replaced_model"] = self.model
            self.model = new_model
        self._notices.append(notice)

    async def completed(self, reason: FinishReason, usage: Usage | None = None) -> FinishedAnswer:
        """The row of an answer that came to an end, its citations bound to their sources."""
        self.begin()
        if not self.has_shown_sources:  # stopped before anything was found
            self.show_sources((), ())
        self._release(self._binder.close())
        bound = await asyncio.to_thread(self._binder.bind)
        usage = usage or self._estimated_usage()
        if reason == "stop" and is_refusal(bound.text):
            reason = "refused"
        return FinishedAnswer(
            status="stopped" if reason == "stopped" else "complete",
            content=bound.text,
            model=self.model,
            prompt=self.prompt,
            finish_reason=reason,
            sources=self._sources,
            citations=[
                citation_payload(citation, self._sources[citation.n - 1])
                for citation in bound.citations
            ],
            sentences=[sentence_payload(sentence) for sentence in bound.sentences],
            notices=self._notices,
            delta_ends=self._ends,
            groundedness=round(bound.groundedness, 4),
            confidence=round(bound.confidence, 4),
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cost_micro_usd=0,
            error=None,
            is_cached=self._is_cached,
            first_sequence=self.log.first_sequence,
        )

    def repeat(self, answer: FinishedAnswer) -> FinishedAnswer:
        """Says an answer that was given before, in the same pieces, and gives its row."""
        self.model = answer.model
        self.begin(is_cached=True)
        self.log.append("sources", {"sources": answer.sources})
        start = 0
        for end in answer.delta_ends:
            self.log.append("delta", {"text": answer.content[start:end]})
            start = end
        return replace(
            answer,
            prompt_tokens=0,
            completion_tokens=0,
            cost_micro_usd=0,
            is_cached=True,
            first_sequence=self.log.first_sequence,
        )

    def failed(self, code: str, detail: str) -> FinishedAnswer:
        """The row of an answer that broke off, with what had been said."""
        self.begin()
        return FinishedAnswer(
            status="failed",
            content=self._binder.text,
            model=self.model,
            prompt=self.prompt,
            finish_reason=None,
            sources=self._sources,
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
            first_sequence=self.log.first_sequence,
        )

    def _release(self, text: str) -> None:
        if text:
            self._ends.append(self.length + len(text))
            self.log.append("delta", {"text": text})

    def _estimated_usage(self) -> Usage:
        return Usage(
            self.prompt_characters // CHARACTERS_PER_TOKEN, -(-self.length // CHARACTERS_PER_TOKEN)
        )
