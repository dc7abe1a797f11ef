"""Finds tables on PDF pages: rows one below the other whose cells stand in columns."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from ingestion.readers.pdf_rows import Row

_Interval: TypeAlias = tuple[float, float]
_Table: TypeAlias = tuple[tuple[str, ...], ...]

_MIN_ROWS: Final = 3
_MIN_FILL: Final = 0.6
# Distance from row to row, in sizes of type.
_MAX_ROW_DISTANCE: Final = 3.2
_MAX_WRAPPED_DISTANCE: Final = 1.5
_MAX_CELL_CHARACTERS: Final = 200
_EQUATION_NUMBER: Final = re.compile(r"\(\d+(?:\.\d+)*[a-z]?\)")
_CONTENTS_ENTRY: Final = re.compile(r"(?:\.\s?){4,}")


def tables_of(rows: Sequence[Row]) -> Iterator[tuple[int, int, _Table]]:
    """Yield first row, row after the last, and the cells of each table among the rows."""
    start = 0
    while start < len(rows):
        end = _table_end(rows, start)
        table = _table(rows[start:end]) if end - start >= _MIN_ROWS else None
        if table is None:
            start += 1
        else:
            yield start, end, table
            start = end


def _table_end(rows: Sequence[Row], start: int) -> int:
    """The row after the last that stands in the columns of the rows from `start` on."""
    if not _may_be_row(rows[start]):
        return start
    columns = _columns(rows[start : start + 1])
    end = start + 1
    while end < len(rows) and _distance(rows[end - 1], rows[end]) < _MAX_ROW_DISTANCE:
        if _may_be_row(rows[end]):
            wider = _columns(rows[start : end + 1])
            if len(wider) < (len(columns) if end - start > 1 else 2):
                break
            columns = wider
        elif not _is_wrapped(rows[end - 1], rows[end], columns):
            break
        end += 1
    return end


def _may_be_row(row: Row) -> bool:
    return len(row) >= 2 and not any(
        cell.is_monospaced
        or len(cell.text) > _MAX_CELL_CHARACTERS
        or _EQUATION_NUMBER.fullmatch(cell.text)
        or _CONTENTS_ENTRY.search(cell.text)
        for cell in row
    )


def _is_wrapped(above: Row, row: Row, columns: Sequence[_Interval]) -> bool:
    """Whether a row of one cell goes on with a cell of the row above it."""
    cell = row[0]
    if len(row) != 1 or cell.is_monospaced:
        return False
    if _distance(above, row) > _MAX_WRAPPED_DISTANCE:
        return False
    return any(left - 2 <= cell.left and cell.right <= right + 2 for left, right in columns)


def _distance(above: Row, row: Row) -> float:
    return (above[0].bottom - row[0].bottom) / max(row[0].size, 1.0)


def _columns(rows: Sequence[Row]) -> list[_Interval]:
    """The stretches of the page's width that cells of the rows take up between them."""
    intervals = sorted((cell.left, cell.right) for row in rows if len(row) > 1 for cell in row)
    merged: list[_Interval] = []
    for left, right in intervals:
        if merged and left <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], right)
        else:
            merged.append((left, right))
    return merged


def _table(rows: Sequence[Row]) -> _Table | None:
    columns = _columns(rows)
    table: list[list[str]] = []
    for row in rows:
        texts = [""] * len(columns)
        for cell in row:
            index = _column_of(cell.left, columns)
            texts[index] = f"{texts[index]} {cell.text}".strip()
        if len(row) == 1 and table:
            table[-1] = [
                _continued(one, other) for one, other in zip(table[-1], texts, strict=True)
            ]
        else:
            table.append(texts)
    filled = sum(bool(text) for row in table for text in row)
    is_full = filled >= _MIN_FILL * len(columns) * len(table)
    is_table = len(table) >= _MIN_ROWS and len(columns) >= 2 and is_full
    return tuple(map(tuple, table)) if is_table else None


def _column_of(left: float, columns: Sequence[_Interval]) -> int:
    return max((i for i, (start, _) in enumerate(columns) if start <= left + 2), default=0)


def _continued(text: str, more: str) -> str:
    if text.endswith("\ufffe"):
        return text[:-1] + more
    return f"{text} {more}".strip()
