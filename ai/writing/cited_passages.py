"""Turns the passage numbers of a chat model into spans, and drops what they do not bear out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ai.answering.answer_sentences import answer_sentences
from ai.answering.answerability import EMBEDDED_LANGUAGES
from ai.answering.citation_markers import MARKER, cited_numbers
from ai.answering.claims import is_claim
from ai.answering.quotes import QuotableSource, said_by
from ai.chat.passage import Passage
from ai.embedding.embedder import Embedder
from ai.writing.brief import SourcePassage
from ai.writing.model_text import markdown
from content.base import SourceSpan
from content.languages import language_by_script

BORNE_OUT: Final = 0.3
"""Below this support a statement is dropped; between it and 0.5 the quality gate reports it."""
_MOST_SPANS: Final = 40


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text without what no source bears out.

    Attributes:
        text: In Markdown, without markers; empty where nothing is left.
        spans: What bears it out, verbatim.
        dropped: Sentences that were left out.
    """

    text: str
    spans: tuple[SourceSpan, ...]
    dropped: int = 0


class CitedPassages:
    """The passages of one call, numbered from 1 as the chat model reads them."""

    def __init__(self, passages: Sequence[SourcePassage], embedder: Embedder | None = None) -> None:
        self._passages = tuple(passages)
        self._embedder = embedder
        self.sources = tuple(_numbered(passage, n) for n, passage in enumerate(passages, start=1))
        self._quotable: dict[int, QuotableSource] = {}

    async def span_of(self, statement: str, numbers: Sequence[int]) -> SourceSpan | None:
        """What bears out a statement best among the cited passages, or all where none is cited.

        None where its support stays below `BORNE_OUT`.
        """
        (vector,) = await self._vectors([said_by(statement)])
        return await asyncio.to_thread(self._span_of, statement, numbers, vector)

    def quoted(self, quote: str, numbers: Sequence[int]) -> SourceSpan | None:
        """Where a quote stands verbatim, white space aside; None where it does not."""
        if len(quote.split()) < 2:
            return None
        for n in [*self._known(numbers), *self._known(range(1, len(self._passages) + 1))]:
            found = self._source(n).best_quote(quote, None)
            if found.evidence is None and found.char_end > found.char_start:
                return self._passages[n - 1].span(found.char_start, found.char_end)
        return None

    async def checked(self, text: str, numbers: Sequence[int] = ()) -> CheckedText:
        """The text without the statements that no passage bears out.

        Args:
            text: Markdown, with markers or without.
            numbers: What it cites as a whole; its markers come first.
        """
        bounds = answer_sentences(text)
        sentences = [text[start:end] for start, end in bounds]
        vectors = await self._vectors([said_by(sentence) for sentence in sentences])
        return await asyncio.to_thread(self._checked, text, bounds, vectors, numbers)

    def _checked(
        self,
        text: str,
        bounds: Sequence[tuple[int, int]],
        vectors: Sequence[NDArray[np.float32] | None],
        numbers: Sequence[int],
    ) -> CheckedText:
        kept: list[str] = []
        spans: dict[tuple[object, int, int], SourceSpan] = {}
        dropped = 0
        end = 0
        for (start, stop), vector in zip(bounds, vectors, strict=True):
            sentence = text[start:stop]
            gap, end = text[end:start], stop
            cited = [n for found in MARKER.finditer(sentence) for n in cited_numbers(found[1])]
            span = self._span_of(sentence, cited or numbers, vector)
            if span is not None:
                spans[span.chunk_id, span.char_start, span.char_end] = span
            if span is None and is_claim(sentence):
                dropped += 1
                kept.append(gap if "\n" in gap else "")
            else:
                kept.append(gap + sentence)
        kept.append(text[end:])
        whole = markdown("".join(kept), 30_000)
        return CheckedText(whole, tuple(spans.values())[:_MOST_SPANS], dropped)

    def _span_of(
        self, statement: str, numbers: Sequence[int], vector: NDArray[np.float32] | None
    ) -> SourceSpan | None:
        known = self._known(numbers) or range(1, len(self._passages) + 1)
        best: SourceSpan | None = None
        most = BORNE_OUT
        for n in known:
            quote = self._source(n).best_quote(statement, vector)
            if quote.support >= most and quote.char_end > quote.char_start:
                most = quote.support
                best = self._passages[n - 1].span(quote.char_start, quote.char_end)
        return best

    def _known(self, numbers: Sequence[int]) -> list[int]:
        return [n for n in dict.fromkeys(numbers) if 1 <= n <= len(self._passages)]

    def _source(self, n: int) -> QuotableSource:
        if n not in self._quotable:
            self._quotable[n] = QuotableSource(self.sources[n - 1])
        return self._quotable[n]

    async def _vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32] | None]:
        """A vector for each text whose language the embedder knows."""
        if self._embedder is None:
            return [None] * len(texts)
        waiting = {
            place: self._embedder.embed_query(text)
            for place, text in enumerate(texts)
            if language_by_script(text) in EMBEDDED_LANGUAGES
        }
        found = dict(zip(waiting, await asyncio.gather(*waiting.values()), strict=True))
        return [found.get(place) for place in range(len(texts))]


def _numbered(passage: SourcePassage, n: int) -> Passage:
    return Passage(
        n,
        passage.text,
        passage.document_title,
        passage.heading,
        passage.sentence_bounds,
        passage.sentence_vectors,
        passage.score,
    )
