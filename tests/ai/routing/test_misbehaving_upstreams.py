"""An answer through the router over real HTTP, whatever the first upstream does."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from ai.chat.chat_model import ChatChunk, Finished, TakenOver, TextDelta
from ai.chat.openai_compatible import TimeLimits
from ai.chat.providers import Endpoint, provide
from ai.routing.breaker import FAILURES_TO_OPEN
from ai.routing.deployment import Alias, Deployment, Limits
from ai.routing.registry import TUTOR, Registry
from ai.routing.routed_deployment import OpenedChatModel, RoutingTools
from ai.routing.router import ModelRouter
from tests.ai.chat.examples import WORK, chunks, passage, request
from tests.support.chat_models import INSTRUCTION, NoSharing, no_wait
from tests.support.openai_server import DEFAULT_ANSWER, Behaviour, Fault, OpenAIServer

ASKED = request("What is the SI unit of work?", passage(1, WORK))
FIRST_TOKEN_SECONDS = 3.0
"""Long enough for a sound upstream on a slow machine; what hangs costs a test this much."""
BETWEEN_TOKENS_SECONDS = 2.0
WHOLE = "".join(DEFAULT_ANSWER)
REST = "".join(DEFAULT_ANSWER[1:])

Routed = Callable[..., Awaitable[ModelRouter]]


def open_chat_model(name: str, definition: Deployment) -> OpenedChatModel:
    limits = TimeLimits(
        first_token_seconds=definition.limits.first_token_seconds,
        between_tokens_seconds=definition.limits.between_tokens_seconds,
    )
    endpoint = Endpoint(definition.provider, definition.base_url, definition.wire_model)
    return provide(name, endpoint, limits)


@pytest.fixture
async def routed() -> AsyncGenerator[Routed, None]:
    """A router over servers that behave as told, named a, b, c in their order."""
    async with AsyncExitStack() as stack:

        async def start(*behaviours: Behaviour) -> ModelRouter:
            deployments = {}
            for name, behaviour in zip("abc", behaviours, strict=False):
                server = await stack.enter_async_context(OpenAIServer((behaviour,)))
                deployments[name] = Deployment(
                    provider="openai_compatible",
                    base_url=server.base_url,
                    wire_model=name,
                    limits=Limits(
                        first_token_seconds=FIRST_TOKEN_SECONDS,
                        between_tokens_seconds=BETWEEN_TOKENS_SECONDS,
                    ),
                )
            tools = RoutingTools(
                open_chat_model, NoSharing(), time.monotonic, lambda: datetime.now(UTC), no_wait
            )
            aliases = {TUTOR: Alias(deployments=tuple(deployments))}
            router = ModelRouter(tools, Registry(deployments, aliases), instruction=INSTRUCTION)
            stack.push_async_callback(router.close)
            return router

        yield start


async def told(router: ModelRouter) -> tuple[str, list[TakenOver], ChatChunk]:
    streamed = await chunks(router.choose().chat_model, ASKED)
    text = "".join(chunk.text for chunk in streamed if isinstance(chunk, TextDelta))
    return text, [c for c in streamed if isinstance(c, TakenOver)], streamed[-1]


@pytest.mark.parametrize(
    "fault",
    [
        "wrong_key",
        "unknown_model",
        "rate_limited",
        "bad_request",
        "server_error",
        "hang_before_headers",
        "hang_before_first_token",
        "keep_alive_only",
        "cut_off_before_headers",
        "not_a_stream",
    ],
)
async def test_a_fault_before_the_first_token_is_answered_by_the_next(
    routed: Routed, fault: Fault
) -> None:
    text, takeovers, last = await told(await routed(Behaviour(fault=fault), Behaviour()))

    assert text == WHOLE
    assert [(t.model, t.by) for t in takeovers] == [("a", "b")]
    assert isinstance(last, Finished)


async def test_an_empty_answer_is_answered_by_the_next(routed: Routed) -> None:
    text, takeovers, _ = await told(await routed(Behaviour(answer=()), Behaviour()))

    assert text == WHOLE
    assert "gave an empty answer" in takeovers[0].detail


@pytest.mark.parametrize(
    "fault",
    [
        "hang_in_mid_stream",
        "cut_off_in_mid_stream",
        "ends_without_finish",
        "error_in_mid_stream",
        "rate_limited_in_mid_stream",
        "malformed_chunk",
        "invalid_utf8",
        "endless_line",
        "wrong_json",
    ],
)
async def test_a_fault_in_mid_answer_is_continued_without_a_break(
    routed: Routed, fault: Fault
) -> None:
    router = await routed(Behaviour(fault=fault), Behaviour(answer=(DEFAULT_ANSWER[0], REST)))

    text, takeovers, last = await told(router)

    assert text == WHOLE
    assert takeovers[0].detail.endswith("so “b” finishes this answer.")
    assert isinstance(last, Finished)


async def test_wrong_usage_is_estimated_and_harms_nothing(routed: Routed) -> None:
    text, takeovers, last = await told(await routed(Behaviour(fault="wrong_usage")))

    assert (text, takeovers) == (WHOLE, [])
    assert isinstance(last, Finished)
    assert last.usage.completion_tokens > 0


async def test_where_all_fail_the_grounded_model_answers(routed: Routed) -> None:
    failing = Behaviour(fault="server_error")

    text, takeovers, last = await told(await routed(failing, failing, failing))

    assert "joule" in text
    assert [t.by for t in takeovers] == ["grounded"]
    assert isinstance(last, Finished)


@pytest.mark.parametrize("fault", ["server_error", "hang_before_first_token"])
async def test_with_the_first_of_three_failing_no_answer_fails_and_delay_is_bounded(
    routed: Routed, fault: Fault
) -> None:
    router = await routed(Behaviour(fault=fault), Behaviour(), Behaviour())
    delays, texts = [], []

    for _ in range(20):
        started = time.perf_counter()
        texts.append((await told(router))[0])
        delays.append(time.perf_counter() - started)

    assert set(texts) == {WHOLE}
    first = sorted(delays[:FAILURES_TO_OPEN])
    later = sorted(delays[FAILURES_TO_OPEN:])
    assert first[len(first) // 2] < 1.2 * FIRST_TOKEN_SECONDS + later[len(later) // 2]
    assert later[len(later) // 2] < 0.5 * FIRST_TOKEN_SECONDS


async def test_many_at_a_time_all_get_their_answer(routed: Routed) -> None:
    router = await routed(Behaviour(fault="cut_off_in_mid_stream"), Behaviour(answer=(REST,)))

    together = await asyncio.gather(*(told(router) for _ in range(30)))

    assert all(text.endswith(REST) for text, _, _ in together)
    assert all(isinstance(last, Finished) for _, _, last in together)
