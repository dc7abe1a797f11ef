"""The same suite over every kind of provider, against a local server that speaks its protocol."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import pytest

from ai.chat.chat_model import Continuation, Finished, TextDelta
from ai.chat.errors import ChatModelError, RateLimitedError, WrongApiKeyError
from ai.chat.openai_compatible import OpenAICompatibleChatModel, TimeLimits
from ai.chat.providers import PROFILES, Endpoint, ProviderKind, provide
from tests.ai.chat.examples import answer, chunks, request
from tests.support.openai_server import DEFAULT_ANSWER, Behaviour, OpenAIServer

ASKED = request("What is work?", max_output_tokens=77)
CONTINUED = replace(ASKED, continuation=Continuation("Work is ", "Go on."))


@dataclass
class Provided:
    kind: ProviderKind
    model: OpenAICompatibleChatModel
    server: OpenAIServer


@pytest.fixture(params=PROFILES)
async def provided(request: pytest.FixtureRequest) -> AsyncGenerator[Provided, None]:
    kind: ProviderKind = request.param
    async with OpenAIServer() as server:
        base_url = server.base_url.removesuffix("/v1") if kind == "azure" else server.base_url
        endpoint = Endpoint(kind, base_url, "wire-model", key="secret", parameters={"seed": 7})
        opened = provide("tutor-large", endpoint, TimeLimits())
        yield Provided(kind, opened.chat_model, server)
        await opened.close()


async def test_the_answer_is_streamed_and_counted(provided: Provided) -> None:
    streamed = await chunks(provided.model, ASKED)

    assert "".join(c.text for c in streamed if isinstance(c, TextDelta)) == "".join(DEFAULT_ANSWER)
    assert isinstance(streamed[-1], Finished)
    assert streamed[-1].usage.prompt_tokens == 42
    assert provided.model.name == "tutor-large"


async def test_the_request_is_what_this_provider_understands(provided: Provided) -> None:
    await answer(provided.model, ASKED)

    received = provided.server.requests[0]
    body = received.body
    if provided.kind == "azure":
        path = "/openai/deployments/wire-model/chat/completions?api-version=2024-10-21"
        assert received.path == path
        assert received.headers["api-key"] == "secret"
        assert "authorization" not in received.headers
    else:
        assert received.path == "/v1/chat/completions"
        assert received.headers["authorization"] == "Bearer secret"
    is_openai = provided.kind in {"openai", "azure"}
    assert body["max_completion_tokens" if is_openai else "max_tokens"] == 77
    assert ("temperature" in body) is not is_openai
    assert (body["model"], body["seed"]) == ("wire-model", 7)


async def test_a_broken_answer_is_continued_in_the_way_this_provider_can(
    provided: Provided,
) -> None:
    await answer(provided.model, CONTINUED)

    body = provided.server.requests[0].body
    roles = [message["role"] for message in body["messages"]]
    if PROFILES[provided.kind].continues_prefix:
        assert roles == ["system", "user", "assistant"]
        assert body["messages"][-1]["content"] == "Work is "
    else:
        assert roles == ["system", "user", "assistant", "user"]
        assert body["messages"][-1]["content"] == "Go on."
    assert body.get("continue_final_message", False) is (provided.kind == "vllm")


@pytest.mark.parametrize(
    ("fault", "error"), [("wrong_key", WrongApiKeyError), ("rate_limited", RateLimitedError)]
)
async def test_its_errors_are_told_apart(
    provided: Provided, fault: str, error: type[ChatModelError]
) -> None:
    provided.server.behaviours = (Behaviour(fault=fault),)

    with pytest.raises(error):
        await answer(provided.model, ASKED)
