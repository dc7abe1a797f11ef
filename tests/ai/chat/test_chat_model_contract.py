"""What every chat model must do, held against each implementation."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from ai.chat.chat_model import ChatModel, Finished, TextDelta
from ai.chat.grounded import GroundedChatModel
from ai.chat.openai_compatible import OpenAICompatibleChatModel, openai_client
from ai.chat.scripted import ScriptedChatModel
from tests.ai.chat.examples import MOMENTUM, WORK, answer, chunks, passage, request
from tests.support.openai_server import OpenAIServer

ASKED = request("What is work?", passage(1, WORK), passage(2, MOMENTUM))


@pytest.fixture(params=["grounded", "openai-compatible", "scripted"])
async def model(request: pytest.FixtureRequest) -> AsyncGenerator[ChatModel, None]:
    match request.param:
        case "grounded":
            yield GroundedChatModel()
        case "scripted":
            yield ScriptedChatModel([["Work is ", "energy ", "transferred [1]."]])
        case _:
            async with OpenAIServer() as server:
                client = openai_client(base_url=server.base_url, api_key="key")
                yield OpenAICompatibleChatModel(client, "tutor-large")
                await client.close()


async def test_a_stream_is_deltas_and_then_one_ending(model: ChatModel) -> None:
    streamed = await chunks(model, ASKED)

    assert len(streamed) >= 2
    assert all(isinstance(chunk, TextDelta) for chunk in streamed[:-1])
    assert isinstance(streamed[-1], Finished)


async def test_no_delta_is_empty(model: ChatModel) -> None:
    streamed = await chunks(model, ASKED)

    assert all(chunk.text for chunk in streamed if isinstance(chunk, TextDelta))


async def test_an_answer_that_is_whole_ends_with_stop_and_counts_its_tokens(
    model: ChatModel,
) -> None:
    last = (await chunks(model, ASKED))[-1]

    assert isinstance(last, Finished)
    assert last.reason == "stop"
    assert last.usage.prompt_tokens > 0
    assert last.usage.completion_tokens > 0


async def test_streams_of_one_model_run_side_by_side(model: ChatModel) -> None:
    alone = await answer(model, ASKED)

    together = await asyncio.gather(*(answer(model, ASKED) for _ in range(5)))

    assert set(together) == {alone}


async def test_a_stream_closed_early_lets_the_next_one_run(model: ChatModel) -> None:
    async with aclosing(model.stream(ASKED)) as stream:
        first = await anext(stream)

    assert isinstance(first, TextDelta)
    assert await answer(model, ASKED)


async def test_a_model_has_a_name(model: ChatModel) -> None:
    assert model.name
