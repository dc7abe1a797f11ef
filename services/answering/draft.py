"""An answer while it grows: what was said, where each delta ended, and what is left to save."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from ai.answering.citations import AnswerSentence, BoundAnswer, CitationBinder
from ai.chat.chat_model import Usage
from ai.chat.passage import Passage
from ai.validation.checks import is_refusal
from content.languages import SpokenLanguage
from services.answering.answer_log import AnswerEvent, AnswerLog
from services.answering.payloads import (
    NOTICES_OF_THE_TEXT,
    citation_payload,
    sentence_payload,
    shown_passages,
    start_payload,
)
from services.answering.speech import JudgeText, Refusal, RewriteText, Speech
from services.answering.support_words import low_support_words, withheld_words
from services.measuring.answers import AnswerPace
from storage.repositories.messages import FinishedAnswer

Check = Callable[[CitationBinder], Awaitable[BoundAnswer]]
FinishReason = Literal["stop", "length", "stopped", "refused"]
CHARACTERS_PER_TOKEN = 4
"""For answers whose model never came to count. Source: OpenAI's rule of thumb."""


class AnswerDraft:
    """Writes the events of one answer into its log, and keeps what its row will say.

    Attributes:
        model: The chat model whose words these are.
        prompt: The prompt's `name@version`.
        language: What fixed sentences beside the answer are in.
        prompt_characters: How much the model was given to read.
        cost_micro_usd: What its calls cost, those of an answer that is stopped too.
        unsettled_characters: Of what earlier owners said, what the last of them was asked for and
            had no time to account for.
        lost_by: The chat model whose words an earlier owner told, if there was one.
        has_shown_sources: Whether a `sources` event was said, if only an empty one.
        pace: How quickly it is told.
        when_prepared: Called once the sources are shown, if anything is to be.
    """

    def __init__(self, message_id: UUID, log: AnswerLog, *, model: str, prompt: str) -> None:
        self.message_id = message_id
        self.log = log
        self.model = model
        self.prompt = prompt
        self.language: SpokenLanguage = "en"
        self.prompt_characters = 0
        self.cost_micro_usd = 0
        self.unsettled_characters = 0
        self.lost_by: str | None = None
        self.has_shown_sources = False
        self.pace = AnswerPace()
        self.when_prepared: Callable[[], None] | None = None
        self._sources: Sequence[dict[str, Any]] = ()
        self._speech = Speech()
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
        draft.pace = AnswerPace(is_whole=False)
        for event in events:
            if event.name == "sources":
                draft._sources = event.payload["sources"]
                draft.has_shown_sources = True
            elif event.name == "notice":
                draft._notices.append({**_place_of(event), **event.payload})
                if event.payload["code"] == "takeover":
                    draft.unsettled_characters = 0
            elif event.name == "delta":
                draft._said += event.payload["text"]
                draft.unsettled_characters += len(event.payload["text"])
                draft._ends.append(len(draft._said))
        draft.go_on_with(shown_passages(draft._sources))
        return draft

    @property
    def length(self) -> int:
        """Code points said so far."""
        return self._ends[-1] if self._ends else 0

    @property
    def written_length(self) -> int:
        """Code points said, and held back until they are judged."""
        return self.length + self._speech.held_length

    @property
    def is_guarded(self) -> bool:
        """Whether what is said is held back until it is whole, and may be said in other words."""
        return self._speech.is_guarded

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

    def take_over(self, detail: str, new_model: str | None) -> None:
        """Says, before anything else, that another process goes on; `new_model` will write."""
        self.begin()
        self.lost_by = self.model
        self.notify("takeover", detail, new_model=new_model)

    def show_sources(
        self,
        passages: Sequence[Passage],
        payloads: Sequence[dict[str, Any]],
        answerability: float = 0.0,
    ) -> None:
        """Says what the answer may cite; both describe the same passages.

        `answerability` is how likely they hold the answer.
        """
        self._sources = payloads
        self.has_shown_sources = True
        self._speech.cite(passages, answerability)
        self.log.append("sources", {"sources": payloads})
        if self.when_prepared is not None:
            self.when_prepared()

    def go_on_with(self, passages: Sequence[Passage], answerability: float = 0.0) -> None:
        """Takes up an earlier owner's text, which cites these passages; before anything is said."""
        self._speech.cite(passages, answerability, said=self._said)

    def withhold_unsupported(self, if_nothing_left: str) -> None:
        """From here on says only sentences that the sources bear out; once these are known.

        `if_nothing_left` is said where the model writes none.
        """
        self._speech.withhold_unsupported(if_nothing_left)

    def allow_links_to(self, hosts: Collection[str]) -> None:
        """Leaves links to these hosts in what is said from here on; others become text."""
        self._speech.allow_links_to(hosts)

    def hold_for(self, judge: JudgeText) -> None:
        """Shows what is said from here on only once it is whole, and judged."""
        self._speech.hold_for(judge)

    def guard_with(self, rewrite: RewriteText) -> None:
        """Shows what is said from here on only once it is whole, in the words that `rewrite` gives.

        Of an answer that is broken off, what was written goes the same way.
        """
        self._speech.guard_with(rewrite)

    def refuse(self, refusal: Refusal) -> None:
        """Says why there is no answer, in the place of one."""
        self.notify("moderated", refusal.detail)
        self.say(refusal.words)

    def say(self, text: str) -> None:
        """Adds a model's words; what may become a link or a citation waits until that is clear."""
        self._release(self._speech.feed(text))

    def notify(
        self,
        code: str,
        detail: str,
        *,
        new_model: str | None = None,
        sentences: Sequence[dict[str, Any]] = (),
    ) -> None:
        """Tells the reader something about the answer, or about some of its sentences.

        `new_model` is who writes from here on.
        """
        about = {"sentences": list(sentences)} if sentences else {}
        event = self.log.append("notice", {"code": code, "detail": detail, **about})
        notice = {**_place_of(event), "code": code, "detail": detail, **about}
        if new_model is not None:
            notice["replaced_model"] = self.model
            self.model = new_model
        self._notices.append(notice)

    async def completed(
        self,
        reason: FinishReason,
        usage: Usage | None = None,
        check: Check | None = None,
        *,
        marks_low_support: bool = False,
    ) -> FinishedAnswer:
        """The row of an answer that came to an end, its citations bound to their sources.

        `check` binds them; without it they are bound by words. Where low support is marked, a
        notice tells which sentences have it.
        """
        self.begin()
        if not self.has_shown_sources:  # stopped before anything was found
            self.show_sources((), ())
        if await self._is_refused_once_judged():
            reason, marks_low_support = "refused", False
        self._let_go(is_whole=reason not in ("stopped", "refused"))
        binder = self._speech.binder
        binding = asyncio.to_thread(binder.bind) if check is None else check(binder)
        bound = await binding
        if marks_low_support and (low := bound.low_sentences):
            words = low_support_words(len(low), self.language)
            self.notify("low_support", words, sentences=_places(low))
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
            cost_micro_usd=self.cost_micro_usd,
            error=None,
            is_cached=self._is_cached,
            first_sequence=self.log.first_sequence,
        )

    def repeat(self, answer: FinishedAnswer) -> FinishedAnswer:
        """Says an answer that was given before, in the same pieces, and gives its row."""
        self.model = answer.model
        self.begin(is_cached=True)
        self.log.append("sources", {"sources": answer.sources})
        self.pace.note_piece()
        start = 0
        for end in answer.delta_ends:
            self.log.append("delta", {"text": answer.content[start:end]})
            start = end
        for notice in answer.notices:
            if notice["code"] in NOTICES_OF_THE_TEXT:
                self.notify(notice["code"], notice["detail"], sentences=notice.get("sentences", ()))
        return replace(
            answer,
            notices=self._notices,
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
            content=self._speech.binder.text,
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

    async def _is_refused_once_judged(self) -> bool:
        """Has what was held judged, and says it, or in its place that it is not told."""
        outcome = await self._speech.judged()
        if isinstance(outcome, Refusal):
            self.refuse(outcome)
            return True
        if outcome.notice:
            self.notify("kept_back", outcome.notice)
        self.say(outcome.text)
        return False

    def _let_go(self, *, is_whole: bool) -> None:
        """Says what was held back and may be said, at the end."""
        self._release(self._speech.close_sentences())
        if self._speech.withheld:
            self.notify("withheld", withheld_words(self._speech.withheld, self.language))
        if is_whole and not self.length:
            self._release(self._speech.instead_of_nothing())
        self._release(self._speech.close())

    def _release(self, text: str) -> None:
        if text:
            self.pace.note_piece()
            self._ends.append(self.length + len(text))
            self.log.append("delta", {"text": text})

    def _estimated_usage(self) -> Usage:
        return Usage(
            self.prompt_characters // CHARACTERS_PER_TOKEN, -(-self.length // CHARACTERS_PER_TOKEN)
        )


def _place_of(event: AnswerEvent) -> dict[str, int]:
    """Where a notice stands among the events, as its answer's row keeps it."""
    follows = {} if event.follows is None else {"follows": event.follows}
    return {"sequence": event.sequence, **follows}


def _places(sentences: Sequence[AnswerSentence]) -> list[dict[str, Any]]:
    return [
        {
            "char_start": sentence.char_start,
            "char_end": sentence.char_end,
            "support": round(sentence.support, 4),
        }
        for sentence in sentences
    ]
