"""Finds the columns of running text on PDF pages, and the order in which they are read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from ingestion.readers.pdf_glyphs import Rule
from ingestion.readers.pdf_rows import Cell

_MIN_LINES: Final = 4
_MIN_CHARACTERS: Final = 25
_MIN_PROSE: Final = 2
_MAX_LINES_TO_PROSE: Final = 3
# Lines of running text fill most of their column; cells of a table seldom do.
_MIN_FILL: Final = 0.75
_MAX_LINE_SHARE: Final = 0.62
_MAX_DEPTH: Final = 4
_STEP: Final = 3.0


@dataclass(frozen=True, slots=True)
class _Gutter:
    """A vertical stretch of white at `x`, and the cells above, beside and below it."""

    left: list[Cell]
    right: list[Cell]
    above: list[Cell]
    below: list[Cell]


def columns_of(cells: Sequence[Cell], rules: Sequence[Rule]) -> Iterator[list[Cell]]:
    """Yield the cells of each column in the order of reading; all at once where there is one."""
    yield from _columns(list(cells), rules, _MAX_DEPTH)


def _columns(cells: list[Cell], rules: Sequence[Rule], depth: int) -> Iterator[list[Cell]]:
    gutter = _gutter(cells, rules) if depth else None
    if gutter is None:
        if cells:
            yield cells
        return
    for part in (gutter.above, gutter.left, gutter.right, gutter.below):
        yield from _columns(part, rules, depth - 1)


def _gutter(cells: Sequence[Cell], rules: Sequence[Rule]) -> _Gutter | None:
    """The gutter with most lines beside it, or None."""
    if len(cells) < 2 * _MIN_LINES:
        return None
    left, right = min(cell.left for cell in cells), max(cell.right for cell in cells)
    width = right - left
    narrow = [cell for cell in cells if cell.right - cell.left < _MAX_LINE_SHARE * width]
    prose = [cell for cell in narrow if _is_prose(cell)]
    best: _Gutter | None = None
    x = left + width * 0.2
    while x < left + width * 0.8:
        has_both = min(sum(c.right <= x for c in prose), sum(c.left >= x for c in prose))
        found = _gutter_at(x, cells, rules) if has_both >= _MIN_PROSE else None
        if found is not None and (best is None or _lines(found) > _lines(best)):
            best = found
        x += _STEP
    return best


def _gutter_at(x: float, cells: Sequence[Cell], rules: Sequence[Rule]) -> _Gutter | None:
    crossing = [cell.bottom for cell in cells if cell.left < x < cell.right]
    crossing += [rule.y for rule in rules if rule.left < x < rule.right]
    edges = [float("inf"), *sorted(crossing, reverse=True), float("-inf")]
    beside = [cell for cell in cells if not cell.left < x < cell.right]
    best: _Gutter | None = None
    for top, bottom in pairwise(edges):
        band = [cell for cell in beside if bottom < cell.bottom < top]
        gutter = _Gutter(
            left=[cell for cell in band if cell.right <= x],
            right=[cell for cell in band if cell.left >= x],
            above=[cell for cell in cells if cell.bottom >= top],
            below=[cell for cell in cells if cell.bottom <= bottom],
        )
        is_better = best is None or _lines(gutter) > _lines(best)
        if is_better and _is_column(gutter.left) and _is_column(gutter.right):
            best = gutter
    return best


def _lines(gutter: _Gutter) -> int:
    return len(gutter.left) + len(gutter.right)


def _is_column(cells: Sequence[Cell]) -> bool:
    prose = [cell for cell in cells if _is_prose(cell)]
    if len(cells) < _MIN_LINES or len(prose) * _MAX_LINES_TO_PROSE < len(cells):
        return False
    width = max(cell.right for cell in cells) - min(cell.left for cell in cells)
    return median(cell.right - cell.left for cell in prose) >= _MIN_FILL * width


def _is_prose(cell: Cell) -> bool:
    return not cell.is_monospaced and len(cell.text) >= _MIN_CHARACTERS
