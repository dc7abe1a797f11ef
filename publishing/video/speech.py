"""What speaks a narration, as video rendering needs it."""

from pathlib import Path
from typing import Protocol

from content.base import Language


class Speech(Protocol):
    """Reads sentences aloud, several at a time if asked so."""

    def identity(self, language: Language, voice: str) -> str:
        """Names engine, version and voice: where it is the same, so is the sound of a text.

        Raises:
            UnknownVoiceError: there is no such voice, or none for the language.
        """
        ...

    async def say(self, text: str, language: Language, voice: str, audio: Path) -> None:
        """Writes a file in which `text` (1 to 400 characters, no markup) is spoken.

        Args:
            text: what is said.
            language: of the text.
            voice: one of the speaker's; empty for its voice of the language.
            audio: the file, of any kind that FFmpeg reads.

        Raises:
            NarrationError: it was not spoken.
        """
        ...
