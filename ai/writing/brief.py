"""What a writer is asked for, and the material it has."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ai.writing.headings import clean_heading
from content.base import SourceSpan

Level = Literal["beginner", "intermediate", "advanced"]
Length = Literal["short", "medium", "long"]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is to be written.

    Attributes:
        topic: What it is about; empty for all of the material.
        language: ISO 639 code of what is written.
        level: Who it is for.
        length: How much of it; for quizzes and decks `count` decides where it is given.
        count: How many questions, cards or slides.
        style: A wish for the manner in the teacher's words; never a reason to leave the sources.
    """

    topic: str = ""
    language: str = "en"
    level: Level = "beginner"
    length: Length = "medium"
    count: int | None = None
    style: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SourcePassage:
    """A chunk of a current document version, in the order of its document.

    Attributes:
        text: Verbatim, from `char_start` of the version's text.
        heading: The headings above it, outermost first.
        place: For a reader: "page 3", "slide 2"; may be empty.
        kind: What the chunk holds.
        sentence_bounds: Start and end of each sentence in `text`, in code points.
        sentence_vectors: `(n_sentences, dimension)` int8, a row per bound, only their direction
            means something. None where not known.
        score: How well it matches the topic, higher is better; 0 where nothing was asked.
        is_background: Whether it is not about the topic, but explains its words and has those that
            they are told apart from.
    """

    document_id: UUID
    document_version: int
    document_title: str
    chunk_id: int
    text: str
    char_start: int
    heading: tuple[str, ...] = ()
    place: str = ""
    kind: Literal["prose", "table", "code", "formula", "heading", "list"] = "prose"
    sentence_bounds: tuple[tuple[int, int], ...] = ()
    sentence_vectors: NDArray[np.int8] | None = None
    score: float = 0.0
    is_background: bool = False

    def span(self, start: int, end: int) -> SourceSpan:
        """The span of `text[start:end]` in its document."""
        return SourceSpan(
            document_id=self.document_id,
            document_version=self.document_version,
            document_title=self.document_title,
            chunk_id=self.chunk_id,
            place=self.place or " › ".join(self._headings_below_title)[:200],
            char_start=self.char_start + start,
            char_end=self.char_start + end,
            quote=self.text[start:end],
        )

    @property
    def _headings_below_title(self) -> tuple[str, ...]:
        """Without the first one where it is the document's title, which is cited before it."""
        first = clean_heading(self.heading[0]) if self.heading else ""
        is_title = first == clean_heading(self.document_title)
        return self.heading[1:] if is_title else self.heading
