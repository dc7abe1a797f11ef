"""Cuts a document into passages that the encoder takes whole."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Protocol

from ingestion.document import (
    Block,
    BlockKind,
    Chunk,
    Locator,
    ParsedDocument,
    Region,
    enclosing,
    with_heading_path,
)
from ingestion.sentences import sentence_bounds

# [CLS] and [SEP], which the encoder puts around every text.
_SPECIAL_TOKENS: Final = 2
# A passage is filled to this share of what the encoder takes, unless its section ends soon.
_TARGET_SHARE: Final = 0.8
_MAX_HEADING_SHARE: Final = 0.25
# A word piece of real text has four or five characters. Text far beyond that is no words at all
# (a picture in base64 is one unknown token to the tokenizer) and is bounded by its length.
_MAX_CHARACTERS_PER_TOKEN: Final = 16
_WINDOW_CHARACTERS: Final = 10_000
_MAX_REGIONS: Final = 24
_CUT_BY_THE_SPLITTER: Final = frozenset({BlockKind.CODE, BlockKind.FORMULA})


class TokenCounter(Protocol):
    """Counts the pieces into which the encoder's tokenizer cuts a text."""

    def count(self, text: str) -> int:
        """Number of word pieces without special tokens.

        Must add up over texts joined by white space, as it does for WordPiece tokenizers:
        `count(a + " " + b) == count(a) + count(b)`. Never truncates.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text that is not cut further; offsets into the document.

    A torn piece begins within a word. Tokens do not add up across the tear.
    """

    start: int
    end: int
    tokens: int
    kind: BlockKind
    locator: Locator
    is_torn: bool = False


def chunk_document(
    document: ParsedDocument, counter: TokenCounter, *, max_tokens: int = 256
) -> tuple[Chunk, ...]:
    """The passages of a document, in reading order, without overlap.

    A passage with its heading path has at most `max_tokens` word pieces, special tokens included.
    Neighbouring blocks under one heading, on one page or slide, share a passage. A block that
    fits is not cut; one that does not is cut between sentences (prose, lists), lines (tables), or
    blank lines (code). Every character that is not white space is in a passage or is a heading
    in the path of a passage: a heading that no path carries is text of its own.

    Args:
        document: The document.
        counter: The encoder's tokenizer.
        max_tokens: What the encoder takes, special tokens included.

    Raises:
        ValueError: `max_tokens` is less than 16, which leaves no room for text below a heading.
    """
    if max_tokens < 16:
        raise ValueError(f"max_tokens is {max_tokens}; passages need at least 16")
    passages = _Chunker(document, counter, max_tokens - _SPECIAL_TOKENS).passages()
    chunks = [_chunk(document, counter, n, pieces) for n, pieces in enumerate(passages)]
    gaps = [_gap(document.text, one, other) for one, other in pairwise(chunks)]
    following = zip(chunks[1:], gaps, strict=True)
    return (*chunks[:1], *(replace(chunk, gap_before=gap) for chunk, gap in following))


def _chunk(
    document: ParsedDocument, counter: TokenCounter, ordinal: int, pieces: Sequence[_Piece]
) -> Chunk:
    start, end = pieces[0].start, pieces[-1].end
    text = document.text[start:end]
    locator = _joined_locator(pieces)
    heading_tokens = counter.count(" > ".join(locator.heading))
    embedding_text = with_heading_path(locator.heading, text)
    return Chunk(
        ordinal=ordinal,
        char_start=start,
        char_end=end,
        text=text,
        locator=locator,
        sentence_bounds=tuple(
            (piece.start - start + left, piece.start - start + right)
            for piece in pieces
            for left, right in _bounds(piece.kind, document.text[piece.start : piece.end])
        ),
        token_count=heading_tokens + sum(piece.tokens for piece in pieces),
        content_hash=hashlib.sha256(embedding_text.encode()).hexdigest(),
    )


def _gap(text: str, one: Chunk, other: Chunk) -> str | None:
    between = text[one.char_end : other.char_start]
    is_one_place = _place(one.locator) == _place(other.locator)
    return between if is_one_place and not between.strip() else None


def _joined_locator(pieces: Sequence[_Piece]) -> Locator:
    """Where a passage begins, with all the cells and rectangles that it takes up."""
    first, last = pieces[0].locator, pieces[-1].locator
    cell = first.cell
    if cell is not None and last.cell is not None:
        cell = f"{cell.split(':')[0]}:{last.cell.split(':')[-1]}"
    regions = dict.fromkeys(region for piece in pieces for region in piece.locator.regions)
    return replace(first, cell=cell, regions=_bounded(tuple(regions)))


def _bounded(regions: tuple[Region, ...]) -> tuple[Region, ...]:
    """The rectangles, or one for each page where there are too many to highlight."""
    if len(regions) <= _MAX_REGIONS:
        return regions
    pages = dict.fromkeys(region.page for region in regions)
    return tuple(enclosing([r for r in regions if r.page == page]) for page in pages)


class _Chunker:
    def __init__(self, document: ParsedDocument, counter: TokenCounter, budget: int) -> None:
        self._document = document
        self._counter = counter
        self._budget = budget
        self._paths: dict[tuple[str, ...], tuple[tuple[str, ...], int]] = {}

    def passages(self) -> Iterator[list[_Piece]]:
        """Yield the pieces of each passage."""
        for section in self._sections():
            room = self._room(section[0].locator.heading)
            pieces = [piece for block in section for piece in self._pieces(block, room)]
            yield from _packed(pieces, room, room - round(self._budget * (1 - _TARGET_SHARE)))

    def _sections(self) -> Iterator[list[Block]]:
        """Yield runs of blocks that may share a passage, their heading paths shortened."""
        carried = self._carried_headings()
        section: list[Block] = []
        for index, block in enumerate(self._document.blocks):
            shortened = self._shortened(block)
            if section and (
                index in carried or _place(section[-1].locator) != _place(shortened.locator)
            ):
                yield section
                section = []
            if index not in carried:
                section.append(shortened)
        if section:
            yield section

    def _carried_headings(self) -> frozenset[int]:
        """Indexes of the heading blocks that stand in the path of text below them."""
        blocks = self._document.blocks
        above = self._headings_above()
        carried: set[int] = set()
        # From the end, for a heading that no text carries is itself text below other headings.
        for index in reversed(range(len(blocks))):
            if index not in carried:
                path, _ = self._path(blocks[index].locator.heading)
                carried.update(outer for outer, title in above[index] if title in path)
        return frozenset(carried)

    def _headings_above(self) -> list[list[tuple[int, str]]]:
        """For each block, index and text of the headings it stands under."""
        open_headings: list[tuple[int, int, str]] = []
        above: list[list[tuple[int, str]]] = []
        for index, block in enumerate(self._document.blocks):
            is_heading = block.kind is BlockKind.HEADING
            level = block.level or 1
            while is_heading and open_headings and open_headings[-1][0] >= level:
                open_headings.pop()
            above.append([(outer, title) for _, outer, title in open_headings])
            if is_heading:
                title = self._document.text[block.char_start : block.char_end]
                open_headings.append((level, index, title))
        return above

    def _shortened(self, block: Block) -> Block:
        path, _ = self._path(block.locator.heading)
        return replace(block, locator=replace(block.locator, heading=path))

    def _path(self, heading: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
        """A heading path cut from the outside to its share of the budget, and its tokens."""
        if heading not in self._paths:
            path = heading
            room = int(self._budget * _MAX_HEADING_SHARE)
            while path and self._tokens_within(" > ".join(path), room) is None:
                path = path[1:]
            self._paths[heading] = path, self._counter.count(" > ".join(path))
        return self._paths[heading]

    def _room(self, heading: tuple[str, ...]) -> int:
        return self._budget - self._path(heading)[1]

    def _pieces(self, block: Block, room: int) -> Iterator[_Piece]:
        """Yield parts of a block that each fit: the whole block, or as few parts as will do."""
        if (whole := self._piece(block, block.char_start, block.char_end, room)) is not None:
            yield whole
            return
        text = self._document.text[block.char_start : block.char_end]
        is_prose = block.kind not in _CUT_BY_THE_SPLITTER
        parts = _bounds(block.kind, text) if is_prose else ((0, len(text)),)
        for left, right in parts:
            start, end = block.char_start + left, block.char_start + right
            if (piece := self._piece(block, start, end, room)) is not None:
                yield piece
            else:
                yield from self._split(block, start, end, room)

    def _piece(self, block: Block, start: int, end: int, room: int) -> _Piece | None:
        tokens = self._tokens_within(self._document.text[start:end], room)
        if tokens is None:
            return None
        return _Piece(start, end, tokens, block.kind, self._locator(block, start))

    def _locator(self, block: Block, start: int) -> Locator:
        """The place of a piece of a block, which counts the lines before it."""
        locator = block.locator
        if locator.line is None or start == block.char_start:
            return locator
        lines_before = self._document.text.count("\n", block.char_start, start)
        return replace(locator, line=locator.line + lines_before)

    def _split(self, block: Block, start: int, end: int, room: int) -> Iterator[_Piece]:
        """Yield the largest parts between blank lines, lines or words that fit."""
        # Imported on use: the API process knows this module, and never cuts a document.
        from semantic_text_splitter import TextSplitter

        splitter = TextSplitter.from_callback(self._size, room, trim=False)
        text = self._document.text
        for window_start, window_end in _windows(text, start, end):
            for offset, part in splitter.chunk_indices(text[window_start:window_end]):
                visible = part.rstrip()
                last = window_start + offset + len(visible)
                first = last - len(visible.lstrip("\n"))
                if visible.strip():
                    tokens = self._counter.count(visible)
                    is_torn = first > start and not (
                        text[first - 1].isspace() or text[first].isspace()
                    )
                    locator = self._locator(block, first)
                    yield _Piece(first, last, tokens, block.kind, locator, is_torn)

    def _tokens_within(self, text: str, room: int) -> int | None:
        """Tokens of a text, or None if it does not fit."""
        if len(text) > room * _MAX_CHARACTERS_PER_TOKEN:
            return None
        tokens = self._counter.count(text)
        return tokens if tokens <= room else None

    def _size(self, text: str) -> int:
        return max(self._counter.count(text), math.ceil(len(text) / _MAX_CHARACTERS_PER_TOKEN))


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield bounds of stretches that the splitter takes in acceptable time, it being quadratic."""
    while end - start > _WINDOW_CHARACTERS:
        limit = start + _WINDOW_CHARACTERS
        space = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        cut = space if space > start else limit
        yield start, cut
        start = cut
    yield start, end


def _packed(pieces: Sequence[_Piece], room: int, target: int) -> Iterator[list[_Piece]]:
    """Yield pieces in runs of about `target` tokens; the rest goes together if there is room."""
    left = sum(piece.tokens for piece in pieces)
    passage: list[_Piece] = []
    tokens = 0
    for piece in pieces:
        limit = room if tokens + left <= room else target
        is_full = tokens + piece.tokens > limit or piece.is_torn
        if passage and (is_full or _is_too_long(passage[0], piece, room)):
            yield passage
            passage, tokens = [], 0
        passage.append(piece)
        tokens += piece.tokens
        left -= piece.tokens
    if passage:
        yield passage


def _is_too_long(first: _Piece, last: _Piece, room: int) -> bool:
    return last.end - first.start > room * _MAX_CHARACTERS_PER_TOKEN


def _place(locator: Locator) -> tuple[tuple[str, ...], int | None, int | None]:
    return locator.heading, locator.page, locator.slide


def _bounds(kind: BlockKind, text: str) -> tuple[tuple[int, int], ...]:
    """Sentences of prose, lines of a table, items of a list; code and formulas are one each."""
    match kind:
        case BlockKind.CODE | BlockKind.FORMULA:
            start = len(text) - len(text.lstrip())
            return ((start, len(text.rstrip())),) if text.strip() else ()
        case BlockKind.TABLE:
            return _line_bounds(text)
        case _:
            return sentence_bounds(text)


def _line_bounds(text: str) -> tuple[tuple[int, int], ...]:
    bounds: list[tuple[int, int]] = []
    position = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            lead = len(line) - len(line.lstrip())
            bounds.append((position + lead, position + len(line.rstrip())))
        position += len(line)
    return tuple(bounds)
