"""Cuts an answer in Markdown into its sentences."""

import re
from collections.abc import Iterator

from ai.answering.citation_markers import MARKER

_CODE_BLOCK = re.compile(r"^[ ]*```.*?(?:^[ ]*```|\Z)", re.DOTALL | re.MULTILINE)
# Within code and formulas a full stop ends nothing.
_CODE_OR_FORMULA = re.compile(r"`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_LINE = re.compile(r"[^\n]+")
_NOT_PROSE = re.compile(r"\s*(?:#{1,6}\s|\||[-*_]{3,}\s*$)")
_BULLET = re.compile(r"\s*(?:[-*+•>]|\d{1,2}[.)])\s+")
_END = re.compile(rf"[.!?।][\"'”’)*_]*(?:{MARKER.pattern})*+(?=\s+[^a-z\s])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|figs?|eqs?|dr|mr|mrs|ms|prof|st|no|approx|ca|al|vol|pp|sec)"
    r"|(?:^|(?<!\d)[\s(])[a-z])$",
    re.IGNORECASE,
)
_ABBREVIATION_REACH = 12
_LETTER = re.compile(r"[^\W\d_]")


def answer_sentences(answer: str) -> tuple[tuple[int, int], ...]:
    """Gives start and end of every sentence of `answer`, in code points, in order.

    A citation marker after the full stop belongs to its sentence. Headings, tables and code
    blocks hold no sentences; each item of a list begins one.
    """
    prose = _CODE_BLOCK.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), answer)
    masked = _CODE_OR_FORMULA.sub(lambda found: "x" * len(found[0]), prose)
    return tuple(
        span
        for block_start, block_end in _blocks(masked)
        for span in _sentences(masked, block_start, block_end)
        if _LETTER.search(MARKER.sub("", answer[slice(*span)]))
    )


def _blocks(masked: str) -> Iterator[tuple[int, int]]:
    """Gives the paragraphs and list items; a blank line, a heading or a bullet ends one."""
    start: int | None = None
    end = 0
    for line in _LINE.finditer(masked):
        is_next_line = start is not None and line.start() == end + 1
        bullet = _BULLET.match(line[0])
        is_prose = line[0].strip() and not _NOT_PROSE.match(line[0])
        if start is not None and not (is_next_line and is_prose and bullet is None):
            yield start, end
            start = None
        if is_prose:
            if start is None:
                start = line.start() + (bullet.end() if bullet else 0)
            end = line.end()
    if start is not None:
        yield start, end


def _sentences(masked: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in _END.finditer(masked, start, end):
        before = masked[max(start, found.start() - _ABBREVIATION_REACH) : found.start()]
        if found[0].startswith(".") and _ABBREVIATION.search(before):
            continue
        yield _trimmed(masked, start, found.end())
        start = found.end()
    if masked[start:end].strip():
        yield _trimmed(masked, start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
