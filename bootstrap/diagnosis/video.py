"""Checks what videos are made with."""

import asyncio
import tempfile
from pathlib import Path

from bootstrap.diagnosis.finding import Finding
from connectors.espeak import EspeakSpeech
from publishing.video.errors import VideoError
from publishing.video.programs import Programs, encoder
from publishing.video.soundtrack import make_soundtrack

SAMPLE = "Work is force times distance."


def check_video() -> Finding:
    """Whether the built-in voice speaks a sentence and FFmpeg makes a soundtrack of it."""
    try:
        asyncio.run(_speak_once())
    except (VideoError, OSError) as error:
        advice = "Install again: `make run`. Without it everything works but videos."
        return Finding("video", "warn", str(error), advice)
    return Finding("video", "ok", f"the built-in voice speaks, {Path(encoder()).name} encodes")


async def _speak_once() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await EspeakSpeech().say(SAMPLE, "en", "", folder / "said")
        await make_soundtrack([(0, folder / "said")], folder, Programs())
