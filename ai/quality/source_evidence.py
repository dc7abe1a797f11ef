"""How well the sources of a piece of content bear out a statement, wherever in them it stands."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ai.answering.quotes import QuotableSource
from ai.chat.passage import Passage
from ai.retrieval.terms import terms_of

_SEARCHED = 4
"""Passages, by shared words, in which a quote is looked for."""


class SourceEvidence:
    """Passages made ready to be asked many times. Not safe for several threads at once."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        held = [terms_of(" ".join((*each.heading, each.text))) for each in passages]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, terms in enumerate(held):
            for term in dict.fromkeys(terms):
                self._holders[term].append(number)
        self._rarity = {term: math.log(1 + len(held) / len(n)) for term, n in self._holders.items()}
        self._sources: dict[int, QuotableSource] = {}

    def support(self, statement: str, vector: NDArray[np.float32] | None = None) -> float:
        """The best support that any passage gives `statement`, 0..1; see `ai.answering.support`.

        Args:
            statement: A sentence.
            vector: `(dimension,)` float32, L2-normalised, of it; None for its words alone.
        """
        terms = frozenset(terms_of(statement))
        return max(
            (self._source(n).best_quote(statement, vector).support for n in self._nearest(terms)),
            default=0.0,
        )

    def nearest(self, text: str) -> list[Passage]:
        """The passages that share most with a text, at most four."""
        return [self._passages[n] for n in self._nearest(frozenset(terms_of(text)))]

    def support_elsewhere(
        self, statement: str, word: str, passage: int, first: int, last: int
    ) -> float:
        """The same by words, of a statement in which `word` stands for another.

        It is held against all but what it was made of: sentences `first` to `last` of a passage.
        Only a sentence that has the word bears it out: with any other on the subject it shares most
        of the rest.

        Args:
            statement: A sentence.
            word: What was put into it; a term of one word or more.
            passage: Place of the passage among those given.
            first: First sentence left out.
            last: Last one.
        """
        put = frozenset(terms_of(word))
        best = 0.0
        for n in self._nearest(frozenset(terms_of(statement))):
            left_out = range(first, last + 1) if n == passage else range(0)
            kept = self._speaking_of(put, n, left_out)
            if kept:
                source = QuotableSource(
                    replace(self._passages[n], sentence_bounds=kept, sentence_vectors=None)
                )
                best = max(best, source.best_quote(statement, None).support)
        return best

    def _speaking_of(
        self, put: frozenset[str], n: int, left_out: range
    ) -> tuple[tuple[int, int], ...]:
        """Bounds of the other sentences that have all these terms."""
        passage = self._passages[n]
        return tuple(
            (start, end)
            for place, (start, end) in enumerate(passage.sentence_bounds)
            if place not in left_out and put <= frozenset(terms_of(passage.text[start:end]))
        )

    def _nearest(self, terms: frozenset[str]) -> list[int]:
        """The passages that share most with a statement, by the rarity of what they share."""
        shared: dict[int, float] = defaultdict(float)
        for term in terms:
            for number in self._holders.get(term, ()):
                shared[number] += self._rarity[term]
        ranked = sorted(shared, key=lambda n: (-shared[n], n))
        return ranked[:_SEARCHED]

    def _source(self, number: int) -> QuotableSource:
        if number not in self._sources:
            self._sources[number] = QuotableSource(self._passages[number])
        return self._sources[number]
