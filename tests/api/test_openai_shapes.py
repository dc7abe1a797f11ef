"""OpenAI's shapes of answers that failed, and of places in documents."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

import httpx2
import orjson
import pytest
from fastapi import FastAPI

from api.app import MESSAGES_LIMIT_BYTES
from api.openai_compatible.completions import Completion, CompletionStream, place_of
from api.openai_compatible.questions import question_of
from api.schemas.openai import ChatCompletionCreate
from services.answering.answer_log import AnswerEvent, EventName
from services.answering.service import HeardAnswer

COMPLETION = Completion("chatcmpl-1", "physics", 1, "http://school.edu")


def told(*events: tuple[EventName, dict[str, Any]]) -> HeardAnswer:
    """An answer that says these events and then falls silent."""
    batch = [AnswerEvent(n, name, payload) for n, (name, payload) in enumerate(events, 1)]

    async def batches() -> AsyncGenerator[list[AnswerEvent], None]:
        yield batch
        yield []

    return HeardAnswer(UUID(int=1), batches())


async def pieces_of(answer: HeardAnswer) -> Sequence[bytes]:
    scope = {"state": {"began_at": 0.0}, "app": FastAPI()}
    return [piece async for piece in CompletionStream(COMPLETION, answer, scope).pieces()]


async def test_an_answer_that_fails_ends_its_stream_with_an_error() -> None:
    failure = {"code": "storage_unavailable", "detail": "PostgreSQL is away."}

    first, ping = await pieces_of(told(("start", {}), ("error", failure)))

    start, error = [
        orjson.loads(line.removeprefix(b"data: ")) for line in first.strip().split(b"\n\n")
    ]
    assert start["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert error == {
        "error": {
            "message": "PostgreSQL is away.",
            "type": "server_error",
            "param": None,
            "code": "storage_unavailable",
        }
    }
    assert ping == b": ping\n\n"


async def test_an_answer_that_goes_on_elsewhere_ends_its_stream_with_an_error() -> None:
    *_, last = await pieces_of(told(("start", {}), ("delta", {"text": "Work"})))

    assert orjson.loads(last.removeprefix(b"data: "))["error"]["code"] == "interrupted"


@pytest.mark.server
async def test_a_conversation_that_is_too_large_is_refused_in_openais_shape(
    client: httpx2.AsyncClient,
) -> None:
    large = b'{"model": "%s"}' % (b"x" * MESSAGES_LIMIT_BYTES)

    response = await client.post("http://service/v1/chat/completions", content=large)

    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    ("locator", "place"),
    [
        ({"page": 3}, "Motion, p. 3"),
        ({"slide": 2}, "Motion, slide 2"),
        ({"start_seconds": 61.5}, "Motion, 1:01"),
        ({}, "Motion"),
    ],
)
def test_a_place_is_named_as_a_reader_would(locator: dict[str, Any], place: str) -> None:
    assert place_of({"document_title": "Motion", "locator": locator}) == place


def test_footnotes_that_come_back_are_taken_out_of_the_history() -> None:
    answer = "Work [1].\n\n[1] is a marker.\n\n[1] Motion, p. 3: “Work is”\n\n[2] A: “He said “no””"
    body = ChatCompletionCreate.model_validate(
        {
            "model": "physics",
            "messages": [
                {"role": "user", "content": "What?"},
                {"role": "assistant", "content": answer},
                {"role": "user", "content": [{"type": "text", "text": "Why?"}]},
            ],
        }
    )

    question = question_of(body)

    assert question.text == "Why?"
    assert question.earlier is not None
    assert [turn.content for turn in question.earlier] == ["What?", "Work [1].\n\n[1] is a marker."]
