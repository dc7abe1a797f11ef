"""The values ingestion deals in: a document, its blocks, where they stand, and its chunks."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final


class BlockKind(StrEnum):
    """What a stretch of a document is, as far as reading and cutting it matters."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    FORMULA = "formula"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a PDF page, in points from the page's lower left corner, y upwards.

    Attributes:
        page: Page, counted from 1.
        x0: Left edge.
        y0: Lower edge.
        x1: Right edge.
        y1: Upper edge.
    """

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    def as_json(self) -> dict[str, Any]:
        """The rectangle as `{"page", "x0", "y0", "x1", "y1"}`."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def enclosing(regions: Sequence[Region]) -> Region:
    """The smallest rectangle around others, on the page of the first."""
    return Region(
        page=regions[0].page,
        x0=min(region.x0 for region in regions),
        y0=min(region.y0 for region in regions),
        x1=max(region.x1 for region in regions),
        y1=max(region.y1 for region in regions),
    )


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a reader finds a passage in the original.

    Attributes:
        page: Page of a paged document, counted from 1.
        slide: Slide of a presentation, counted from 1.
        heading: Headings above the passage, outermost first.
        start_seconds: Time at which the passage begins in a recording.
        line: Line of a text file, program or table of values, counted from 1.
        cell: Cells of a table of values, such as `Data!A2:C2`.
        regions: Rectangles of PDF pages, in reading order.
    """

    page: int | None = None
    slide: int | None = None
    heading: tuple[str, ...] = ()
    start_seconds: float | None = None
    line: int | None = None
    cell: str | None = None
    regions: tuple[Region, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The place by name; `heading` always, the others where they are known."""
        numbers = {
            name: value
            for name in ("page", "slide", "start_seconds", "line", "cell")
            if (value := getattr(self, name)) is not None
        }
        regions = [region.as_json() for region in self.regions]
        return {
            "heading": list(self.heading),
            **numbers,
            **({"regions": regions} if regions else {}),
        }


@dataclass(frozen=True, slots=True)
class Block:
    """One structural piece of a document.

    Attributes:
        kind: What the piece is.
        char_start: First code point in the document's text.
        char_end: Code point after the last.
        locator: Where it stands; of a heading, `heading` holds the headings above it only.
        level: Rank of a heading, 1 the outermost; None for every other kind.
    """

    kind: BlockKind
    char_start: int
    char_end: int
    locator: Locator
    level: int | None = None


PAGES_LEFT_OUT: Final = "pages_left_out"
"""Stable name of the only warning there is: pages are pictures, and Tesseract is not installed."""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document as readable text with its structure beside it.

    The text is in Unicode normal form C with newline line ends; formulas are LaTeX between dollar
    signs, tables are Markdown pipe tables, code is fenced. Blocks are in reading order, do not
    overlap, and between them hold every character that is not white space.

    Attributes:
        key: Path of the file, or the identifier of a record, unique within its source.
        title: Title as the document states it, else its first heading, else its file name.
        media_type: Media type of the original, such as `application/pdf`.
        text: The whole text.
        blocks: The structure over the text.
        language: BCP 47 tag, as the document declares it or its words tell; None where neither.
        warning: What of the document is not in the text, why, and what to do; None where all is.
    """

    key: str
    title: str
    media_type: str
    text: str
    blocks: tuple[Block, ...]
    language: str | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document, small enough for the encoder.

    Attributes:
        ordinal: Place among the document's chunks, from 0.
        char_start: First code point in the document's text.
        char_end: Code point after the last.
        text: Exactly the document's text from `char_start` to `char_end`.
        locator: Where the passage begins; outer headings that would not fit are left out.
        sentence_bounds: Start and end of each sentence within `text`; ordered, not overlapping,
            and covering every character that is not white space.
        token_count: Word pieces of `embedding_text`, special tokens not counted.
        content_hash: SHA-256 of `embedding_text` as lower-case hexadecimal digits.
        gap_before: White space between the passage before, where that has the same headings, page
            and slide, and this one; None where it has others, or more than white space is between.
    """

    ordinal: int
    char_start: int
    char_end: int
    text: str
    locator: Locator
    sentence_bounds: tuple[tuple[int, int], ...]
    token_count: int
    content_hash: str
    gap_before: str | None = None

    @property
    def embedding_text(self) -> str:
        """The heading path on a line of its own, then the text; what the encoder is given."""
        return with_heading_path(self.locator.heading, self.text)


def with_heading_path(heading: tuple[str, ...], text: str) -> str:
    """Text below its heading path, or the text alone where there is no path."""
    return f"{' > '.join(heading)}\n{text}" if heading else text
