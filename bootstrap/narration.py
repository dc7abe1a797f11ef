"""Opens what speaks the narration of videos."""

from dataclasses import dataclass

from bootstrap.remote_services import open_speech
from bootstrap.settings import Settings
from connectors.espeak import EspeakSpeech
from connectors.narration import ServiceSpeech
from connectors.speech import OpenAICompatibleSpeech
from publishing.video.speech import Speech


@dataclass(frozen=True, slots=True)
class Narration:
    """Who speaks videos; whoever opened it closes it.

    Attributes:
        speech: the speech service of the settings, or the built-in voice where they name none.
        stand_in: who speaks scenes that it failed to; None where the video fails instead.
    """

    speech: Speech
    stand_in: Speech | None
    _service: OpenAICompatibleSpeech | None = None

    async def close(self) -> None:
        """Closes the connections."""
        if self._service is not None:
            await self._service.close()


def open_narration(settings: Settings) -> Narration:
    """What the settings want; nothing is sent and no program started yet."""
    built_in = EspeakSpeech()
    if not settings.speech_url:
        return Narration(built_in, None)
    service = open_speech(settings)
    stand_in = built_in if settings.speech_stand_in else None
    return Narration(ServiceSpeech(service), stand_in, service)
