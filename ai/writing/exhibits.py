"""Tables and listings of the material, to be shown as they stand there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ai.writing.brief import SourcePassage
from content.base import SourceSpan
from content.slides import Code, Plot, Table

_FENCED: Final = re.compile(
    r"^(?P<fence>`{3,})(?P<language>[\w+#.-]*)\n(?P<text>.*?)\n(?P=fence)[ ]*$", re.M | re.S
)
_TABLE: Final = re.compile(r"^\|.+\|\n\|(?: ?:?-{3,}:? ?\|)+\n(?:\|.+\|(?:\n|\Z))+", re.M)
_CELL_BORDER: Final = re.compile(r"(?<!\\)\|")
_NUMBER: Final = re.compile(r"[-+\u2212]?\d+(?:[.,]\d+)?")
_MOST_COLUMNS: Final = 5
_MOST_ROWS: Final = 8
_LONGEST_CELL: Final = 60
_MOST_LINES: Final = 16
_LONGEST_LINE: Final = 72
_FEWEST_POINTS: Final = 4
_PRINTED: Final = "output"
"""What ingestion calls the text that a notebook's code has printed."""


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """A table or a listing of a size that can be read at a glance.

    Attributes:
        passage: Where it stands.
        span: Of all of it, verbatim.
        shown: What it is.
    """

    passage: SourcePassage
    span: SourceSpan
    shown: Table | Code

    @property
    def plot(self) -> Plot | None:
        """A table of two columns of numbers, the first rising, as a line; None of any other."""
        return _plot(self.shown) if isinstance(self.shown, Table) else None


def find_exhibits(passages: Sequence[SourcePassage]) -> list[Exhibit]:
    """Those that stand whole in a passage, in order; larger ones are left where they are."""
    return [
        Exhibit(passage, passage.span(start, end), shown)
        for passage in passages
        for start, end, shown in sorted(_shown(passage.text), key=lambda one: one[0])
    ]


def _shown(text: str) -> Iterator[tuple[int, int, Table | Code]]:
    """Start, end and value of each; a table within a listing is a part of that."""
    listings = [(found.span(), found) for found in _FENCED.finditer(text)]
    for (start, end), found in listings:
        if (code := _code(found["language"], found["text"])) is not None:
            yield start, end, code
    for found in _TABLE.finditer(text):
        start, end = found.start(), found.start() + len(found[0].rstrip())
        is_listed = any(first <= start < last for (first, last), _ in listings)
        if not is_listed and (table := _table(found[0])) is not None:
            yield start, end, table


def _code(language: str, text: str) -> Code | None:
    lines = text.split("\n")
    is_small = len(lines) <= _MOST_LINES and max(map(len, lines)) <= _LONGEST_LINE
    if language == _PRINTED or not is_small or not text.strip():
        return None
    return Code(language=language[:30], text=text)


def _table(text: str) -> Table | None:
    header, _, *rows = [_cells(line) for line in text.strip().split("\n")]
    cells = [cell for row in (header, *rows) for cell in row]
    is_small = len(header) <= _MOST_COLUMNS and len(rows) <= _MOST_ROWS
    is_whole = all(cells) and all(len(row) == len(header) for row in rows)
    if len(header) < 2 or not is_small or not is_whole or max(map(len, cells)) > _LONGEST_CELL:
        return None
    return Table(header=tuple(header), rows=tuple(map(tuple, rows)))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _CELL_BORDER.split(inner)]


def _plot(table: Table) -> Plot | None:
    if len(table.header) != 2 or len(table.rows) < _FEWEST_POINTS:
        return None
    numbers = [tuple(_number(cell) for cell in row) for row in table.rows]
    points = [(x, y) for x, y in numbers if x is not None and y is not None]
    if len(points) < len(table.rows):
        return None
    if any(later[0] <= earlier[0] for earlier, later in pairwise(points)):
        return None
    return Plot(x_label=table.header[0], y_label=table.header[1], points=tuple(points))


def _number(cell: str) -> float | None:
    """The number that a cell is; None where it says more."""
    text = cell.strip("$ ")
    if _NUMBER.fullmatch(text) is None:
        return None
    return float(text.replace("\u2212", "-").replace(",", "."))
