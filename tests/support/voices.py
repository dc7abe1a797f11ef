"""A voice for tests: tones instead of words, at once, and failures on order."""

import asyncio
import math
import struct
import wave
from pathlib import Path

from publishing.video.errors import NarrationError, UnknownVoiceError

SAMPLES_PER_SECOND = 8000
SECONDS_PER_CHARACTER = 0.02


class ToneVoice:
    """Says a text as a tone with a little silence at its ends, the longer the text the longer.

    Attributes:
        said: what it was asked to say, in order.
        fails_at: a text with these letters in it is not spoken; empty for none.
        awaited: how many other texts are spoken before it fails.
        is_garbled: what it gives is no sound.
        has_names: whether its voices can be chosen by name.
    """

    def __init__(
        self,
        name: str = "tone",
        fails_at: str = "",
        awaited: int = 0,
        *,
        is_garbled: bool = False,
        has_names: bool = True,
    ) -> None:
        self.name = name
        self.said: list[str] = []
        self.fails_at = fails_at
        self.awaited = awaited
        self.is_garbled = is_garbled
        self.has_names = has_names
        self._is_time_to_fail = asyncio.Event()

    def identity(self, language: str, voice: str) -> str:
        if voice == "nobody" or (voice and not self.has_names):
            raise UnknownVoiceError("There is no voice 'nobody'.")
        return f"{self.name} {language} {voice}"

    async def say(self, text: str, language: str, voice: str, audio: Path) -> None:  # noqa: ARG002 (of the Protocol)
        if self.fails_at and self.fails_at in text:
            if self.awaited:
                await self._is_time_to_fail.wait()
            raise NarrationError("The speech service is away.")
        if self.is_garbled:
            write_garbage(audio)
        else:
            write_tone(audio, max(len(text), 10) * SECONDS_PER_CHARACTER)
        self.said.append(text)
        if len(self.said) >= self.awaited:
            self._is_time_to_fail.set()


def write_garbage(path: Path) -> None:
    path.write_bytes(b"ID3 is all there is")


def write_tone(path: Path, seconds: float) -> None:
    count = round(seconds * SAMPLES_PER_SECOND)
    tone = [round(6000 * math.sin(n * 440 * math.tau / SAMPLES_PER_SECOND)) for n in range(count)]
    silence = [0] * (SAMPLES_PER_SECOND // 10)
    samples = [*silence, *tone, *silence]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES_PER_SECOND)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
