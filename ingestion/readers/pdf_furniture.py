"""What stands on PDF pages and is not their matter: running heads, page numbers, contents."""

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

from ingestion.readers.pdf_lines import PdfLine

# Lines larger than the body by this factor are headings.
HEADING_RATIO: Final = 1.15
_EDGE_LINES: Final = 2
_MIN_PAGES: Final = 3
_MIN_PAGE_SHARE: Final = 0.1
_NUMBER: Final = re.compile(r"\d+")
_PAGE_NUMBER: Final = re.compile(r"\W*(?:page\s)?#(?:\s*(?:of|/|-)\s*#)?\W*", re.IGNORECASE)
_DOT_LEADER: Final = re.compile(r"(?:\.\s?){5,}\s*\d*\s*\Z")
_CONTENTS_ENTRY: Final = re.compile(r"\S.*\s\d+\s*\Z")
_CONTENTS_TITLES: Final = frozenset({"contents", "table of contents"})
_MIN_CONTENTS_ENTRIES: Final = 5


def body_size(pages: Sequence[Sequence[PdfLine]]) -> float:
    """Size of the running text in points: the median over all characters; 0 where unknown."""
    sizes = Counter[float]()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    sizes.pop(0.0, None)
    return median(sizes.elements()) if sizes else 0.0


def without_furniture(pages: Sequence[Sequence[PdfLine]]) -> list[list[PdfLine]]:
    """The pages without running heads and feet, page numbers and tables of contents.

    A line at the upper or lower edge is a running head if, numbers aside, it stands there on a
    tenth of the pages and at least on three.
    """
    limit = body_size(pages) * HEADING_RATIO
    edges = [_edge_lines(page, limit) for page in pages]
    occurrences = Counter(shape for edge in edges for shape in set(edge.values()))
    threshold = max(_MIN_PAGES, _MIN_PAGE_SHARE * len(pages))

    def is_furniture(shape: str | None) -> bool:
        if shape is None:
            return False
        is_number = len(pages) > 1 and _PAGE_NUMBER.fullmatch(shape) is not None
        return is_number or occurrences[shape] >= threshold

    kept = [
        [line for position, line in enumerate(page) if not is_furniture(edge.get(position))]
        for page, edge in zip(pages, edges, strict=True)
    ]
    return [_without_contents(page) for page in kept]


def _edge_lines(page: Sequence[PdfLine], size_limit: float) -> dict[int, str]:
    """Positions of the outermost lines of a page, with the lines' text, numbers made alike."""
    if len(page) <= 1:
        return {}
    placed = [position for position, line in enumerate(page) if line.size]
    by_height = sorted(placed, key=lambda position: -page[position].top)
    outermost = {*by_height[:_EDGE_LINES], *by_height[-_EDGE_LINES:]}
    return {
        position: _NUMBER.sub("#", page[position].text.strip())
        for position in outermost
        if page[position].size <= size_limit
    }


def _without_contents(page: list[PdfLine]) -> list[PdfLine]:
    entries = sum(_DOT_LEADER.search(line.text) is not None for line in page)
    if entries < _MIN_CONTENTS_ENTRIES:
        return page
    return [
        line
        for line in page
        if not (
            _DOT_LEADER.search(line.text)
            or _CONTENTS_ENTRY.fullmatch(line.text)
            or line.text.strip().casefold() in _CONTENTS_TITLES
        )
    ]
