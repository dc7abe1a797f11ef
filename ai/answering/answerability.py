"""Whether a course holds the answer to a question, from what retrieval found: the formula."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ai.answering.sentence_scoring import question_terms
from ai.answering.support import rarities_among, weighted_share
from ai.answering.wording import wording_of
from ai.chat.passage import Passage
from ai.retrieval.terms import terms_of
from content.languages import SpokenLanguage, language_by_script

READ_PASSAGES: Final = 3
"""The best passages, which are looked at; what they do not hold, those after them seldom do."""
ANSWERABLE: Final = 0.5
"""From here on a question counts as one that the course answers."""
EMBEDDED_LANGUAGES: Final[frozenset[SpokenLanguage]] = frozenset({"en"})
"""Languages whose vectors mean something: those the encoder was trained on."""
_FEWEST_PASSAGES: Final = 12
"""Among fewer, rarity says little: it is reckoned as among this many."""


@dataclass(frozen=True, slots=True)
class AnswerEvidence:
    """What speaks for a course holding the answer to a question; each 0..1.

    Attributes:
        cosine: Of the question and the nearest sentence, at least 0; 0 where unknown.
        nearest_three: Mean cosine of the three nearest sentences.
        coverage: Largest share of the question's terms that one passage with its headings holds,
            weighted by rarity among the passages; a term that none holds weighs most.
        unknown_names: Share of the question's names and numbers that no passage holds.
    """

    cosine: float
    nearest_three: float
    coverage: float
    unknown_names: float


FEATURES: Final = tuple(field.name for field in fields(AnswerEvidence))


@dataclass(frozen=True, slots=True)
class AnswerWeights:
    """The intercept and a weight for each of `FEATURES`."""

    intercept: float
    weights: tuple[float, ...]


BY_MEANING: Final = AnswerWeights(-6.71, (7.05, 6.11, 0.96, -0.89))
BY_WORDS: Final = AnswerWeights(-1.63, (0.0, 0.0, 3.84, -1.91))
"""Fitted by `benchmarks/answerability.py`; docs/benchmarks.md has what they do to questions that
they were not fitted on."""


def answerability(
    question: str, vector: NDArray[np.float32] | None, passages: Sequence[Passage]
) -> float:
    """How likely the course holds the answer, 0..1; 0 where nothing was found.

    sigmoid(intercept + sum of weight * feature), with the weights `BY_MEANING` where question and
    passages have vectors that mean something, else `BY_WORDS`.

    Args:
        question: As retrieval read it.
        vector: `(dimension,)` float32, L2-normalised; None for none.
        passages: What was found, best first.
    """
    if not passages:
        return 0.0
    if language_by_script(question) not in EMBEDDED_LANGUAGES or not _are_encoded(passages):
        vector = None
    chosen = BY_WORDS if vector is None else BY_MEANING
    features = astuple(gather_evidence(question, vector, passages))
    logit = chosen.intercept + sum(
        weight * feature for weight, feature in zip(chosen.weights, features, strict=True)
    )
    return 1 / (1 + math.exp(-logit))


def gather_evidence(
    question: str, vector: NDArray[np.float32] | None, passages: Sequence[Passage]
) -> AnswerEvidence:
    """Holds a question against the best passages found for it. Takes half a millisecond."""
    read = passages[:READ_PASSAGES]
    held = [_terms(passage) for passage in read]
    rarity = rarities_among(question_terms(question), held, fewest=_FEWEST_PASSAGES)
    near = sorted((c for passage in read for c in _cosines(vector, passage)), reverse=True)[:3]
    return AnswerEvidence(
        cosine=near[0] if near else 0.0,
        nearest_three=sum(near) / len(near) if near else 0.0,
        coverage=max(weighted_share(rarity.keys(), terms, rarity) for terms in held),
        unknown_names=_unknown_names(question, held),
    )


def _are_encoded(passages: Sequence[Passage]) -> bool:
    """Whether any of those that are read has sentence vectors."""
    vectors = (passage.sentence_vectors for passage in passages[:READ_PASSAGES])
    return any(each is not None and len(each) > 0 for each in vectors)


def _terms(passage: Passage) -> frozenset[str]:
    return frozenset(terms_of(" ".join((passage.title, *passage.heading, passage.text))))


def _cosines(vector: NDArray[np.float32] | None, passage: Passage) -> list[float]:
    """Of each sentence, at least 0; none where they are not known."""
    vectors = passage.sentence_vectors
    if vector is None or vectors is None or not len(vectors):
        return []
    rows = vectors.astype(np.float32)
    lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), 1.0)
    cosines: list[float] = np.maximum(rows @ vector / lengths, 0.0).tolist()
    return cosines


def _unknown_names(question: str, held: Sequence[frozenset[str]]) -> float:
    asked = wording_of(question)
    names = asked.names | asked.numbers
    return len(names.difference(*held)) / len(names) if names else 0.0
