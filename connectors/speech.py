"""Text to speech through an OpenAI-compatible `/audio/speech` API."""

from typing import Literal, Protocol, get_args

from connectors.errors import ServiceMisconfiguredError
from connectors.http import RetryPolicy
from connectors.remote_service import Endpoint, Patience, RemoteService

AudioFormat = Literal["mp3", "wav", "flac", "opus", "aac"]
AUDIO_FORMATS: tuple[AudioFormat, ...] = get_args(AudioFormat)
MAXIMUM_CHARACTERS = 4096
"""Of one text. Source: OpenAI API reference, "Create speech"."""
MAXIMUM_AUDIO_BYTES = 64 * 1024 * 1024
CALLS_AT_ONCE = 4
PATIENCE = Patience(120.0, RetryPolicy(attempts=3, total_seconds=60.0))


class Speech(Protocol):
    """Reads text aloud."""

    async def say(self, text: str, audio_format: AudioFormat = "mp3", voice: str = "") -> bytes:
        """A whole audio file in which `text` (1 to `MAXIMUM_CHARACTERS`) is spoken.

        Args:
            text: what is said.
            audio_format: of the file.
            voice: as the service calls it; empty for the one it was opened with.

        Raises:
            ServiceCallError: there is no audio; the error says whether a later call may give it.
        """
        ...


class OpenAICompatibleSpeech:
    """``Speech`` over HTTP. Who opens it closes it.

    Args:
        endpoint: the service, its `model` set.
        voice: as the service calls it.
        patience: with one text.
    """

    def __init__(self, endpoint: Endpoint, voice: str, patience: Patience = PATIENCE) -> None:
        self._endpoint = endpoint
        self._voice = voice
        self._service = RemoteService(endpoint, patience, calls_at_once=CALLS_AT_ONCE)

    def identity(self, voice: str = "") -> str:
        """Names what a text's sound depends on: address, model and voice."""
        return f"{self._endpoint.base_url} {self._endpoint.model} {voice or self._voice}"

    async def say(self, text: str, audio_format: AudioFormat = "mp3", voice: str = "") -> bytes:
        """A whole audio file in which `text` is spoken; at most `MAXIMUM_AUDIO_BYTES`.

        Raises:
            ValueError: the text is empty or too long; nothing is sent.
            ServiceUnavailableError: the service is away, busy or slow.
            ServiceMisconfiguredError: it refuses, or gives what is no audio.
        """
        if not 1 <= len(text.strip()) <= len(text) <= MAXIMUM_CHARACTERS:
            message = (
                f"The text has {len(text):,} characters; it needs 1 to {MAXIMUM_CHARACTERS:,}."
            )
            raise ValueError(message)
        body = {"input": text, "voice": voice or self._voice, "response_format": audio_format}
        audio = await self._service.post("audio/speech", body, limit_bytes=MAXIMUM_AUDIO_BYTES)
        if not audio or audio[:1] in (b"{", b"<"):
            raise ServiceMisconfiguredError(self._endpoint.service, "gave what is no audio")
        return audio

    async def close(self) -> None:
        """Closes the connections."""
        await self._service.close()
