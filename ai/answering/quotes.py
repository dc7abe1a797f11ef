"""Which sentences of a source bear out a sentence of an answer, and how well."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.answering.citation_markers import MARKER
from ai.answering.language import terms_of
from ai.chat.passage import Passage

# A second sentence is quoted if with it this much more of the words is found.
_PAIR_GAIN = 0.1
# A number that the source does not hold halves the support.
_FOREIGN_NUMBER_FACTOR = 0.5

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a passage and how well it supports what is said.

    Attributes:
        char_start: In code points of the passage's text.
        char_end: After its last character.
        support: 0..1, see `QuotableSource.best_quote`.
    """

    char_start: int
    char_end: int
    support: float


class QuotableSource:
    """A passage made ready to be searched for quotes, so that its words are analysed once."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self._bounds = passage.sentence_bounds or ((0, len(passage.text)),)
        self._terms = [frozenset(terms_of(passage.text[start:end])) for start, end in self._bounds]
        self._numbers = frozenset(_NUMBER.findall(passage.text))

    def best_quote(self, sentence: str, vector: NDArray[np.float32] | None) -> Quote:
        """Gives the sentence, or two neighbours, that support `sentence` best.

        support = max(c, (c + max(0, s)) / 2), where c is the share of the sentence's terms in
        the quote and s the cosine of the vectors, where there are any; halved if the sentence
        holds a number that the passage does not. A sentence that
        stands in the passage word for word is its own quote, with support 1.

        Args:
            sentence: A sentence of the answer; its markers are not part of what it says.
            vector: `(dimension,)` float32, L2-normalised, of the sentence; None for none.
        """
        said = MARKER.sub("", sentence).strip()
        if (start := self.passage.text.find(said)) >= 0 and said:
            return Quote(start, start + len(said), 1.0)
        terms = frozenset(terms_of(said))
        shares = [_share(terms, held) for held in self._terms]
        supports = [max(c, (c + s) / 2) for c, s in zip(shares, self._cosines(vector), strict=True)]
        best = max(range(len(supports)), key=supports.__getitem__)
        first, last, support = best, best, supports[best]
        for pair in ((best - 1, best), (best, best + 1)):
            if pair[0] >= 0 and pair[1] < len(self._bounds):
                share = _share(terms, self._terms[pair[0]] | self._terms[pair[1]])
                if share >= max(support, shares[best] + _PAIR_GAIN):
                    (first, last), support = pair, share
        if not set(_NUMBER.findall(said)) <= self._numbers:
            support *= _FOREIGN_NUMBER_FACTOR
        return Quote(self._bounds[first][0], self._bounds[last][1], support)

    def _cosines(self, vector: NDArray[np.float32] | None) -> list[float]:
        """Gives the cosine of each sentence with `vector`, 0 where unknown or negative."""
        vectors = self.passage.sentence_vectors
        if vector is None or vectors is None or len(vectors) != len(self._bounds):
            return [0.0] * len(self._bounds)
        rows = vectors.astype(np.float32)
        lengths = np.maximum(np.linalg.norm(rows, axis=1), 1.0)
        cosines: list[float] = np.clip(rows @ vector / lengths, 0.0, 1.0).tolist()
        return cosines


def _share(terms: frozenset[str], held: frozenset[str]) -> float:
    return len(terms & held) / len(terms) if terms else 0.0
