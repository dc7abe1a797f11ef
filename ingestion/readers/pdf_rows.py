"""Groups what stands on a PDF page into rows, and the rows into cells."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias, TypeVar

from ingestion.readers.pdf_segments import CELL_GAP, Segment, joined_text

_MIN_OVERLAP: Final = 0.5
_SCRIPT_SIZE: Final = 0.85
_OPEN_ROWS: Final = 6
# What stands before an item or a heading, at whatever distance.
_MARKER: Final = re.compile(r"[•–∗◦▪‣●○·*o-]|\(?(?:\d{1,2}|[a-z]|[ivx]+)[.)]|\d+(?:\.\d+)+\.?")
_MAX_MARKER_GAP: Final = 4.0


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of one row without a wide gap in it; lengths in points.

    Attributes:
        text: Its characters.
        order: Place of its beginning in the page's content.
        last_order: Place of its end there.
        size: Size of its type.
        left: Left edge.
        right: Right edge.
        top: Upper edge.
        bottom: Lower edge.
        is_monospaced: Whether it is set in a typewriter font.
        is_bold: Whether it is set in bold.
    """

    text: str
    order: int
    last_order: int
    size: float
    left: float
    right: float
    top: float
    bottom: float
    is_monospaced: bool
    is_bold: bool


class _Placed(Protocol):
    @property
    def size(self) -> float: ...
    @property
    def left(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def bottom(self) -> float: ...


Row: TypeAlias = list[Cell]
_Piece = TypeVar("_Piece", bound=_Placed)


def cells_of(segments: Iterable[Segment]) -> list[Cell]:
    """The segments of each row, joined over gaps that are narrower than those of tables."""
    return [cell for row in _grouped(segments) for cell in _cells_of_row(row)]


def _cells_of_row(row: Iterable[Segment]) -> Iterator[Cell]:
    group: list[Segment] = []
    right = 0.0
    is_first = True
    for segment in sorted(row, key=lambda segment: segment.left):
        if group and segment.left - right > _reach(group, segment, is_first=is_first):
            yield _cell(group)
            group, is_first = [], False
        right = segment.right if not group else max(right, segment.right)
        group.append(segment)
    yield _cell(group)


def rows_of(cells: Iterable[Cell]) -> list[Row]:
    """Cells that stand beside each other, from left to right; rows from the top."""
    return [sorted(row, key=lambda cell: cell.left) for row in _grouped(cells)]


def _grouped(pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    """Pieces of which each overlaps the nearest of its row by half its height.

    The nearest and not the largest, for beside a line of large type stand two of small type.
    """
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.top):
        for row in rows[: -_OPEN_ROWS - 1 : -1]:
            if _belongs(piece, row):
                row.append(piece)
                break
        else:
            rows.append([piece])
    return rows


def _belongs(piece: _Piece, row: Sequence[_Piece]) -> bool:
    if _overlap(min(row, key=lambda other: _gap(other, piece)), piece):
        return True
    # An index below an exponent: neither overlaps the other, both overlap what they belong to.
    larger = [other for other in row if piece.size < _SCRIPT_SIZE * other.size]
    bases = [other for other in larger if 0 <= _gap(other, piece) + 1 < other.size / 2]
    return any(_overlap(base, piece) for base in bases)


def _gap(one: _Placed, other: _Placed) -> float:
    return max(one.left, other.left) - min(one.right, other.right)


def _overlap(one: _Placed, other: _Placed) -> bool:
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared >= _MIN_OVERLAP * min(one.top - one.bottom, other.top - other.bottom)


def _reach(group: Sequence[Segment], segment: Segment, *, is_first: bool) -> float:
    """How far to the right of a group a segment may stand to be of its cell."""
    is_marker = (
        is_first
        and len(group) == 1
        and segment.text[:1].isalpha()
        and _MARKER.fullmatch(group[0].text.strip()) is not None
    )
    size = max(group[-1].size, segment.size)
    return (_MAX_MARKER_GAP if is_marker else CELL_GAP) * size


def _cell(segments: Sequence[Segment]) -> Cell:
    main = max(segments, key=lambda s: (not s.is_formula, s.size, len(s.text)))
    words = [segment for segment in segments if segment.text.strip()] or segments
    return Cell(
        text=joined_text(segments),
        order=min(segment.order for segment in segments),
        last_order=max(segment.order for segment in segments),
        size=main.size,
        left=min(segment.left for segment in segments),
        right=max(segment.right for segment in segments),
        top=main.top,
        bottom=main.bottom,
        is_monospaced=all(segment.is_monospaced for segment in words),
        is_bold=all(segment.is_bold for segment in words),
    )
