"""Text of scanned pages, recognised by Tesseract where the machine has it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Final

import pypdfium2 as pdfium

from ingestion.errors import DamagedDocumentError, ReadingTimedOutError

_PROGRAM: Final = "tesseract"
_DOTS_PER_INCH: Final = 250
_POINTS_PER_INCH: Final = 72
# A page of A3 at the resolution above has 12 million; a poster is made smaller rather than refused.
_MAX_PIXELS: Final = 16_000_000
_TIME_LIMIT_SECONDS: Final = 90.0
# Those of the courses we know; further ones cost time on every page.
_LANGUAGES: Final = ("eng", "hin", "fra", "deu", "spa")
_MAX_LANGUAGES: Final = 3


def can_recognise_text() -> bool:
    """Whether Tesseract is installed."""
    return shutil.which(_PROGRAM) is not None


def recognised_pages(document: pdfium.PdfDocument, *, key: str) -> Iterator[str]:
    """Yield the text that each page of a PDF file shows, '' where it shows none.

    Raises:
        ReadingTimedOutError: All pages together take more than 90 s.
        DamagedDocumentError: Tesseract fails over a page.
    """
    deadline = time.monotonic() + _TIME_LIMIT_SECONDS
    languages = "+".join(_installed_languages())
    for index in range(len(document)):
        try:
            yield _recognised(_image(document[index]), languages, deadline - time.monotonic())
        except subprocess.TimeoutExpired as error:
            reason = (
                f"recognising its text took more than {_TIME_LIMIT_SECONDS:.0f} s "
                f"({index} of {len(document)} pages done); run it through ocrmypdf first"
            )
            raise ReadingTimedOutError(key, reason) from error
        except subprocess.CalledProcessError as error:
            complaint = error.stderr.decode(errors="replace").strip()[:200]
            reason = f"Tesseract failed over page {index + 1} ({complaint}); scan it again"
            raise DamagedDocumentError(key, reason) from error


def _installed_languages() -> list[str]:
    listed = subprocess.run(  # noqa: S603 (a fixed program, no shell)
        [str(shutil.which(_PROGRAM)), "--list-langs"],
        capture_output=True,
        timeout=_TIME_LIMIT_SECONDS,
        check=False,
    )
    installed = listed.stdout.decode(errors="replace").split()
    known: list[str] = [name for name in _LANGUAGES if name in installed]
    return known[:_MAX_LANGUAGES] or ["eng"]


def _image(page: pdfium.PdfPage) -> bytes:
    """A page as a grey picture in the portable graymap format."""
    width, height = page.get_size()
    points = max(width * height, 1.0)
    scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, (_MAX_PIXELS / points) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    rows = bytes(bitmap.buffer)
    packed = b"".join(
        rows[start : start + bitmap.width]
        for start in range(0, bitmap.stride * bitmap.height, bitmap.stride)
    )
    header = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    bitmap.close()
    page.close()
    return header + packed


def _recognised(image: bytes, languages: str, timeout_seconds: float) -> str:
    finished = subprocess.run(  # noqa: S603 (a fixed program, no shell, arguments of our making)
        [str(shutil.which(_PROGRAM)), "stdin", "stdout", "-l", languages],
        input=image,
        capture_output=True,
        timeout=max(timeout_seconds, 0.1),
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return finished.stdout.decode(errors="replace")
