"""The sentences of the material in reading order, with the paragraph each stands in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ai.answering.answer_sentences import answer_sentences
from ai.writing.brief import SourcePassage

_BLANK_LINE = re.compile(r"\n\s*\n")
_NEW_LINE_LENGTH = 2
"""Between passages that stand this near, no blank line fits."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceLine:
    """A sentence, a list item, a formula or a row of the material.

    Attributes:
        passage: Its passage, by place in the material.
        index: Its place among the sentences of the passage.
        text: As it stands there.
        paragraph: Lines of one paragraph have one number; numbers ascend.
    """

    passage: int
    index: int
    text: str
    paragraph: int

    @property
    def place(self) -> tuple[int, int]:
        """What tells it from others."""
        return self.passage, self.index


def with_sentences(passage: SourcePassage) -> SourcePassage:
    """The passage with its sentences known; those that fit none of its text are found anew."""
    bounds = passage.sentence_bounds
    edges = [edge for pair in bounds for edge in pair]
    if bounds and edges == sorted(edges) and edges[0] >= 0 and edges[-1] <= len(passage.text):
        return passage
    return replace(passage, sentence_bounds=answer_sentences(passage.text), sentence_vectors=None)


def source_lines(passages: Sequence[SourcePassage]) -> list[SourceLine]:
    """Every sentence of the passages, in their order."""
    lines: list[SourceLine] = []
    paragraph = 0
    previous: SourcePassage | None = None
    for number, passage in enumerate(passages):
        if previous is not None and not _goes_on(previous, passage):
            paragraph += 1
        bounds = passage.sentence_bounds
        for index, (start, end) in enumerate(bounds):
            if index and _BLANK_LINE.search(passage.text[bounds[index - 1][1] : start]):
                paragraph += 1
            lines.append(SourceLine(number, index, passage.text[start:end], paragraph))
        previous = passage
    return lines


def paragraphs(lines: Sequence[SourceLine]) -> list[list[SourceLine]]:
    """Lines by the paragraph they stand in."""
    if not lines:
        return []
    found = [[lines[0]]]
    for before, line in pairwise(lines):
        if line.paragraph == before.paragraph:
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _goes_on(one: SourcePassage, other: SourcePassage) -> bool:
    """Whether the next passage may begin within a paragraph of the one before."""
    gap = other.char_start - (one.char_start + len(one.text))
    return (one.document_id, one.document_version, one.heading) == (
        other.document_id,
        other.document_version,
        other.heading,
    ) and 0 <= gap < _NEW_LINE_LENGTH
