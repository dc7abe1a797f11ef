"""Text that pictures show, recognised by Tesseract where the machine has it."""

import functools
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from ingestion.errors import DamagedDocumentError, ReadingTimedOutError
from ingestion.formats import TEXT_RECOGNITION_PROGRAM
from ingestion.normalisation import normalise

MAX_PICTURE_PIXELS: Final = 16_000_000
"""Larger pictures are made smaller: a page of A3 at 250 dots an inch has 12 million."""

_TIME_LIMIT_SECONDS: Final = 90.0
# Those of the courses we know; further ones cost time on every page.
_LANGUAGES: Final = ("eng", "hin", "fra", "deu", "spa")
_MAX_LANGUAGES: Final = 3
# Specks and drawings give "words" of which Tesseract itself is not sure, 0..100.
_MIN_CONFIDENCE: Final = 30.0
_WORD_LEVEL: Final = 5
_COLUMNS: Final = 12
_LINE_END_HYPHEN: Final = re.compile(r"(\w)-\n([a-z])")


@dataclass(frozen=True, slots=True)
class Picture:
    """A grey picture: a byte for each pixel, row by row from the top, 255 is white."""

    width: int
    height: int
    pixels: bytes

    @property
    def as_graymap(self) -> bytes:
        """The picture in the portable graymap format."""
        return f"P5 {self.width} {self.height} 255\n".encode() + self.pixels


@dataclass(frozen=True, slots=True)
class RecognisedParagraph:
    """A paragraph of a picture; edges in pixels from the upper left corner, y downwards."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


class TextRecogniser:
    """Recognises the pictures of one document within 90 s altogether.

    Args:
        key: The document, for errors.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._deadline = time.monotonic() + _TIME_LIMIT_SECONDS

    def paragraphs(self, picture: Picture, place: str) -> list[RecognisedParagraph]:
        """The paragraphs that a picture shows, in reading order.

        Args:
            picture: The picture.
            place: What it is in the document, such as `page 3`, for errors.

        Raises:
            ReadingTimedOutError: The time for the whole document is over.
            DamagedDocumentError: Tesseract fails over the picture.
        """
        try:
            table = _recognised(picture, self._deadline - time.monotonic())
        except subprocess.TimeoutExpired as error:
            reason = (
                f"recognising its text took more than {_TIME_LIMIT_SECONDS:.0f} s "
                f"(it ended at {place}); run it through ocrmypdf first, or divide it into parts"
            )
            raise ReadingTimedOutError(self._key, reason) from error
        except subprocess.CalledProcessError as error:
            complaint = error.stderr.decode(errors="replace").strip()[:200]
            reason = f"Tesseract failed over {place} ({complaint}); scan it again"
            raise DamagedDocumentError(self._key, reason) from error
        return list(_paragraphs_of(table))


@functools.cache
def _installed_languages() -> str:
    listed = subprocess.run(  # noqa: S603 (a fixed program, no shell)
        [str(shutil.which(TEXT_RECOGNITION_PROGRAM)), "--list-langs"],
        capture_output=True,
        timeout=_TIME_LIMIT_SECONDS,
        check=False,
    )
    installed = listed.stdout.decode(errors="replace").split()
    known: list[str] = [name for name in _LANGUAGES if name in installed]
    return "+".join(known[:_MAX_LANGUAGES] or ["eng"])


def _recognised(picture: Picture, timeout_seconds: float) -> str:
    """Tesseract's table of the layout: a line for each page, block, paragraph, line and word."""
    program = str(shutil.which(TEXT_RECOGNITION_PROGRAM))
    finished = subprocess.run(  # noqa: S603 (a fixed program, no shell, arguments of our making)
        [program, "stdin", "stdout", "-l", _installed_languages(), "tsv"],
        input=picture.as_graymap,
        capture_output=True,
        timeout=max(timeout_seconds, 0.1),
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return finished.stdout.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class _Word:
    paragraph: tuple[str, ...]
    line: str
    text: str
    left: int
    top: int
    right: int
    bottom: int


def _paragraphs_of(table: str) -> Iterator[RecognisedParagraph]:
    for _, group in groupby(_words_of(table), key=lambda word: word.paragraph):
        words = list(group)
        yield RecognisedParagraph(
            text=_joined(words),
            left=min(word.left for word in words),
            top=min(word.top for word in words),
            right=max(word.right for word in words),
            bottom=max(word.bottom for word in words),
        )


def _words_of(table: str) -> Iterator[_Word]:
    """The words of the table that Tesseract is sure enough of.

    Source: Tesseract's manual, "TSV": level, page, block, paragraph, line, word, left, top, width,
    height, confidence, text.
    """
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) != _COLUMNS or int(fields[0]) != _WORD_LEVEL or not fields[11].strip():
            continue
        if float(fields[10]) < _MIN_CONFIDENCE:
            continue
        left, top, width, height = map(int, fields[6:10])
        paragraph = tuple(fields[1:4])
        yield _Word(paragraph, fields[4], fields[11], left, top, left + width, top + height)


def _joined(words: Iterable[_Word]) -> str:
    lines = (
        " ".join(word.text for word in line)
        for _, line in groupby(words, key=lambda word: word.line)
    )
    return _LINE_END_HYPHEN.sub(r"\1\2", normalise("\n".join(lines))).replace("\n", " ")
