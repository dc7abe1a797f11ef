"""An answer as OpenAI's chat completion: whole, or in chunks.

Source: OpenAI API reference, "The chat completion object" and "The chat completion chunk object".
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import Scope

from ai.answering.marker_filter import FoundMarker, MarkerFilter
from api.event_stream import PING, failure_problem, going_on_elsewhere
from api.observing import recorded
from api.openai_compatible.errors import openai_error
from services.answering.answer_log import AnswerEvent
from services.answering.service import HeardAnswer
from services.answering.whole_answer import whole_answer

END = b"data: [DONE]\n\n"
FINISH_REASONS = {"length": "length"}
"""Of our finish reasons; any other is `stop`, also where the chat model declined to answer."""
SECONDS_PER_MINUTE = 60
EXTENSION = (
    "message_id",
    "conversation_id",
    "mode",
    "prompt",
    "cached",
    "finish_reason",
    "groundedness",
    "confidence",
    "citations",
    "sentences",
    "sources",
    "notices",
)
"""What a whole answer of ours says beside OpenAI's own members."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What is the same in all that is said of one answer.

    Attributes:
        id: As `chatcmpl-<message id>`.
        model: The course, as it was asked for.
        created: Unix time in seconds.
        base_url: Of this installation, as its reader reaches it.
        has_footnotes: Whether the quotes stand at the end of the text.
        has_usage: Whether the stream ends with what the answer took.
    """

    id: str
    model: str
    created: int
    base_url: str
    has_footnotes: bool = True
    has_usage: bool = False

    def whole(self, events: Sequence[AnswerEvent]) -> dict[str, Any]:
        """The completion of an answer, from all its events; the last one is `done`."""
        answer = whole_answer(events)
        content = answer["content"]
        if self.has_footnotes:
            content += footnotes(answer)
        message = {
            "role": "assistant",
            "content": content,
            "refusal": None,
            "annotations": annotations(answer, self.base_url),
        }
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": finish_reason(answer),
        }
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": usage(answer),
            "neuroshiksha": extension(answer),
        }

    def chunk(self, delta: Mapping[str, Any], reason: str | None = None) -> dict[str, Any]:
        """A chunk of the stream."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        head = self._head("chat.completion.chunk")
        return {**head, "choices": [choice], **({"usage": None} if self.has_usage else {})}

    def last_chunks(self, events: Sequence[AnswerEvent]) -> Iterable[dict[str, Any]]:
        """The chunks that an answer ends with: footnotes, the citations, what it took."""
        answer = whole_answer(events)
        notes = footnotes(answer) if self.has_footnotes else ""
        if notes:
            yield self.chunk({"content": notes})
        bound = {"annotations": annotations(answer, self.base_url)}
        yield {
            **self.chunk(bound, finish_reason(answer)),
            "neuroshiksha": extension(answer),
        }
        if self.has_usage:
            head = self._head("chat.completion.chunk")
            yield {**head, "choices": [], "usage": usage(answer)}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


@dataclass(slots=True)
class CompletionStream:
    """Tells an answer in chunks, those that wait together in one piece."""

    completion: Completion
    answer: HeardAnswer
    scope: Scope
    _events: list[AnswerEvent] = field(default_factory=list)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body of the response; an empty batch becomes a ping, as the SSE of ours has it."""
        async for batch in recorded(self.answer.message_id, self.answer.batches, self.scope):
            self._events += batch
            lines = PING if not batch else b"".join(self._lines(batch))
            if lines:  # nothing is said of sources and notices before the end
                yield lines
        if not self._events or not self._events[-1].is_last:
            yield self._failed(going_on_elsewhere(self.answer.message_id))

    def _lines(self, batch: Iterable[AnswerEvent]) -> Iterable[bytes]:
        for event in batch:
            match event.name:
                case "start":
                    yield _line(self.completion.chunk({"role": "assistant", "content": ""}))
                case "delta":
                    yield _line(self.completion.chunk({"content": event.payload["text"]}))
                case "done":
                    yield from map(_line, self.completion.last_chunks(self._events))
                    yield END
                case "error":
                    yield self._failed(event.payload)

    def _failed(self, error: Mapping[str, Any]) -> bytes:
        return _line(openai_error(failure_problem(error, self.scope)))


def finish_reason(answer: Mapping[str, Any]) -> str:
    """OpenAI's word for why an answer ends."""
    return FINISH_REASONS.get(answer["finish_reason"], "stop")


def usage(answer: Mapping[str, Any]) -> dict[str, int]:
    """What an answer took; nothing where it was given again."""
    took = answer["usage"]
    prompt, completion = took["prompt_tokens"] or 0, took["completion_tokens"] or 0
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def extension(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What OpenAI's shape has no place for."""
    return {
        "chat_model": answer["model"],
        "cost_micro_usd": answer["usage"]["cost_micro_usd"],
        **{name: answer[name] for name in EXTENSION},
    }


def annotations(answer: Mapping[str, Any], base_url: str) -> list[dict[str, Any]]:
    """One for each source that each marker of the answer names, with the quotes from it."""
    sources = {source["n"]: source for source in answer["sources"]}
    quotes: dict[int, list[Mapping[str, Any]]] = {}
    for citation in answer["citations"]:
        quotes.setdefault(citation["n"], []).append(citation)
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "url": document_url(sources[n], base_url),
                "title": place_of(sources[n]),
                "start_index": marker.char_start,
                "end_index": marker.char_end,
            },
            "neuroshiksha": {
                "n": n,
                "document_id": sources[n]["document_id"],
                "locator": sources[n]["locator"],
                "citations": quotes[n],
            },
        }
        for marker in _markers(answer["content"], quotes)
        for n in marker.numbers
    ]


def footnotes(answer: Mapping[str, Any]) -> str:
    """The quotes that an answer rests on, each in a paragraph of its own; empty without any."""
    sources = {source["n"]: source for source in answer["sources"]}
    return "".join(
        f"\n\n[{citation['n']}] {place_of(sources[citation['n']])}: “{_line_of(citation['quote'])}”"
        for citation in answer["citations"]
    )


def document_url(source: Mapping[str, Any], base_url: str) -> str:
    """Where the text stands that a source is a span of, in the version that was cited."""
    version = source["document_version"]
    return f"{base_url}/api/v1/documents/{source['document_id']}/text?version={version}"


def place_of(source: Mapping[str, Any]) -> str:
    """A document's title, with the page, slide or time where it has one."""
    title, locator = _line_of(source["document_title"]), source["locator"]
    if "page" in locator:
        return f"{title}, p. {locator['page']}"
    if "slide" in locator:
        return f"{title}, slide {locator['slide']}"
    if "start_seconds" in locator:
        minutes, seconds = divmod(int(locator["start_seconds"]), SECONDS_PER_MINUTE)
        return f"{title}, {minutes}:{seconds:02}"
    return title


def _markers(content: str, known: Iterable[int]) -> Sequence[FoundMarker]:
    """The markers of an answer, as they were found when it was told."""
    found = MarkerFilter(list(known))
    found.feed(content)
    found.close()
    return found.markers


def _line_of(text: str) -> str:
    return " ".join(text.split())


def _line(payload: Mapping[str, Any]) -> bytes:
    return b"data: %b\n\n" % orjson.dumps(payload)
