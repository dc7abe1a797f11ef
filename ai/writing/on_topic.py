"""Which passages are about a topic, and whether any is."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ai.answering.answerability import ANSWERABLE, EMBEDDED_LANGUAGES, answerability
from ai.answering.sentence_scoring import question_terms
from ai.answering.support import rarities_among, weighted_share
from ai.chat.passage import Passage
from ai.embedding.embedder import Embedder
from ai.retrieval.terms import terms_of
from ai.writing.brief import SourcePassage
from ai.writing.errors import NothingToWriteError
from ai.writing.topic_names import TopicNames
from content.languages import language_by_script

# relevance = COSINE * best cosine of a sentence + COVERAGE * share of the topic's terms.
_COSINE: Final = 0.5
_COVERAGE: Final = 0.5
_NEAR_BEST: Final = 0.65
_NAMED: Final = 0.99
_FEWEST: Final = 12


async def passages_on(
    topic: str, passages: Sequence[SourcePassage], embedder: Embedder | None
) -> Sequence[SourcePassage]:
    """The passages about a topic in their order; all of them where none is named.

    With a passage come those below the same heading of its document, and all whose headings name
    the topic; never those of the background.

    Args:
        topic: A few words, or a question; may be empty.
        passages: What may be used.
        embedder: The one that made the sentence vectors; None for words alone.

    Raises:
        NothingToWriteError: They do not hold the topic, or there are none.
    """
    passages = [passage for passage in passages if not passage.is_background]
    if not passages:
        raise NothingToWriteError(topic)
    if not topic.strip():
        return passages
    vector = None
    if embedder is not None and language_by_script(topic) in EMBEDDED_LANGUAGES:
        vector = await embedder.embed_query(topic)
    relevances = _relevances(topic, vector, passages)
    ranked = sorted(range(len(passages)), key=lambda n: -relevances[n])
    best = [_readable(passages[n], place) for place, n in enumerate(ranked[:6], start=1)]
    is_held = answerability(topic, vector, best) >= ANSWERABLE or _names(topic, best)
    if not is_held or relevances[ranked[0]] <= 0:
        raise NothingToWriteError(topic)
    least = _NEAR_BEST * relevances[ranked[0]]
    chosen = {_place(passages[n]) for n in ranked if relevances[n] >= least}
    names = TopicNames(topic)
    return [
        passage for passage in passages if _place(passage) in chosen or names.stand_above(passage)
    ]


def _relevances(
    topic: str, vector: NDArray[np.float32] | None, passages: Sequence[SourcePassage]
) -> list[float]:
    held = [_terms(passage) for passage in passages]
    rarity = rarities_among(question_terms(topic), held, fewest=_FEWEST)
    return [
        _COSINE * _nearest(vector, passage)
        + _COVERAGE * weighted_share(rarity.keys(), terms, rarity)
        for passage, terms in zip(passages, held, strict=True)
    ]


def _names(topic: str, best: Sequence[Passage]) -> bool:
    """Whether one passage has every word of the topic; a word or two make no question."""
    wanted = frozenset(question_terms(topic))
    return bool(wanted) and any(
        len(wanted & frozenset(terms_of(" ".join((p.title, *p.heading, p.text)))))
        >= _NAMED * len(wanted)
        for p in best
    )


def _nearest(vector: NDArray[np.float32] | None, passage: SourcePassage) -> float:
    vectors = passage.sentence_vectors
    if vector is None or vectors is None or not len(vectors):
        return 0.0
    rows = vectors.astype(np.float32)
    lengths = np.maximum(np.linalg.norm(rows, axis=1), 1.0)
    return max(0.0, float((rows @ vector / lengths).max()))


def _terms(passage: SourcePassage) -> frozenset[str]:
    return frozenset(terms_of(" ".join((passage.document_title, *passage.heading, passage.text))))


def _place(passage: SourcePassage) -> tuple[object, ...]:
    return passage.document_id, passage.heading or passage.place or passage.chunk_id


def _readable(passage: SourcePassage, number: int) -> Passage:
    return Passage(
        number,
        passage.text,
        passage.document_title,
        passage.heading,
        passage.sentence_bounds,
        passage.sentence_vectors,
        passage.score,
    )
