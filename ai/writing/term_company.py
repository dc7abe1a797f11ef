"""Which terms keep the same company: a learner takes one for the other, or does not."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ai.writing.key_terms import Term
from ai.writing.material import Material

_TOP_TERMS: Final = 400
"""Of the words around a term, so many of the most frequent ones are compared."""


class TermCompany:
    """The words that sentences use with each term; momentum and energy are both conserved."""

    def __init__(self, terms: Sequence[Term], material: Material) -> None:
        """Reads what the material and its background say and define."""
        self._places = {term.stems: place for place, term in enumerate(terms)}
        self._likeness = _likeness(terms, _sentences(material))

    def likeness(self, one: Term, other: Term) -> float:
        """How alike the words around two terms are, against the likest of all terms to the first.

        0..1; 0 where nothing is said of one of them.
        """
        return float(self._likeness[self._places[one.stems], self._places[other.stems]])

    def is_known(self, term: Term) -> bool:
        """Whether enough is said of a term to tell which others are like it."""
        return float(self._likeness[self._places[term.stems]].max()) > 0


def _sentences(material: Material) -> list[frozenset[str]]:
    read = (material,) if material.background is None else (material, material.background)
    return [
        *(each.terms for part in read for each in part.statements),
        *(each.sentence_terms for part in read for each in part.definitions),
    ]


def _likeness(terms: Sequence[Term], sentences: Sequence[frozenset[str]]) -> NDArray[np.float32]:
    """`(n_terms, n_terms)`: cosines of counts of words, by rarity; shares of a row's greatest."""
    counts = Counter(word for sentence in sentences for word in sentence)
    words = {word: n for n, (word, count) in enumerate(counts.most_common(_TOP_TERMS)) if count > 1}
    columns = [[words[word] for word in sentence if word in words] for sentence in sentences]
    rows = np.zeros((len(terms), len(words)), dtype=np.float32)
    for place, term in enumerate(terms):
        own = [words[stem] for stem in term.stems if stem in words]
        for sentence, held in zip(sentences, columns, strict=True):
            if sentence.issuperset(term.stems):
                rows[place, held] += 1
        rows[place, own] = 0
    if words:
        rows = np.log1p(rows) * np.log(len(sentences) / np.array([counts[w] for w in words]) + 1)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.where(lengths > 0, lengths, 1)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, 0)
    greatest = cosines.max(axis=1, keepdims=True, initial=0)
    return np.asarray(cosines / np.where(greatest > 0, greatest, 1), dtype=np.float32)
