"""The lines of PDF pages, with the size and place that tell what a line is."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, Final, TypeAlias

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

# Objects of the C library, which have no Python type.
_TextPage: TypeAlias = Any
_Box: TypeAlias = Any
_MONOSPACE_NAME: Final = re.compile(r"mono|courier|consol|menlo|typewriter|cmtt", re.IGNORECASE)
_FIXED_PITCH: Final = 1  # ISO 32000-1, table 123: font flags
_FONT_NAME_BYTES: Final = 128


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a page as PDFium finds it; lengths in points, y upwards.

    A line that ends in a hyphenated word holds the next line too.

    Attributes:
        text: Its characters; U+FFFE stands where a word is hyphenated onto the next line.
        size: Height of its characters, 0 where unknown.
        is_monospaced: Whether it is set in a typewriter font.
        left: Left edge of its first character.
        right: Right edge of its last character.
        top: Upper edge of its first character.
        bottom: Lower edge of its last character.
    """

    text: str
    size: float = 0.0
    is_monospaced: bool = False
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


def lines_of_page(page: pdfium.PdfPage) -> list[PdfLine]:
    """Lines of a page in the order of its content, blank ones left out."""
    text_page = page.get_textpage()
    try:
        return list(_lines(text_page))
    finally:
        text_page.close()


def _lines(text_page: pdfium.PdfTextPage) -> Iterator[PdfLine]:
    text: str = text_page.get_text_range()
    # PDFium counts UTF-16 units. Where it hides a character, the counts differ, and no place in
    # the text can be told; such pages (right-to-left script, mostly) are read without layout.
    has_places = _utf16_units(text) == text_page.count_chars()
    start = 0
    for line in text.split("\r\n"):
        if line.strip():
            yield _placed_line(text_page.raw, line, start) if has_places else PdfLine(line)
        start += _utf16_units(line) + 2


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _placed_line(text_page: _TextPage, line: str, start: int) -> PdfLine:
    visible = [offset for offset, character in enumerate(line) if not character.isspace()]
    chosen = (visible[0], visible[len(visible) // 2], visible[-1])
    samples = [start + _utf16_units(line[:offset]) for offset in chosen]
    boxes = [_box(text_page, index) for index in samples]
    return PdfLine(
        text=line,
        size=round(median(box.top - box.bottom for box in boxes), 1),
        is_monospaced=all(_is_monospaced(text_page, index) for index in samples),
        left=boxes[0].left,
        right=boxes[2].right,
        top=boxes[0].top,
        bottom=boxes[2].bottom,
    )


def _box(text_page: _TextPage, index: int) -> _Box:
    box = pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(text_page, index, box)
    return box


def _is_monospaced(text_page: _TextPage, index: int) -> bool:
    flags = ctypes.c_int()
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    pdfium_c.FPDFText_GetFontInfo(text_page, index, name, _FONT_NAME_BYTES, flags)
    return bool(flags.value & _FIXED_PITCH) or bool(
        _MONOSPACE_NAME.search(name.value.decode("ascii", errors="replace"))
    )
