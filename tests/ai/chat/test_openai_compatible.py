"""The adapter against a real HTTP server that speaks the protocol, well and badly."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing

import pytest

from ai.chat.chat_model import ChatTurn, Finished, TextDelta
from ai.chat.errors import (
    ChatModelError,
    MalformedResponseError,
    RateLimitedError,
    RequestRejectedError,
    UnknownChatModelError,
    UpstreamFailedError,
    UpstreamTimedOutError,
    WrongApiKeyError,
)
from ai.chat.openai_compatible import (
    ChatModelProfile,
    OpenAICompatibleChatModel,
    TimeLimits,
    openai_client,
)
from tests.ai.chat.examples import answer, chunks, ending, request
from tests.support.openai_server import DEFAULT_ANSWER, Behaviour, Fault, OpenAIServer

ASKED = request("What is work?")
QUICK = TimeLimits(connect_seconds=0.2, first_token_seconds=0.15, between_tokens_seconds=0.15)
Open = Callable[..., "asyncio.Future[tuple[OpenAICompatibleChatModel, OpenAIServer]]"]


@pytest.fixture
async def upstream() -> AsyncGenerator[Open, None]:
    """Starts a server that behaves as told, and gives a model of it."""
    async with AsyncExitStack() as stack:

        async def start(
            *behaviours: Behaviour,
            limits: TimeLimits | None = None,
            profile: ChatModelProfile | None = None,
        ) -> tuple[OpenAICompatibleChatModel, OpenAIServer]:
            server = await stack.enter_async_context(OpenAIServer(behaviours or (Behaviour(),)))
            client = openai_client(base_url=server.base_url, api_key="secret")
            stack.push_async_callback(client.close)
            model = OpenAICompatibleChatModel(client, "tutor-large", limits=limits, profile=profile)
            return model, server

        yield start


async def test_the_answer_is_the_tokens_of_the_upstream_joined(upstream: Open) -> None:
    model, _ = await upstream()

    assert await answer(model, ASKED) == "".join(DEFAULT_ANSWER)


async def test_the_request_carries_key_model_messages_and_limits(upstream: Open) -> None:
    model, server = await upstream()
    turns = (ChatTurn("user", "Hello"), ChatTurn("assistant", "Hello!"))
    asked = request("What is work?", max_output_tokens=77)

    await answer(model, type(asked)(asked.prompt, asked.question, None, (), 77, 0.4, turns))

    received = server.requests[0]
    assert received.headers["authorization"] == "Bearer secret"
    assert received.body["model"] == "tutor-large"
    assert received.body["max_tokens"] == 77
    assert received.body["temperature"] == 0.4
    assert received.body["stream_options"] == {"include_usage": True}
    assert [message["role"] for message in received.body["messages"]] == [
        "system", "user", "assistant", "user",
    ]  # fmt: skip


async def test_the_profile_decides_which_parameters_are_sent(upstream: Open) -> None:
    profile = ChatModelProfile(
        output_limit_parameter="max_completion_tokens",
        takes_temperature=False,
        reports_usage=False,
    )
    model, server = await upstream(profile=profile)

    await answer(model, ASKED)

    body = server.requests[0].body
    assert body["max_completion_tokens"] == 1024
    assert not {"max_tokens", "temperature", "stream_options"} & body.keys()


async def test_usage_is_what_the_upstream_counted(upstream: Open) -> None:
    model, _ = await upstream()

    usage = (await ending(model, ASKED)).usage

    assert (usage.prompt_tokens, usage.completion_tokens) == (42, len(DEFAULT_ANSWER))


async def test_usage_is_estimated_where_the_upstream_does_not_count(upstream: Open) -> None:
    model, _ = await upstream(Behaviour(answer=("12345678",), fault="no_usage"))

    usage = (await ending(model, ASKED)).usage

    assert usage.completion_tokens == 2
    assert usage.prompt_tokens > 0


@pytest.mark.parametrize(
    ("upstream_reason", "reason"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "refused")],
)
async def test_the_finish_reason_is_translated(
    upstream: Open, upstream_reason: str, reason: str
) -> None:
    model, _ = await upstream(Behaviour(finish_reason=upstream_reason))

    assert (await ending(model, ASKED)).reason == reason


async def test_characters_split_over_network_reads_come_out_whole(upstream: Open) -> None:
    model, _ = await upstream(Behaviour(fault="split_utf8"))

    assert await answer(model, ASKED) == "".join(DEFAULT_ANSWER)


async def test_tokens_that_have_come_together_are_one_delta(upstream: Open) -> None:
    tokens = tuple(f"word{index} " for index in range(2000))
    model, _ = await upstream(Behaviour(answer=tokens))

    streamed = await chunks(model, ASKED)

    assert "".join(c.text for c in streamed if isinstance(c, TextDelta)) == "".join(tokens)
    assert len(streamed) < len(tokens) / 4


async def test_tokens_that_come_one_by_one_are_given_one_by_one(upstream: Open) -> None:
    model, _ = await upstream(Behaviour(answer=("a", "b", "c"), tokens_per_second=50))

    streamed = await chunks(model, ASKED)

    assert streamed[:-1] == [TextDelta("a"), TextDelta("b"), TextDelta("c")]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("wrong_key", WrongApiKeyError),
        ("unknown_model", UnknownChatModelError),
        ("rate_limited", RateLimitedError),
        ("bad_request", RequestRejectedError),
        ("server_error", UpstreamFailedError),
        ("hang_before_headers", UpstreamTimedOutError),
        ("hang_before_first_token", UpstreamTimedOutError),
        ("hang_in_mid_stream", UpstreamTimedOutError),
        ("keep_alive_only", UpstreamTimedOutError),
        ("cut_off_before_headers", UpstreamFailedError),
        ("cut_off_in_mid_stream", UpstreamFailedError),
        ("ends_without_finish", UpstreamFailedError),
        ("error_in_mid_stream", UpstreamFailedError),
        ("rate_limited_in_mid_stream", RateLimitedError),
        ("malformed_chunk", MalformedResponseError),
        ("not_a_stream", MalformedResponseError),
    ],
)
async def test_each_fault_of_the_upstream_has_its_error(
    upstream: Open, fault: Fault, error: type[ChatModelError]
) -> None:
    limits = QUICK if error is UpstreamTimedOutError else None
    model, _ = await upstream(Behaviour(fault=fault), limits=limits)

    with pytest.raises(error) as caught:
        await chunks(model, ASKED)

    assert type(caught.value) is error
    assert "tutor-large" in str(caught.value)


@pytest.mark.parametrize("fault", ["cut_off_in_mid_stream", "error_in_mid_stream"])
async def test_text_before_a_fault_is_given_before_the_error(upstream: Open, fault: Fault) -> None:
    model, _ = await upstream(Behaviour(fault=fault))
    stream = model.stream(ASKED)

    first = await anext(stream)

    assert first == TextDelta(DEFAULT_ANSWER[0])
    with pytest.raises(UpstreamFailedError):
        await anext(stream)


async def test_an_address_where_nothing_listens_is_an_upstream_failure() -> None:
    client = openai_client(base_url="http://127.0.0.1:1/v1", api_key="secret")
    model = OpenAICompatibleChatModel(client, "tutor-large")

    with pytest.raises(UpstreamFailedError):
        await chunks(model, ASKED)

    await client.close()


async def test_an_upstream_is_asked_once_and_never_again_on_its_own(upstream: Open) -> None:
    model, server = await upstream(Behaviour(fault="server_error"), Behaviour())

    with pytest.raises(UpstreamFailedError):
        await chunks(model, ASKED)

    assert len(server.requests) == 1


async def test_a_model_that_failed_answers_the_next_request(upstream: Open) -> None:
    model, _ = await upstream(Behaviour(fault="malformed_chunk"), Behaviour())

    with pytest.raises(MalformedResponseError):
        await chunks(model, ASKED)

    assert await answer(model, ASKED) == "".join(DEFAULT_ANSWER)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("soon", None)])
async def test_retry_after_is_read_where_it_can_be(
    upstream: Open, header: str, seconds: float | None
) -> None:
    model, _ = await upstream(Behaviour(fault="rate_limited", retry_after=header))

    with pytest.raises(RateLimitedError) as caught:
        await chunks(model, ASKED)

    assert caught.value.retry_after_seconds == seconds


async def test_retry_after_may_be_a_date(upstream: Open) -> None:
    date = "Fri, 31 Dec 1999 23:59:59 GMT"
    model, _ = await upstream(Behaviour(fault="rate_limited", retry_after=date))

    with pytest.raises(RateLimitedError) as caught:
        await chunks(model, ASKED)

    assert caught.value.retry_after_seconds == 0.0


async def test_closing_a_stream_closes_the_request_upstream(upstream: Open) -> None:
    model, server = await upstream(Behaviour(fault="hang_in_mid_stream"))

    async with aclosing(model.stream(ASKED)) as stream:
        await anext(stream)
        assert server.open_connections == 1

    async with asyncio.timeout(30):
        await server.connections_closed()


async def test_cancelling_the_reader_is_not_swallowed(upstream: Open) -> None:
    model, _ = await upstream(Behaviour(fault="hang_before_first_token"))
    reading = asyncio.create_task(chunks(model, ASKED))
    await asyncio.sleep(0.05)

    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_connection_serves_one_answer_after_another(upstream: Open) -> None:
    model, server = await upstream()

    for _ in range(3):
        await answer(model, ASKED)

    assert server.connections_made == 1


async def test_the_last_chunk_of_a_stream_is_its_ending(upstream: Open) -> None:
    model, _ = await upstream()

    assert isinstance((await chunks(model, ASKED))[-1], Finished)
