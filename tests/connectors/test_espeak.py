"""The built-in voice."""

import asyncio
import subprocess
import sys
import wave
from pathlib import Path

import psutil
import pytest

from connectors.espeak import EspeakSpeech
from publishing.video.errors import UnknownVoiceError
from tests.support.processes import wait_until


def seconds_of(audio: Path) -> float:
    with wave.open(str(audio)) as file:
        return file.getnframes() / file.getframerate()


@pytest.mark.parametrize(
    ("text", "language", "voice"),
    [
        ("Force equals mass times acceleration.", "en", ""),
        ("Force equals mass times acceleration.", "en", "en-US+f2"),
        ("बल द्रव्यमान और त्वरण का गुणनफल है।", "hi", ""),
    ],
)
async def test_a_sentence_is_spoken(tmp_path: Path, text: str, language: str, voice: str) -> None:
    await EspeakSpeech().say(text, language, voice, tmp_path / "said")

    assert 1.5 < seconds_of(tmp_path / "said") < 6


async def test_voices_sound_different(tmp_path: Path) -> None:
    speech = EspeakSpeech()
    for voice in ("en-US", "en-US+f2"):
        await speech.say("Force.", "en", voice, tmp_path / voice)

    assert (tmp_path / "en-US").read_bytes() != (tmp_path / "en-US+f2").read_bytes()
    assert speech.identity("en", "en-US") != speech.identity("en", "en-US+f2")


async def test_text_is_never_markup_or_an_option(tmp_path: Path) -> None:
    text = "-x <audio src='/etc/passwd'/> [[h'@l'oU]] \0 end"

    await EspeakSpeech().say(text, "en", "", tmp_path / "said")

    assert seconds_of(tmp_path / "said") > 2


@pytest.mark.parametrize(
    ("language", "voice"),
    [("xx", ""), ("en", "../../etc"), ("en", "en-US+nobody"), ("en", "*"), ("en", "inc")],
)
def test_an_unknown_voice_is_named_with_what_there_is(language: str, voice: str) -> None:
    with pytest.raises(UnknownVoiceError, match="built-in voice has no"):
        EspeakSpeech().identity(language, voice)


async def test_whoever_is_cancelled_takes_the_program_along(tmp_path: Path) -> None:
    here = psutil.Process()
    others = set(here.children())  # servers that other tests use
    speaking = asyncio.create_task(EspeakSpeech().say("x " * 100_000, "en", "", tmp_path / "said"))
    await asyncio.to_thread(wait_until, lambda: set(here.children()) - others)

    speaking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await speaking

    wait_until(lambda: set(here.children()) <= others)


def test_the_library_under_the_gpl_is_not_loaded_where_it_is_called_from() -> None:
    program = (
        "import sys; from connectors.espeak import EspeakSpeech; EspeakSpeech().identity('en', '');"
        "print('espeakng_loader' in sys.modules, 'espeak' in open('/proc/self/maps').read())"
    )

    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert shown.stdout.split() == ["False", "False"]
