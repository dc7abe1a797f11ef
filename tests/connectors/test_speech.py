"""The remote speech service: whole audio, or a typed error."""

from collections.abc import AsyncIterator

import pytest

from connectors.errors import (
    ServiceCallError,
    ServiceMisconfiguredError,
    ServiceTimedOutError,
    ServiceUnavailableError,
)
from connectors.http import RetryPolicy
from connectors.remote_service import Endpoint, Patience
from connectors.speech import MAXIMUM_CHARACTERS, OpenAICompatibleSpeech
from tests.support.embedders import no_pause
from tests.support.remote_services import SPOKEN, Fault, RemoteServices


@pytest.fixture
async def speech(remote: RemoteServices) -> AsyncIterator[OpenAICompatibleSpeech]:
    endpoint = Endpoint("speech service", remote.base_url, "key", "voice-1")
    patience = Patience(3.0, RetryPolicy(attempts=3, sleep=no_pause))
    opened = OpenAICompatibleSpeech(endpoint, "alloy", patience)
    yield opened
    await opened.close()


async def test_what_is_said_comes_whole(
    remote: RemoteServices, speech: OpenAICompatibleSpeech
) -> None:
    audio = await speech.say("Work is force times distance.", "wav")

    assert audio == SPOKEN
    [request] = remote.requests
    assert request.path == "/v1/audio/speech"
    assert request.headers["authorization"] == "Bearer key"
    assert request.body == {
        "model": "voice-1",
        "input": "Work is force times distance.",
        "voice": "alloy",
        "response_format": "wav",
    }


async def test_a_busy_service_is_asked_again(
    remote: RemoteServices, speech: OpenAICompatibleSpeech
) -> None:
    remote.faults.extend(["rate_limited", "server_error"])

    assert await speech.say("Work.") == SPOKEN
    assert len(remote.requests) == 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("server_error", ServiceUnavailableError),
        ("hang", ServiceTimedOutError),
        ("wrong_key", ServiceMisconfiguredError),
        ("not_json", ServiceMisconfiguredError),
        ("wrong_json", ServiceMisconfiguredError),
    ],
)
async def test_each_failure_says_what_to_do_about_it(
    remote: RemoteServices,
    speech: OpenAICompatibleSpeech,
    fault: Fault,
    error: type[ServiceCallError],
) -> None:
    remote.always = fault

    with pytest.raises(error, match="speech service"):
        await speech.say("Work.")


@pytest.mark.parametrize("text", ["", " \n", "x" * (MAXIMUM_CHARACTERS + 1)])
async def test_a_text_that_cannot_be_said_is_not_sent(
    remote: RemoteServices, speech: OpenAICompatibleSpeech, text: str
) -> None:
    with pytest.raises(ValueError, match="characters"):
        await speech.say(text)

    assert remote.requests == []
