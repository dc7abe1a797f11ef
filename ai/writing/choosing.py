"""Chooses what to say: statements that much of the material comes near, none of them twice."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ai.answering.answerability import EMBEDDED_LANGUAGES
from ai.retrieval.terms import terms_of
from ai.writing.material import KeyStatement, Material
from content.languages import language_by_script

# centrality = VECTORS * mean cosine with the others + WORDS * share of the topic's words
# + MATCH * how well its passage matches the topic, against the best one
# + KEY_TERM where it names a defined term or a word of the heading - STORY where it speaks of the
# things of an example - what else speaks against it.
_VECTORS: Final = 0.5
_WORDS: Final = 0.5
_MATCH: Final = 1.0
_KEY_TERM: Final = 0.15
_SUMMARY: Final = 0.1
_STORY: Final = 0.5
_LEAST: Final = -0.25
"""Below this a statement is rather left out than chosen for want of others."""
_FIGURES: Final = 0.06
_FIRST_PERSON: Final = 0.15
_LONG: Final = 0.15
_LONG_CHARACTERS: Final = 240
# Vectors of one passage are alike, as each is read in the light of the rest: words must agree too.
_SAME_COSINE: Final = 0.88
_SOME_TERMS: Final = 0.35
_SAME_TERMS: Final = 0.6


class Centrality:
    """How near each statement is to what the material is about."""

    def __init__(self, material: Material) -> None:
        statements = material.statements
        self._scores: dict[tuple[int, int], float] = {}
        weights = _term_weights(statements)
        key_terms = frozenset(t for d in material.definitions for t in terms_of(d.term))
        cosines = _mean_cosines(statements)
        best_match = max((passage.score for passage in material.passages), default=0.0)
        for statement, cosine in zip(statements, cosines, strict=True):
            heading = frozenset(terms_of(material.topic_of(statement.passage)))
            self._scores[statement.order] = (
                _VECTORS * cosine
                + _WORDS * _weight(statement.terms, weights)
                + _MATCH * _share(material.passages[statement.passage].score, best_match)
                + _KEY_TERM * bool(statement.terms & (key_terms | heading))
                + _SUMMARY * statement.is_summary
                - _STORY * statement.tells_story
                - _against(statement.text)
            )

    def of(self, statement: KeyStatement) -> float:
        """Higher is nearer; comparable within one material."""
        return self._scores[statement.order]

    def best(
        self,
        statements: Iterable[KeyStatement],
        count: int,
        said: Sequence[KeyStatement] = (),
    ) -> list[KeyStatement]:
        """At most `count`, best first, that repeat neither one another nor what is `said`."""
        chosen: list[KeyStatement] = []
        for candidate in sorted(statements, key=lambda s: (-self.of(s), s.order)):
            if len(chosen) == count:
                break
            if chosen and self.of(candidate) < _LEAST:
                break
            if not any(says_the_same(candidate, other) for other in (*said, *chosen)):
                chosen.append(candidate)
        return chosen


def says_the_same(one: KeyStatement, other: KeyStatement) -> bool:
    """Whether two statements say nearly the same, by their words or their vectors."""
    if one.text == other.text:
        return True
    shorter = min(len(one.terms), len(other.terms)) or 1
    share = len(one.terms & other.terms) / shorter
    if share >= _SAME_TERMS:
        return True
    if (
        share < _SOME_TERMS
        or one.direction is None
        or other.direction is None
        or not _is_embedded(one.text)
    ):
        return False
    return float(one.direction @ other.direction) >= _SAME_COSINE


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _is_embedded(text: str) -> bool:
    return language_by_script(text) in EMBEDDED_LANGUAGES


def _term_weights(statements: Sequence[KeyStatement]) -> dict[str, float]:
    """How much of the subject a term carries: how many statements hold it, on a log scale."""
    counts = Counter(term for statement in statements for term in statement.terms)
    return {term: math.log(count) for term, count in counts.items()}


def _weight(terms: frozenset[str], weights: dict[str, float]) -> float:
    """The mean weight of the terms against that of the heaviest ones, 0..1."""
    if not terms or not weights:
        return 0.0
    most = max(weights.values()) or 1.0
    return sum(weights.get(term, 0.0) for term in terms) / (most * len(terms))


def _mean_cosines(statements: Sequence[KeyStatement]) -> list[float]:
    """The mean cosine of each statement with all others; 0 where its vector means nothing."""
    known = [
        number
        for number, statement in enumerate(statements)
        if statement.direction is not None and _is_embedded(statement.text)
    ]
    means = [0.0] * len(statements)
    if len(known) < 2:
        return means
    rows: NDArray[np.float32] = np.stack(
        [direction for n in known if (direction := statements[n].direction) is not None]
    )
    centre = rows.sum(axis=0)
    for number, row in zip(known, rows, strict=True):
        means[number] = max(0.0, float(row @ (centre - row)) / (len(known) - 1))
    return means


def _against(text: str) -> float:
    figures = sum(character.isdigit() for character in text.split("$")[0])
    words = text.lower().split()
    return (
        _FIGURES * min(5, figures)
        + _FIRST_PERSON * bool({"we", "us", "our", "you", "हम"} & set(words))
        + _LONG * (len(text) > _LONG_CHARACTERS)
    )
