"""The lines and tables of PDF pages, in reading order, with the size and place of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import pypdfium2 as pdfium

from ingestion.readers.pdf_columns import columns_of
from ingestion.readers.pdf_glyphs import glyphs_of_page, rules_of_page
from ingestion.readers.pdf_rows import Cell, Row, cells_of, rows_of
from ingestion.readers.pdf_segments import segments_of, with_fractions
from ingestion.readers.pdf_tables import tables_of
from ingestion.readers.pdf_turns import UPRIGHT, Turn, turn_of_page

# Cells of one row of running text that stand as near as this, in sizes of type, are one line.
_LINE_GAP: Final = 3.0
_MIN_DOWNWARD_SHARE: Final = 0.7
# The order has gaps where formulas were put together.
_MAX_ORDER_STEP: Final = 3


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a page, or a whole table; lengths in points after the turn, y upwards.

    Attributes:
        text: Its characters; ends in U+FFFE where a word goes on in the next line.
        size: Size of its type, 0 where unknown.
        is_monospaced: Whether it is set in a typewriter font.
        left: Left edge.
        right: Right edge.
        top: Upper edge.
        bottom: Lower edge.
        is_bold: Whether it is set in bold.
        rows: Cells of each row, if it is a table.
        turn: Turn of the page after which its text runs upright.
    """

    text: str
    size: float = 0.0
    is_monospaced: bool = False
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    is_bold: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    turn: Turn = UPRIGHT


def lines_of_page(page: pdfium.PdfPage) -> list[PdfLine]:
    """Lines and tables of a page in reading order, blank ones left out."""
    text_page = page.get_textpage()
    try:
        turn = turn_of_page(page, text_page)
        rules = rules_of_page(page, turn)
        segments = segments_of(glyphs_of_page(text_page, turn), rules)
    finally:
        text_page.close()
    cells = cells_of(with_fractions(segments, rules))
    lines = [line for column in columns_of(cells, rules) for line in _lines_of_column(column)]
    return [replace(line, turn=turn) for line in lines] if turn.quarters else lines


def _lines_of_column(cells: Sequence[Cell]) -> list[PdfLine]:
    rows = rows_of(cells)
    ordered: list[tuple[int, PdfLine]] = []
    position = 0
    for start, end, table in tables_of(rows):
        ordered += _running_lines(rows[position:start])
        within = [cell for row in rows[start:end] for cell in row]
        ordered.append((min(cell.order for cell in within), _table_line(within, table)))
        position = end
    ordered += _running_lines(rows[position:])
    if _goes_downward([line for _, line in sorted(ordered, key=lambda pair: pair[0])]):
        ordered.sort(key=lambda pair: pair[0])
    return [line for _, line in ordered]


def _running_lines(rows: Iterable[Row]) -> list[tuple[int, PdfLine]]:
    lines: list[tuple[int, PdfLine]] = []
    for row in rows:
        group = [row[0]]
        for last, cell in pairwise(row):
            if not _is_same_line(last, cell):
                lines.append(_line(group))
                group = []
            group.append(cell)
        lines.append(_line(group))
    return lines


def _is_same_line(last: Cell, cell: Cell) -> bool:
    if cell.text.isdecimal():  # the page number of an entry in a table of contents
        return True
    is_next = 0 < cell.order - last.last_order <= _MAX_ORDER_STEP
    return is_next and cell.left - last.right <= _LINE_GAP * cell.size


def _line(cells: Sequence[Cell]) -> tuple[int, PdfLine]:
    longest = max(cells, key=lambda cell: len(cell.text))
    line = PdfLine(
        text=" ".join(cell.text for cell in cells),
        size=longest.size,
        is_monospaced=all(cell.is_monospaced for cell in cells),
        left=min(cell.left for cell in cells),
        right=max(cell.right for cell in cells),
        top=longest.top,
        bottom=longest.bottom,
        is_bold=all(cell.is_bold for cell in cells),
    )
    return min(cell.order for cell in cells), line


def _table_line(cells: Sequence[Cell], table: tuple[tuple[str, ...], ...]) -> PdfLine:
    return PdfLine(
        text=" ".join(" ".join(row) for row in table),
        size=cells[0].size,
        left=min(cell.left for cell in cells),
        right=max(cell.right for cell in cells),
        top=max(cell.top for cell in cells),
        bottom=min(cell.bottom for cell in cells),
        rows=table,
    )


def _goes_downward(lines: Sequence[PdfLine]) -> bool:
    """Whether the order of the page's content is one that a reader could follow."""
    steps = [last.bottom > line.bottom - line.size / 2 for last, line in pairwise(lines)]
    return not steps or sum(steps) >= _MIN_DOWNWARD_SHARE * len(steps)
