"""Holds an answer back until each sentence is checked, and lets through what is borne out."""

import re
from collections.abc import Sequence

from ai.answering.answer_sentences import answer_sentences
from ai.answering.citations import SUPPORTED, CitationBinder
from ai.answering.claims import is_claim
from ai.chat.passage import Passage

# What stands before a sentence and says something itself: headings, tables, code, formulas.
_SAYS_SOMETHING = re.compile(r"^[ ]*(?:#{1,6}[ ]|\||```)|\$\$", re.MULTILINE)
_BULLET_AT_END = re.compile(r"(?:^|\n)[ \t]*(?:[-*+•>]|\d{1,2}[.)])[ \t]+\Z")


class SentenceGate:
    """Takes an answer as a chat model writes it and gives what its sources bear out.

    A sentence is judged once the next one has begun, by words alone, and goes through with
    support of at least 0.5, or where it states nothing: a question, the tutor's own wording. What
    is no sentence (headings, tables, code blocks, formulas apart) goes through unchecked.

    Attributes:
        withheld: How many sentences were not let through.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._pending = ""
        self._break = ""
        self.withheld = 0

    def feed(self, delta: str) -> str:
        """Takes a delta and gives what may be shown; most often nothing yet."""
        self._pending += delta
        bounds = answer_sentences(self._pending)
        if len(bounds) < 2:
            return ""
        # The last sentence may go on, and the one before it ends for sure where it begins.
        shown, start = "", 0
        for _, end in bounds[:-1]:
            shown += self._checked(self._pending[start:end])
            start = end
        self._pending = self._pending[start:]
        return shown

    def close(self) -> str:
        """Gives what is left and may be shown, once the model has ended."""
        left, self._pending = self._pending, ""
        if not answer_sentences(left):
            return self._with_break(left) if _SAYS_SOMETHING.search(left) else ""
        shown, start = "", 0
        for _, end in answer_sentences(left):
            shown += self._checked(left[start:end])
            start = end
        rest = left[start:]
        return shown + (self._with_break(rest) if _SAYS_SOMETHING.search(rest) else "")

    def _checked(self, piece: str) -> str:
        """A sentence with what stands before it, or what is left of that."""
        start, _ = answer_sentences(piece)[-1]
        if self._is_borne_out(piece):
            return self._with_break(piece)
        self.withheld += 1
        before = piece[:start]
        if _SAYS_SOMETHING.search(before):
            return self._with_break(_BULLET_AT_END.sub("", before).rstrip())
        if "\n" in before:
            self._break = "\n\n"
        return ""

    def _with_break(self, piece: str) -> str:
        """A piece, in a new paragraph where one began with what was withheld."""
        if self._break and "\n" not in piece[: len(piece) - len(piece.lstrip())]:
            piece = self._break + piece.lstrip()
        self._break = ""
        return piece

    def _is_borne_out(self, piece: str) -> bool:
        binder = CitationBinder(self._passages)
        binder.feed(piece)
        binder.close()
        bound = binder.bind()
        return all(
            sentence.support >= SUPPORTED
            or not is_claim(bound.text[sentence.char_start : sentence.char_end])
            for sentence in bound.sentences
        )
