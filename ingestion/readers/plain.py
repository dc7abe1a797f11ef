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
    text = normalise(source.text())
    line = _line_of_text(text)
    start = 0
    for gap in _BLANK_LINES.finditer(text := text.strip("\n")):
        builder.place(line=line)
        builder.paragraph(text[start : gap.start()])
        line += text.count("\n", start, gap.end())
        start = gap.end()
    builder.place(line=line)
    builder.paragraph(text[start:])
    yield builder.build()


def read_source_code(source: Source) -> Iterator[ParsedDocument]:
    """Yield a program: one block, character for character."""
    builder = source.builder()
    text = normalise(source.text())
    builder.place(line=_line_of_text(text))
    builder.add(BlockKind.CODE, text)
    yield builder.build(title=source.path.name)


def add_paragraphs(builder: DocumentBuilder, text: str) -> None:
    """Add unmarked text as paragraphs."""
    for paragraph in _BLANK_LINES.split(normalise(text)):
        builder.paragraph(paragraph)


def _line_of_text(text: str) -> int:
    """Line, from 1, on which the first character stands that is not a line end."""
    return 1 + len(text) - len(text.lstrip("\n"))
