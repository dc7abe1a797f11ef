"""Reads the server-sent events of an OpenAI-compatible chat completion, byte by byte if need be.

Decision record 0004 says why this is not left to the client library.
"""

from typing import Any

import orjson

from ai.chat.chat_model import FinishReason, Usage

_DATA = b"data:"
_DONE = b"[DONE]"
_LONGEST_LINE_BYTES = 1 << 20
_MOST_TOKENS = 100_000_000
# Source: https://platform.openai.com/docs/api-reference/chat/streaming (finish_reason).
_FINISH_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "refused",
    "tool_calls": "stop",
    "function_call": "stop",
}


class BrokenStreamError(Exception):
    """A stream that cannot be read on.

    Attributes:
        text: What the events before said, of those that came in the same read.
    """

    text = ""


class StreamNotUnderstoodError(BrokenStreamError):
    """A complete line of the stream is not an event of the protocol."""


class StreamReportedError(BrokenStreamError):
    """The upstream reported an error in mid-stream.

    Attributes:
        status: The HTTP status it names, where it names one.
    """

    def __init__(self, message: str, status: int | None) -> None:
        super().__init__(message)
        self.status = status


class CompletionStream:
    """Collects a streamed completion from whatever pieces the network gives.

    Every event of this protocol is one line of JSON, so a line is read as soon as it is whole;
    a character split over two reads is split inside a line and needs no care of its own.

    Attributes:
        finish_reason: Why the model ended; None until it says.
        usage: Tokens as the upstream counted them; None where it does not, or cannot be right.
        is_done: Whether the closing `[DONE]` has been read.
        has_events: Whether anything of this protocol has been read.
    """

    __slots__ = ("_unread", "finish_reason", "has_events", "is_done", "usage")

    def __init__(self) -> None:
        self._unread = b""
        self.finish_reason: FinishReason | None = None
        self.usage: Usage | None = None
        self.is_done = False
        self.has_events = False

    def feed(self, received: bytes) -> str:
        """Reads what has come and gives the text of all complete events in it, joined.

        Raises:
            StreamNotUnderstoodError: A line is not JSON, or not of the expected shape.
            StreamReportedError: The upstream sent an error instead of an event.
        """
        lines = (self._unread + received if self._unread else received).split(b"\n")
        self._unread = lines.pop()
        if len(self._unread) > _LONGEST_LINE_BYTES:
            raise StreamNotUnderstoodError(f"a line of more than {_LONGEST_LINE_BYTES} bytes")
        text = ""
        try:
            for line in lines:
                if line.startswith(_DATA):
                    text += self._read_event(line[len(_DATA) :].strip())
        except BrokenStreamError as error:
            error.text = text
            raise
        return text

    def _read_event(self, event: bytes) -> str:
        if event == _DONE:
            self.is_done = True
            return ""
        try:
            text = self._read_chunk(orjson.loads(event))
        except orjson.JSONDecodeError as error:
            raise StreamNotUnderstoodError(f"not JSON: {event[:200]!r}") from error
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise StreamNotUnderstoodError(f"unexpected shape: {event[:200]!r}") from error
        self.has_events = True
        return text

    def _read_chunk(self, chunk: dict[str, Any]) -> str:
        if chunk.get("error"):
            raise _reported(chunk["error"])
        if usage := chunk.get("usage"):
            self.usage = _usage(usage)
        choices = chunk["choices"]
        if not choices:
            return ""
        choice = choices[0]
        if reason := choice.get("finish_reason"):
            self.finish_reason = _FINISH_REASONS.get(reason, "stop")
        delta = choice.get("delta")
        content = delta.get("content") if delta else None
        if content is None:
            return ""
        if not isinstance(content, str):
            raise TypeError("content is not text")
        return content


def _usage(block: Any) -> Usage | None:  # noqa: ANN401 - whatever the upstream sent
    """The counts of a usage block; None where they cannot be true, which is no reason to fail."""
    if not isinstance(block, dict):
        return None
    details = block.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    prompt_tokens = _count(block.get("prompt_tokens"))
    completion_tokens = _count(block.get("completion_tokens"))
    if prompt_tokens is None or completion_tokens is None:
        return None
    return Usage(prompt_tokens, completion_tokens, min(_count(cached) or 0, prompt_tokens))


def _count(value: object) -> int | None:
    if isinstance(value, int) and 0 <= value <= _MOST_TOKENS:
        return value
    return None


def _reported(error: Any) -> StreamReportedError:  # noqa: ANN401 - whatever the upstream sent
    if not isinstance(error, dict):
        return StreamReportedError(str(error), None)
    message = str(error.get("message") or error)
    status = str(error.get("status") or error.get("code"))
    return StreamReportedError(message, int(status) if status.isdecimal() else None)
