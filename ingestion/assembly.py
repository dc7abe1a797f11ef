"""Builds a parsed document out of the pieces a reader finds, in reading order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from ingestion.document import Block, BlockKind, Locator, ParsedDocument, Region
from ingestion.errors import NoTextError
from ingestion.normalisation import normalise, on_one_line

_BLOCK_SEPARATOR: Final = "\n\n"
# A heading further down names a part and not the whole.
_TITLE_WITHIN_BLOCKS: Final = 4
_BACKTICKS: Final = re.compile("`{3,}")


class DocumentBuilder:
    """Collects blocks and keeps their offsets, heading paths and places.

    Text is normalised on the way in; blocks without text are left out.
    """

    def __init__(self, *, key: str, media_type: str, fallback_title: str) -> None:
        self._key = key
        self._media_type = media_type
        self._fallback_title = fallback_title
        self._texts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._place = Locator()
        self._regions: list[Region] = []
        self._list_lines: list[str] = []

    @property
    def text(self) -> str:
        """The text added so far, but for a list in progress."""
        return _BLOCK_SEPARATOR.join(self._texts)

    def place(
        self,
        *,
        page: int | None = None,
        slide: int | None = None,
        start_seconds: float | None = None,
        line: int | None = None,
        cell: str | None = None,
    ) -> None:
        """Give the blocks that follow their place in the original."""
        self.end_list()
        self._place = Locator(
            page=page, slide=slide, start_seconds=start_seconds, line=line, cell=cell
        )

    def cover(self, regions: Iterable[Region]) -> None:
        """Say which rectangles the next block, or the list in progress, takes up."""
        self._regions += regions

    def leave_headings(self) -> None:
        """Put what follows under no heading, as at the start of a slide."""
        self.end_list()
        self._headings.clear()

    def heading(self, text: str, level: int) -> None:
        """Add a heading; it closes the headings of its own and deeper levels."""
        self.end_list()
        text = on_one_line(text)
        if not text:
            return
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self._append(BlockKind.HEADING, text, level)
        self._headings.append((level, text))

    def add(self, kind: BlockKind, text: str) -> None:
        """Add a block of text as it stands."""
        self.end_list()
        self._append(kind, normalise(text).strip("\n"))

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        self.add(BlockKind.PARAGRAPH, text)

    def code(self, code: str, language: str = "") -> None:
        """Add program text between fences longer than any run of backticks in it."""
        if not code.strip():
            return
        longest = max((len(run) for run in _BACKTICKS.findall(code)), default=2)
        fence = "`" * (longest + 1)
        self.add(BlockKind.CODE, f"{fence}{language}\n{code.strip(chr(10))}\n{fence}")

    def formula(self, latex: str) -> None:
        """Add a displayed formula given as LaTeX without delimiters."""
        if latex.strip():
            self.add(BlockKind.FORMULA, f"$${latex.strip()}$$")

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Add a Markdown pipe table; the first row is its header."""
        cells = [[_table_cell(cell) for cell in row] for row in rows]
        cells = [row for row in cells if any(row)]
        if not cells:
            return
        width = max(map(len, cells))
        lines = [_table_line(row, width) for row in cells]
        lines.insert(1, _table_line(["---"] * width, width))
        self.add(BlockKind.TABLE, "\n".join(lines))

    def list_item(self, text: str, *, marker: str = "-", depth: int = 0) -> None:
        """Add an item to the list in progress, nested `depth` levels deep.

        An empty marker continues the item before it.
        """
        lead = "  " * depth + (f"{marker} " if marker else "  ")
        lines = [line.strip() for line in normalise(text).strip().split("\n") if line.strip()]
        for line in lines:
            self._list_lines.append(lead + line)
            lead = " " * len(lead)

    def end_list(self) -> None:
        """Close the list in progress, if there is one."""
        if self._list_lines:
            lines, self._list_lines = self._list_lines, []
            self._append(BlockKind.LIST, "\n".join(lines))

    def build(self, *, title: str | None = None, language: str | None = None) -> ParsedDocument:
        """The document.

        Args:
            title: Title that the document states of itself, if any.
            language: Language that the document declares, if any.

        Raises:
            NoTextError: No block holds any text.
        """
        self.end_list()
        if not self._blocks:
            raise NoTextError(
                self._key, "there is no text in it; leave it out, or check that it was saved whole"
            )
        return ParsedDocument(
            key=self._key,
            title=on_one_line(title or "") or self._early_heading() or self._fallback_title,
            media_type=self._media_type,
            text=self.text,
            blocks=tuple(self._blocks),
            language=language or None,
        )

    def _append(self, kind: BlockKind, text: str, level: int | None = None) -> None:
        if not text.strip():
            return
        regions, self._regions = tuple(self._regions), []
        start = self._length + (len(_BLOCK_SEPARATOR) if self._texts else 0)
        self._length = start + len(text)
        self._texts.append(text)
        headings = tuple(text for _, text in self._headings)
        locator = replace(self._place, heading=headings, regions=regions)
        self._blocks.append(Block(kind, start, self._length, locator, level))

    def _early_heading(self) -> str:
        early = zip(self._blocks[:_TITLE_WITHIN_BLOCKS], self._texts, strict=False)
        headings = (text for block, text in early if block.kind is BlockKind.HEADING)
        return next(headings, "").replace("`", "")


def _table_cell(text: str) -> str:
    return on_one_line(text).replace("|", r"\|")


def _table_line(cells: Sequence[str], width: int) -> str:
    return "| " + " | ".join([*cells, *[""] * (width - len(cells))]) + " |"
