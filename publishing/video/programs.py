"""Runs the programs that make a video: few at once, at low priority, none outliving its task."""

import asyncio
import os
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import imageio_ffmpeg

from publishing.errors import DiskFullError
from publishing.room import says_disk_full
from publishing.video.errors import EncoderUnavailableError, EncodingError

AT_ONCE = 2
NICENESS = 10
TIMEOUT_SECONDS = 600.0
_PACKAGE_PARENT = Path(__file__).resolve().parent.parent.parent
_COMPLAINT_CHARACTERS = 300


class Programs:
    """Runs FFmpeg and others; a caller that is cancelled takes its process with it.

    Args:
        at_once: how many run together; each is told to use one thread.
        timeout_seconds: after which one is ended.
    """

    def __init__(self, at_once: int = AT_ONCE, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._timeout_seconds = timeout_seconds

    async def ffmpeg(self, arguments: Sequence[str], folder: Path) -> str:
        """What FFmpeg said; it runs in `folder`, overwrites, and reads no input.

        Raises:
            EncodingError: it failed or took too long.
            DiskFullError: it could not write.
            EncoderUnavailableError: it is not installed.
        """
        return await self.run(
            "FFmpeg", [encoder(), "-hide_banner", "-nostdin", "-y", *arguments], folder
        )

    async def run(self, name: str, command: Sequence[str], folder: Path) -> str:
        """What a program wrote to its standard error; it runs in `folder`.

        Raises:
            EncodingError: it failed or took too long.
            DiskFullError: it could not write.
        """
        async with self._slots:
            process = await asyncio.create_subprocess_exec(
                *_low_priority(),
                *command,
                cwd=folder,
                env={**os.environ, "PYTHONPATH": _python_path()},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    _, said = await process.communicate()
            except TimeoutError as error:
                message = f"{name} had not ended after {self._timeout_seconds:g} seconds"
                raise EncodingError(message) from error
            finally:
                if process.returncode is None:
                    _end_with_children(process.pid)
                    await asyncio.shield(process.wait())
        _check(name, process.returncode, said)
        return said.decode(errors="replace")


def encoder() -> str:
    """The program FFmpeg: of `IMAGEIO_FFMPEG_EXE`, of the wheel, or of the system.

    Raises:
        EncoderUnavailableError: there is none.
    """
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        message = "FFmpeg is not installed; pip install imageio-ffmpeg"
        raise EncoderUnavailableError(message) from error


def _python_path() -> str:
    return os.pathsep.join(filter(None, [str(_PACKAGE_PARENT), os.environ.get("PYTHONPATH")]))


def _end_with_children(process_id: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process_id, signal.SIGKILL)


def _check(name: str, status: int | None, said: bytes) -> None:
    if status == 0:
        return
    complaint = said.decode(errors="replace").strip()
    if status == -signal.SIGXFSZ or says_disk_full(complaint):
        raise DiskFullError
    lines = complaint.splitlines() or [f"it ended with {status}"]
    raise EncodingError(f"{name}: {lines[-1].strip()[:_COMPLAINT_CHARACTERS]}")


def _low_priority() -> list[str]:
    # By a program of its own: setting it after the start would miss threads already begun.
    program = shutil.which("nice")
    return [program, "-n", str(NICENESS)] if program else []
