import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.chat.chat_model import Usage
from ai.chat.completion_stream import (
    CompletionStream,
    StreamNotUnderstoodError,
    StreamReportedError,
)


def event(content: str | None, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}
    return f"data: {json.dumps({'choices': [choice]}, ensure_ascii=False)}\n\n".encode()


WHOLE = (
    b": a comment\r\n\r\n"
    + event(None)
    + event("Work ")
    + event("ऊर्जा 🎓").replace(b"\n", b"\r\n")
    + event("", "stop")
    + b'event: message\ndata:{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n'
    + b"data: [DONE]\n\n"
)


@given(st.lists(st.integers(0, len(WHOLE)), max_size=12))
def test_how_the_network_cuts_the_bytes_makes_no_difference(cuts: list[int]) -> None:
    stream = CompletionStream()
    ends = [0, *sorted(cuts), len(WHOLE)]

    text = "".join(stream.feed(WHOLE[a:b]) for a, b in zip(ends, ends[1:], strict=False))  # noqa: RUF007

    assert text == "Work ऊर्जा 🎓"
    assert stream.finish_reason == "stop"
    assert stream.usage == Usage(3, 2)
    assert stream.is_done


@pytest.mark.parametrize(
    "line",
    [
        b"data: {not json}\n",
        b"data: []\n",
        b"data: 7\n",
        b'data: {"object": "x"}\n',
        b'data: {"choices": [{"delta": {"content": 7}}]}\n',
        b'data: {"choices": "none"}\n',
        b"data: \xff\xfe\n",
    ],
)
def test_what_is_not_the_protocol_is_said_to_be_so(line: bytes) -> None:
    with pytest.raises(StreamNotUnderstoodError):
        CompletionStream().feed(line)


@pytest.mark.parametrize(
    "usage",
    [
        '{"total": 1}',
        '{"prompt_tokens": -1, "completion_tokens": 2}',
        '{"prompt_tokens": "many", "completion_tokens": 2}',
        '{"prompt_tokens": 1, "completion_tokens": 1e99}',
        "7",
    ],
)
def test_a_usage_block_that_cannot_be_right_is_as_good_as_none(usage: str) -> None:
    stream = CompletionStream()

    stream.feed(f'data: {{"choices": [], "usage": {usage}}}\n'.encode())

    assert stream.usage is None


def test_tokens_read_from_the_cache_are_counted_and_never_more_than_the_prompt() -> None:
    stream = CompletionStream()
    usage = (
        '{"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details":{"cached_tokens":9}}'
    )

    stream.feed(f'data: {{"choices": [], "usage": {usage}}}\n'.encode())

    assert stream.usage == Usage(5, 2, cached_tokens=5)


def test_a_line_without_an_end_is_not_read_for_ever() -> None:
    stream = CompletionStream()
    stream.feed(b"data: " + b"x" * 1_000_000)

    with pytest.raises(StreamNotUnderstoodError, match="more than"):
        stream.feed(b"x" * 100_000)


@pytest.mark.parametrize(
    ("error", "message", "status"),
    [
        ('{"message": "Overloaded", "code": 529}', "Overloaded", 529),
        ('{"message": "Slow down", "code": "429"}', "Slow down", 429),
        ('{"message": "Bad", "code": "internal"}', "Bad", None),
        ('"plain words"', "plain words", None),
    ],
)
def test_an_error_in_the_stream_is_reported_as_the_upstream_words_it(
    error: str, message: str, status: int | None
) -> None:
    with pytest.raises(StreamReportedError, match=message) as caught:
        CompletionStream().feed(f'data: {{"error": {error}}}\n'.encode())

    assert caught.value.status == status


def test_lines_that_are_no_events_are_passed_over() -> None:
    stream = CompletionStream()

    assert stream.feed(b": ping\nid: 7\nretry: 1\n\n") == ""
    assert not stream.has_events


def test_what_was_said_before_a_broken_event_in_the_same_read_is_not_lost() -> None:
    with pytest.raises(StreamNotUnderstoodError) as caught:
        CompletionStream().feed(WHOLE.partition(b"data: [DONE]")[0] + b"data: {\n")

    assert caught.value.text == "Work ऊर्जा 🎓"
