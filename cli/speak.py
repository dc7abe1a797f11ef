"""`neuroshiksha speak`: a text read aloud by the speech service, into a file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bootstrap.adapters import ConfigurationError
from bootstrap.remote_services import open_speech
from bootstrap.settings import Settings
from cli.context import FAILED, USAGE, run_command
from connectors.errors import ServiceCallError
from connectors.speech import AUDIO_FORMATS, AudioFormat


def speak_command(
    text: Annotated[str, typer.Argument(help="What is said, 4,096 characters at most.")],
    out: Annotated[Path, typer.Option(help="File to write: .mp3, .wav, .flac, .opus or .aac.")],
) -> None:
    """Have a text read aloud by the speech service of the settings."""
    audio_format = next((name for name in AUDIO_FORMATS if out.suffix.lower() == f".{name}"), None)
    if audio_format is None:
        names = ", ".join(f".{name}" for name in AUDIO_FORMATS)
        typer.echo(f"{out} must end in one of {names}: that is the kind of audio.", err=True)
        raise typer.Exit(USAGE)
    run_command(lambda: _speak(text, audio_format, out))


async def _speak(text: str, audio_format: AudioFormat, out: Path) -> int:
    try:
        speech = open_speech(Settings())
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        return FAILED
    try:
        audio = await speech.say(text, audio_format)
        await asyncio.to_thread(out.write_bytes, audio)
    except ValueError as error:
        typer.echo(str(error), err=True)
        return USAGE
    except (ServiceCallError, OSError) as error:
        typer.echo(str(error), err=True)
        return FAILED
    finally:
        await speech.close()
    typer.echo(f"{out}: {len(audio):,} bytes")
    return 0
