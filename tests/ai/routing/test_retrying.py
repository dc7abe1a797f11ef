import pytest

from ai.chat.errors import (
    ChatModelError,
    EmptyAnswerError,
    RateLimitedError,
    RequestRejectedError,
    UpstreamFailedError,
    UpstreamTimedOutError,
    WrongApiKeyError,
)
from ai.chat.scripted import ScriptedChatModel
from ai.routing.retrying import LONGEST_WAIT_SECONDS, RetryingChatModel
from tests.ai.chat.examples import answer, request

ASKED = request("What is work?")


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.mark.parametrize(
    "error", [UpstreamFailedError("m", "500"), EmptyAnswerError("m", "no word")]
)
async def test_a_failure_that_passes_is_tried_again(error: ChatModelError) -> None:
    inner, waits = ScriptedChatModel([[error], ["Yes."]]), Waits()

    said = await answer(RetryingChatModel(inner, 2, waits), ASKED)

    assert said == "Yes."
    assert 0 <= waits.seconds[0] <= LONGEST_WAIT_SECONDS


async def test_it_gives_up_after_its_attempts_with_the_last_error() -> None:
    inner = ScriptedChatModel([[UpstreamFailedError("m", "500")]])

    with pytest.raises(UpstreamFailedError):
        await answer(RetryingChatModel(inner, 3, Waits()), ASKED)

    assert len(inner.requests) == 3


async def test_it_waits_as_long_as_the_upstream_asks() -> None:
    inner, waits = ScriptedChatModel([[RateLimitedError("m", "429", 0.9)], ["Yes."]]), Waits()

    await answer(RetryingChatModel(inner, 2, waits), ASKED)

    assert waits.seconds[0] >= 0.9


@pytest.mark.parametrize(
    "error",
    [
        RateLimitedError("m", "429", LONGEST_WAIT_SECONDS + 1),
        UpstreamTimedOutError("m", "silent"),
        RequestRejectedError("m", "400"),
        WrongApiKeyError("m", "401"),
    ],
)
async def test_what_no_short_wait_mends_is_not_tried_again(error: ChatModelError) -> None:
    inner, waits = ScriptedChatModel([[error], ["Yes."]]), Waits()

    with pytest.raises(type(error)):
        await answer(RetryingChatModel(inner, 5, waits), ASKED)

    assert waits.seconds == []


async def test_nothing_is_tried_again_once_text_was_given() -> None:
    inner = ScriptedChatModel([["Work ", UpstreamFailedError("m", "cut")], ["Yes."]])
    stream = RetryingChatModel(inner, 5, Waits()).stream(ASKED)
    await anext(stream)

    with pytest.raises(UpstreamFailedError):
        await anext(stream)

    assert len(inner.requests) == 1
