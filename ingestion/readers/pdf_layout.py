"""Puts the lines of PDF pages together again: headings, paragraphs, lists, program text."""

import re
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Final

from ingestion.assembly import DocumentBuilder
from ingestion.document import Region, enclosing
from ingestion.readers.pdf_furniture import HEADING_RATIO
from ingestion.readers.pdf_lines import PdfLine

_BULLET: Final = re.compile(r"(?:[•–∗◦▪‣●○·*-]|o(?=\s[A-Z]))\s+")
_NUMBERED: Final = re.compile(r"(\d{1,2}[.)])\s+(?=\S)")
_SENTENCE_END: Final = re.compile(r"""[.!?:;\u2026\u0964]["'\u201d\u2019)]*\s*\Z""")
_SECTION_NUMBER: Final = re.compile(r"\A(?:chapter\s+)?[\dIVX]+(?:\.\d+)*\.?\s+", re.IGNORECASE)
_HYPHENATED: Final = re.compile("(\\w+)\ufffe(\\w+)")
_NUMBERED_TITLE: Final = re.compile(r"(?:chapter\s+)?\d+(?:\.\d+)*\.?\s+\w.*[^.:;,]", re.I)
_WORD: Final = re.compile(r"\w+(?:-\w+)*")
_MAX_HEADING_CHARACTERS: Final = 150
# Gaps between lines as a share of the size of the type.
_PARAGRAPH_GAP: Final = 0.6
_FORMULA_GAP: Final = 2.0
_INDENT: Final = 0.5
_CODE_GAP: Final = 1.2


class PageWriter:
    """Adds the lines of page after page to a document.

    Args:
        builder: The document.
        body_size: Size of the running text in points.
        outline: Levels, from 1, of the titles in the document's outline, by folded title.
        heading_sizes: Sizes of type that headings have, largest first.
        mend: Puts hyphenated words together.
    """

    def __init__(
        self,
        builder: DocumentBuilder,
        *,
        body_size: float,
        outline: Mapping[str, int],
        heading_sizes: Sequence[float],
        mend: Callable[[str], str],
    ) -> None:
        self._builder = builder
        self._body_size = body_size
        self._outline = outline
        self._outline_depth = max(outline.values(), default=0)
        self._heading_sizes = heading_sizes
        self._mend = mend
        self._page = 1
        self._lines: list[PdfLine] = []
        self._item_lefts: list[float] = []

    def write(self, lines: Sequence[PdfLine], page: int) -> None:
        """Add the lines of one page, counted from 1."""
        self._page = page
        self._builder.place(page=page)
        for line in lines:
            if line.rows:
                self._write_table(line)
                continue
            if self._lines and self._begins_anew(self._lines[-1], line):
                self._flush()
            self._lines.append(line)
        self._flush()
        self._end_list()

    def _begins_anew(self, last: PdfLine, line: PdfLine) -> bool:
        if last.is_monospaced or line.is_monospaced:
            return self._leaves_code(last, line)
        if abs(last.top - line.top) < line.size / 2 and last.size > 0 and not _is_item(line):
            return False  # one row whose font changes on the way
        goes_on_with_item = _is_item(self._lines[0]) and _are_alike(last, line)
        if not goes_on_with_item and self._is_heading(last) != self._is_heading(line):
            return True
        if not goes_on_with_item and self._is_heading(line):
            return abs(last.size - line.size) > 1 or last.bottom - line.top > line.size
        if _is_item(line) or not _are_alike(last, line):
            return True
        return self._begins_paragraph(last, line)

    def _leaves_code(self, last: PdfLine, line: PdfLine) -> bool:
        if last.is_monospaced != line.is_monospaced:
            return True
        gap = last.bottom - line.top
        return not -line.size < gap < _CODE_GAP * line.size

    def _begins_paragraph(self, last: PdfLine, line: PdfLine) -> bool:
        gap = last.bottom - line.top
        goes_on = line.text[:1].islower() and not _SENTENCE_END.search(last.text)
        if gap < -line.size:  # the top of another column
            return not goes_on
        if gap > _PARAGRAPH_GAP * line.size:
            return not (goes_on and gap < _FORMULA_GAP * line.size)
        if _is_item(self._lines[0]):
            return line.left < self._lines[0].left + _INDENT * line.size / 2
        is_indented = line.left > last.left + _INDENT * line.size
        return is_indented and _SENTENCE_END.search(last.text) is not None

    def _is_heading(self, line: PdfLine) -> bool:
        if line.is_monospaced or len(line.text) > _MAX_HEADING_CHARACTERS or _is_item(line):
            return False
        if self._body_size and line.size >= HEADING_RATIO * self._body_size:
            return True
        if line.is_bold and _NUMBERED_TITLE.fullmatch(line.text):
            return True
        return fold_title(line.text) in self._outline

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        if not lines:
            return
        first = lines[0]
        if not _is_item(first) or first.is_monospaced:
            self._end_list()
        self._builder.cover(_regions(lines, self._page))
        if first.is_monospaced:
            self._builder.code(_code_text(lines))
        elif _is_item(first):
            self._write_item(lines)
        else:
            text = self._mend(_joined(lines))
            if self._is_heading(first) and any(character.isalnum() for character in text):
                self._builder.heading(text, self._heading_level(first, text))
            else:
                self._builder.paragraph(text if first.size else self._unplaced_text(lines))

    def _write_table(self, table: PdfLine) -> None:
        self._flush()
        self._end_list()
        self._builder.cover(_regions([table], self._page))
        self._builder.table([[self._mend(cell) for cell in row] for row in table.rows])

    def _unplaced_text(self, lines: Sequence[PdfLine]) -> str:
        return self._mend("\n".join(line.text for line in lines))

    def _heading_level(self, line: PdfLine, text: str) -> int:
        if (level := self._outline.get(fold_title(text))) is not None:
            return level
        larger = sum(size > line.size + 1 for size in self._heading_sizes)
        return self._outline_depth + 1 + larger

    def _write_item(self, lines: Sequence[PdfLine]) -> None:
        left, size = lines[0].left, lines[0].size
        while self._item_lefts and left < self._item_lefts[-1] - size / 2:
            self._item_lefts.pop()
        if not self._item_lefts or left > self._item_lefts[-1] + size / 2:
            self._item_lefts.append(left)
        text = _joined(lines)
        numbered = _NUMBERED.match(text)
        marker = numbered.group(1) if numbered else "-"
        text = text[numbered.end() :] if numbered else _BULLET.sub("", text, count=1)
        depth = len(self._item_lefts) - 1
        self._builder.list_item(self._mend(text), marker=marker, depth=depth)

    def _end_list(self) -> None:
        self._item_lefts.clear()
        self._builder.end_list()


def fold_title(title: str) -> str:
    """A title without its number, letter case and spacing, to compare outline and page."""
    return " ".join(_SECTION_NUMBER.sub("", title.strip()).casefold().split())


def heading_sizes(pages: Sequence[Sequence[PdfLine]], body_size: float) -> list[float]:
    """Sizes of type above the body's, largest first; sizes within a point count as one."""
    limit = body_size * HEADING_RATIO
    sizes = {line.size for page in pages for line in page if line.size >= limit > 0}
    distinct: list[float] = []
    for size in sorted(sizes, reverse=True):
        if not distinct or distinct[-1] - size > 1:
            distinct.append(size)
    return distinct


def hyphen_mender(pages: Sequence[Sequence[PdfLine]]) -> Callable[[str], str]:
    """A function that joins words parted at line ends.

    The hyphen stays where the document elsewhere writes the word with it and never without.
    """
    words = {
        word.casefold() for page in pages for line in page for word in _WORD.findall(line.text)
    }

    def join(match: re.Match[str]) -> str:
        start, end = match.groups()
        keeps_hyphen = f"{start}-{end}".casefold() in words and f"{start}{end}" not in words
        return f"{start}-{end}" if keeps_hyphen else f"{start}{end}"

    return lambda text: _HYPHENATED.sub(join, text)


def _joined(lines: Sequence[PdfLine]) -> str:
    """Text of lines as one; a word parted at a line's end has U+FFFE between its parts."""
    return "".join(
        text if (text := line.text.strip()).endswith("\ufffe") else f"{text} " for line in lines
    ).strip()


def _regions(lines: Sequence[PdfLine], page: int) -> list[Region]:
    """A rectangle around lines, or one for each column that they run through."""
    regions: list[Region] = []
    last: PdfLine | None = None
    for line in lines:
        if not line.size:
            continue
        edges = line.turn.back.box(line.left, line.bottom, line.right, line.top)
        region = Region(page, *(round(edge, 1) for edge in edges))
        is_below = last is not None and line.bottom <= last.bottom + line.size
        if regions and is_below:
            regions[-1] = enclosing([regions[-1], region])
        else:
            regions.append(region)
        last = line
    return regions


def _is_item(line: PdfLine) -> bool:
    if not line.size:
        return False
    return _BULLET.match(line.text) is not None or _NUMBERED.match(line.text) is not None


def _are_alike(one: PdfLine, other: PdfLine) -> bool:
    return abs(one.size - other.size) <= 0.15 * max(one.size, other.size)


def _code_text(lines: Sequence[PdfLine]) -> str:
    """Program text with the indentation and blank lines that the page shows."""
    left = min(line.left for line in lines)
    widths = [(line.right - line.left) / len(line.text) for line in lines if len(line.text) > 1]
    width = median(widths) if widths else 0.0
    text: list[str] = []
    for position, line in enumerate(lines):
        if position and lines[position - 1].bottom - line.top > line.size * 0.8:
            text.append("")
        indent = round((line.left - left) / width) if width > 0 else 0
        text.append(" " * min(indent, 80) + line.text.strip())
    return "\n".join(text).replace("\ufffe", "-\n")
