"""Makes of found chunks what a person can read: neighbours joined, torn thoughts mended."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MAX_CHARACTERS: Final = 1_600
"""Of a passage that is made longer; a single chunk may have more."""
SHORT_CHARACTERS: Final = 300
"""Below this a passage is given its neighbour, if that was found at all."""

_BLANK_LINE: Final = "\n\n"
_ENDS: Final = frozenset(".!?…।॥。！？|`$")
_CLOSING: Final = "\"'”’»)]}*_"

Bounds = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PlacedChunk:
    """A chunk and its place among the others of its document.

    Attributes:
        document: what tells documents apart.
        ordinal: its place among the document's chunks.
        text: its words.
        gap_before: what stands between the chunk before it, under the same heading and on the same
            page, and itself; None where no chunk does, or the two cannot be joined.
    """

    document: Hashable
    ordinal: int
    text: str
    gap_before: str | None


@dataclass(frozen=True, slots=True)
class ReadablePassage:
    """Neighbouring chunks that are read as one.

    Attributes:
        found: position of the chunk that it was found by, the best of them.
        positions: of all its chunks, in the order of the document.
    """

    found: int
    positions: tuple[int, ...]


def readable_passages(
    ranked: Sequence[int],
    chunks: Sequence[PlacedChunk],
    *,
    limit: int,
    max_characters: int = MAX_CHARACTERS,
) -> list[ReadablePassage]:
    """The best `limit` passages, each at the place of its best chunk; no chunk is in two.

    A found chunk beside a better one is read together with it and leaves its place to the next.
    Then a passage that is short, or begins or ends in the middle of a thought, is given the chunk
    before or after it, where that is among `chunks`.

    Args:
        ranked: positions in `chunks`, best first.
        chunks: all that is at hand, found or not.
        limit: passages at most.
        max_characters: no passage grows beyond; one chunk may be longer by itself.
    """
    joining = _Joining(chunks, max_characters)
    for position in ranked:
        if len(joining.passages) == limit:
            break
        joining.take(position)
    for found in list(joining.passages):
        joining.mend(found)
    return [ReadablePassage(found, tuple(run)) for found, run in joining.passages.items()]


def joined_text(chunks: Sequence[PlacedChunk]) -> str:
    """The text of neighbours in their order, exactly as their document has it."""
    gaps = ["", *((chunk.gap_before or "") for chunk in chunks[1:])]
    return "".join(gap + chunk.text for gap, chunk in zip(gaps, chunks, strict=True))


def joined_bounds(chunks: Sequence[PlacedChunk], bounds: Sequence[Bounds]) -> Bounds:
    """The sentences of neighbours as they stand in their joined text."""
    shifted: list[tuple[int, int]] = []
    start = 0
    for number, (chunk, own) in enumerate(zip(chunks, bounds, strict=True)):
        start += len(chunk.gap_before or "") if number else 0
        shifted += [(start + left, start + right) for left, right in own]
        start += len(chunk.text)
    return tuple(shifted)


class _Joining:
    """Passages as they grow, by the chunk that each was found by, best first."""

    def __init__(self, chunks: Sequence[PlacedChunk], max_characters: int) -> None:
        self._chunks = chunks
        self._max_characters = max_characters
        self._at: Mapping[tuple[Hashable, int], int] = {
            (chunk.document, chunk.ordinal): position for position, chunk in enumerate(chunks)
        }
        self._owner: dict[int, int] = {}
        self.passages: dict[int, list[int]] = {}

    def take(self, position: int) -> None:
        """Joins a found chunk to the passages it stands between, or begins one with it."""
        sides = [self._before(position), self._after(position)]
        owners = [self._owner[side] for side in sides if side is not None and side in self._owner]
        best_first = sorted(owners, key=list(self.passages).index)
        for joined in (best_first, *([owner] for owner in best_first)):
            if joined and self._fits([*self._chunks_of(joined), position]):
                self._join(joined, position)
                return
        self.passages[position] = [position]
        self._owner[position] = position

    def mend(self, found: int) -> None:
        """Gives a passage the neighbours that it needs to be read, as far as they are at hand."""
        while (neighbour := next(self._needed(found), None)) is not None:
            self._join([found], neighbour)

    def _needed(self, found: int) -> Iterator[int]:
        run = self.passages[found]
        before, after = self._before(run[0]), self._after(run[-1])
        is_short = sum(len(self._chunks[position].text) for position in run) < SHORT_CHARACTERS
        if after is not None and (is_short or _goes_on(self._chunks[run[-1]], self._chunks[after])):
            yield from self._free(run, after)
        if before is not None and (
            is_short or _goes_on(self._chunks[before], self._chunks[run[0]])
        ):
            yield from self._free(run, before)

    def _free(self, run: Sequence[int], neighbour: int) -> Iterator[int]:
        if neighbour not in self._owner and self._fits([*run, neighbour]):
            yield neighbour

    def _join(self, owners: Sequence[int], position: int) -> None:
        best, *others = owners
        run = [*self._chunks_of(owners), position]
        for other in others:
            del self.passages[other]
        self.passages[best] = sorted(run, key=lambda each: self._chunks[each].ordinal)
        self._owner.update(dict.fromkeys(run, best))

    def _chunks_of(self, owners: Sequence[int]) -> list[int]:
        return [position for owner in owners for position in self.passages[owner]]

    def _fits(self, positions: Sequence[int]) -> bool:
        chunks = [self._chunks[position] for position in positions]
        characters = sum(len(chunk.text) + len(chunk.gap_before or "") for chunk in chunks)
        return characters <= self._max_characters

    def _before(self, position: int) -> int | None:
        chunk = self._chunks[position]
        if chunk.gap_before is None:
            return None
        return self._at.get((chunk.document, chunk.ordinal - 1))

    def _after(self, position: int) -> int | None:
        chunk = self._chunks[position]
        after = self._at.get((chunk.document, chunk.ordinal + 1))
        return None if after is None or self._chunks[after].gap_before is None else after


def _goes_on(chunk: PlacedChunk, following: PlacedChunk) -> bool:
    """Whether a thought of the one is only ended in the other."""
    if _BLANK_LINE not in (following.gap_before or ""):
        return True
    last = chunk.text.rstrip().rstrip(_CLOSING)[-1:]
    return last not in _ENDS or following.text.lstrip(_CLOSING)[:1].islower()
