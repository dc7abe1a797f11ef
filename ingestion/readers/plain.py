"""Plain text and program text."""

import re
from collections.abc import Iterator
from typing import Final

from ingestion.assembly import DocumentBuilder
from ingestion.document import BlockKind, ParsedDocument
from ingestion.normalisation import normalise
from ingestion.readers.source import Source

_BLANK_LINES: Final = re.compile(r"\n(?:[ \t]*\n)+")


def read_text(source: Source) -> Iterator[ParsedDocument]:
    """Yield a text file: blank lines part its paragraphs, line ends are kept."""
    builder = source.builder()
    add_paragraphs(builder, source.text())
    yield builder.build()


def read_source_code(source: Source) -> Iterator[ParsedDocument]:
    """Yield a program: one block, character for character."""
    builder = source.builder()
    builder.add(BlockKind.CODE, source.text())
    yield builder.build(title=source.path.name)


def add_paragraphs(builder: DocumentBuilder, text: str) -> None:
    """Add unmarked text as paragraphs."""
    for paragraph in _BLANK_LINES.split(normalise(text)):
        builder.paragraph(paragraph)
