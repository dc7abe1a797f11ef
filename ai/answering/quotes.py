"""Which words of a passage bear out a sentence of an answer, and how well."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.answering.citation_markers import MARKER
from ai.answering.machine_orders import order_spans
from ai.answering.support import (
    SupportEvidence,
    gather_evidence,
    rarities,
    support,
    weighted_share,
)
from ai.answering.wording import Wording, joined, wording_of
from ai.chat.passage import Passage

# A second sentence is quoted if with it this much more of the words is found.
_PAIR_GAIN = 0.1
# What the cosine counts beside the covered share, where a quote is looked for.
_COSINE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a passage and how well it supports what is said.

    Attributes:
        char_start: In code points of the passage's text.
        char_end: After its last character.
        support: 0..1, see `ai.answering.support`; 1 where it says the same word for word.
        evidence: What the support is reckoned from; None where it says the same word for word.
    """

    char_start: int
    char_end: int
    support: float
    evidence: SupportEvidence | None = None


class QuotableSource:
    """A passage made ready to be searched for quotes, so that its words are analysed once.

    What speaks to the machine that reads it is no evidence: nothing it says is borne out by it.
    """

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self._bounds = passage.sentence_bounds or ((0, len(passage.text)),)
        self._evidence = _without_orders(passage.text, self._bounds)
        self._folded = " ".join(self._evidence.split())
        self._wordings = [wording_of(self._evidence[start:end]) for start, end in self._bounds]
        self._rarity = rarities(self._wordings)
        above = wording_of(" ".join((passage.title, *passage.heading)))
        self._terms = frozenset().union(above.terms, *(each.terms for each in self._wordings))

    def best_quote(self, sentence: str, vector: NDArray[np.float32] | None) -> Quote:
        """Gives the sentence, or two neighbours, that come nearest to `sentence`.

        That is the highest c + s / 2, with c the share of the sentence's terms in the quote,
        weighted by rarity, and s the cosine of the vectors, where there are any. Its support
        is by the formula of `ai.answering.support`. A sentence that stands in the passage word
        for word is its own quote.

        Args:
            sentence: A sentence of the answer; its markers are not part of what it says.
            vector: `(dimension,)` float32, L2-normalised, of the sentence; None for none.
        """
        said = said_by(sentence)
        if (copied := self._copied(said)) is not None:
            return Quote(*copied, 1.0)
        claim = wording_of(said)
        cosines = self._cosines(vector)
        first, last = self._nearest(claim, cosines)
        evidence = gather_evidence(
            claim,
            joined(self._wordings[first : last + 1]),
            rarity=self._rarity,
            passage_terms=self._terms,
            cosine=None if cosines is None else max(cosines[first : last + 1]),
        )
        return Quote(
            self._bounds[first][0],
            self._bounds[last][1],
            support(evidence, has_cosine=cosines is not None),
            evidence,
        )

    def _copied(self, said: str) -> tuple[int, int] | None:
        """Where the passage has the same words, white space aside."""
        words = said.split()
        if not words or " ".join(words) not in self._folded:
            return None
        found = re.search(r"\s+".join(map(re.escape, words)), self._evidence)
        return None if found is None else found.span()

    def _nearest(self, claim: Wording, cosines: list[float] | None) -> tuple[int, int]:
        """Gives the first and last sentence of the quote."""
        shares = [weighted_share(claim.terms, held.terms, self._rarity) for held in self._wordings]
        near = cosines or [0.0] * len(shares)
        scores = [c + _COSINE_SHARE * s for c, s in zip(shares, near, strict=True)]
        best = max(range(len(scores)), key=scores.__getitem__)
        chosen, most = (best, best), shares[best] + _PAIR_GAIN
        for pair in ((best - 1, best), (best, best + 1)):
            if pair[0] >= 0 and pair[1] < len(self._bounds):
                terms = self._wordings[pair[0]].terms | self._wordings[pair[1]].terms
                share = weighted_share(claim.terms, terms, self._rarity)
                if share >= most:
                    chosen, most = pair, share
        return chosen

    def _cosines(self, vector: NDArray[np.float32] | None) -> list[float] | None:
        """Gives the cosine of each sentence with `vector`, 0 where negative; None if unknown."""
        vectors = self.passage.sentence_vectors
        if vector is None or vectors is None or len(vectors) != len(self._bounds):
            return None
        rows = vectors.astype(np.float32)
        lengths = np.maximum(np.linalg.norm(rows, axis=1), 1.0)
        cosines: list[float] = np.clip(rows @ vector / lengths, 0.0, 1.0).tolist()
        return [
            cosine if self._evidence[start:end].strip() else 0.0
            for cosine, (start, end) in zip(cosines, self._bounds, strict=True)
        ]


def _without_orders(text: str, bounds: Sequence[tuple[int, int]]) -> str:
    """The text, as long as it was, with blanks for what gives orders to a machine."""
    for start, end in order_spans(text, bounds):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def said_by(sentence: str) -> str:
    """A sentence without its markers."""
    return MARKER.sub("", sentence).strip()
