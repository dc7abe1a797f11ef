"""A speech service as the voice of videos."""

import asyncio
from pathlib import Path

from connectors.errors import ServiceCallError
from connectors.speech import OpenAICompatibleSpeech
from content.base import Language
from publishing.video.errors import NarrationError


class ServiceSpeech:
    """`publishing.video.speech.Speech` by a service, whose voices speak every language it knows."""

    def __init__(self, service: OpenAICompatibleSpeech) -> None:
        self._service = service

    def identity(self, language: Language, voice: str) -> str:  # noqa: ARG002 (of the Protocol)
        """Address, model and voice."""
        return self._service.identity(voice)

    async def say(
        self,
        text: str,
        language: Language,  # noqa: ARG002 (of the Protocol: the service hears it from the text)
        voice: str,
        audio: Path,
    ) -> None:
        """Writes an MP3 file in which `text` is spoken.

        Raises:
            NarrationError: the service did not speak it; the message says why.
        """
        try:
            spoken = await self._service.say(text, "mp3", voice)
        except (ServiceCallError, ValueError) as error:
            raise NarrationError(str(error)) from error
        await asyncio.to_thread(audio.write_bytes, spoken)
