"""The one way from content to a file.

What writes some formats is large, so servers have it run in a process apart: `publishing.apart`.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from content.base import Content
from content.cards import Deck
from content.lessons import Lesson, StudyGuide
from content.questions import Quiz
from content.slides import SlideDeck
from publishing.cards import files as card_files
from publishing.courses import files as course_files
from publishing.courses.course import CoursePackage
from publishing.errors import FormatNotOfferedError
from publishing.formats import FORMATS
from publishing.lessons import documents
from publishing.names import file_stem
from publishing.quizzes import files as quiz_files
from publishing.slides import files as slide_files
from publishing.written import ExportedFile, Written

_WRITERS: tuple[tuple[type[object], dict[str, Callable[..., Written]]], ...] = (
    (Lesson, documents.WRITERS),
    (StudyGuide, documents.WRITERS),
    (SlideDeck, slide_files.WRITERS),
    (Quiz, quiz_files.WRITERS),
    (Deck, card_files.WRITERS),
    (CoursePackage, course_files.WRITERS),
)


def export(content: Content | CoursePackage, format: str, folder: Path) -> ExportedFile:  # noqa: A002 (the word)
    """Makes a file of content. Blocks, for up to some seconds: from an event loop, use a thread.

    Args:
        content: a lesson, study guide, slide deck, quiz, deck of cards or course package.
        format: one of `publishing.formats.formats_of(type(content))`.
        folder: the caller's scratch folder, where the file is made.

    Raises:
        FormatNotOfferedError: this kind of content has no such format.
        PublishingError: the file cannot be made; the message says why.
    """
    writers = _writers_of(content)
    if format not in writers:
        raise FormatNotOfferedError(type(content).__name__, format, tuple(writers))
    offered = FORMATS[format]
    with tempfile.TemporaryDirectory(dir=folder, prefix="export-") as scratch:
        written = writers[format](content, Path(scratch))
        path = folder / f"{file_stem(getattr(content, 'title', ''))}.{offered.suffix}"
        shutil.move(written.path, path)
    return ExportedFile(path, offered.media_type, written.warnings)


def _writers_of(content: object) -> dict[str, Callable[..., Written]]:
    return next((writers for kind, writers in _WRITERS if isinstance(content, kind)), {})
