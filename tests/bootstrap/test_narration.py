"""Who speaks videos, as the settings want it."""

import pytest

from bootstrap.narration import open_narration
from bootstrap.settings import Settings
from connectors.espeak import EspeakSpeech
from connectors.narration import ServiceSpeech

URL = {"NEUROSHIKSHA_SPEECH_URL": "http://127.0.0.1:9/v1"}


@pytest.mark.parametrize(
    ("environment", "speech", "stand_in"),
    [
        ({}, EspeakSpeech, type(None)),
        ({"NEUROSHIKSHA_SPEECH_STAND_IN": "true"}, EspeakSpeech, type(None)),
        (URL, ServiceSpeech, type(None)),
        ({**URL, "NEUROSHIKSHA_SPEECH_STAND_IN": "true"}, ServiceSpeech, EspeakSpeech),
    ],
)
async def test_the_built_in_voice_speaks_alone_or_stands_in_if_wanted(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    speech: type,
    stand_in: type,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    narration = open_narration(Settings())

    assert isinstance(narration.speech, speech)
    assert isinstance(narration.stand_in, stand_in)
    await narration.close()
