"""A speech service as the voice of videos."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.http import RetryPolicy
from connectors.narration import ServiceSpeech
from connectors.remote_service import Endpoint, Patience
from connectors.speech import OpenAICompatibleSpeech
from publishing.video.errors import NarrationError
from tests.support.embedders import no_pause
from tests.support.remote_services import SPOKEN, RemoteServices


@pytest.fixture
async def speech(remote: RemoteServices) -> AsyncIterator[ServiceSpeech]:
    endpoint = Endpoint("speech service", remote.base_url, "key", "voice-1")
    patience = Patience(3.0, RetryPolicy(attempts=1, sleep=no_pause))
    service = OpenAICompatibleSpeech(endpoint, "alloy", patience)
    yield ServiceSpeech(service)
    await service.close()


@pytest.mark.parametrize(("voice", "asked"), [("", "alloy"), ("nova", "nova")])
async def test_a_sentence_is_spoken_by_the_voice_that_is_wanted(
    remote: RemoteServices, speech: ServiceSpeech, tmp_path: Path, voice: str, asked: str
) -> None:
    await speech.say("Work.", "en", voice, tmp_path / "said")

    assert (tmp_path / "said").read_bytes() == SPOKEN
    assert remote.requests[0].body["voice"] == asked
    assert asked in speech.identity("en", voice)


async def test_a_service_that_is_away_is_named(
    remote: RemoteServices, speech: ServiceSpeech, tmp_path: Path
) -> None:
    remote.always = "server_error"

    with pytest.raises(NarrationError, match="speech service"):
        await speech.say("Work.", "en", "", tmp_path / "said")
    assert not (tmp_path / "said").exists()
