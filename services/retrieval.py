"""What a course holds on a question: one round trip for candidates, then fused and re-scored."""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from ai.retrieval.languages import language_by_script
from ai.retrieval.readable import joined_bounds, joined_text, readable_passages
from ai.retrieval.reranking import Reranking
from ai.retrieval.scoring import (
    BM25_B,
    BM25_K1,
    CORRECTION_APPLIES_FROM,
    FusionWeights,
    RankedCandidate,
    best_sentence_cosines,
    corrections_first,
    rank,
    weights_for,
    without_near_duplicates,
)
from ai.retrieval.terms import languages_of, term_frequencies
from ingestion.document import Locator
from ingestion.languages import language_of_question
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.question_encoding import QuestionEncoder
from storage.database import MAINTENANCE, Database, Scope
from storage.repositories.embedders import EmbeddersRepository
from storage.repositories.passages import PassageSentences, PassagesRepository
from storage.repositories.retrieval import (
    EVERYTHING,
    CandidateChoice,
    Candidates,
    RetrievalRepository,
    SearchFilter,
    scans_exactly,
)

CANDIDATES = 50
"""Of each arm, and of both together; keeping all that both found changed no metric in trials."""


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage found for a question: the chunk that was found, and neighbours it is read with.

    Attributes:
        chunk_id: of the chunk that was found, whose place and scores are those of the passage.
        chunk_ids: of all its chunks, in the order of the document.
        text: stands verbatim at `char_start..char_end` (code points) of the document's version.
        sentence_bounds: of `text`.
        sentence_vectors: `(n_sentences, dimension)` int8, of any scale; without rows where the
            passage is not encoded yet, and its lexical score stands for `dense` and `sentence`.
        score: fused, about 0..1; comparable between questions of one course.
        dense: cosine of question and passage.
        lexical: BM25 as a share of what the question could attain.
        sentence: cosine of question and best sentence.
        is_correction: whether a teacher says it in place of an answer.
    """

    chunk_id: int
    chunk_ids: tuple[int, ...]
    document_id: UUID
    document_version: int
    document_title: str
    document_key: str
    locator: Locator
    char_start: int
    char_end: int
    text: str
    sentence_bounds: tuple[tuple[int, int], ...]
    sentence_vectors: NDArray[np.int8]
    score: float
    dense: float
    lexical: float
    sentence: float
    is_correction: bool = False

    @property
    def goes_first(self) -> bool:
        """Whether it is a correction that fits the question, before which nothing counts."""
        return self.is_correction and self.score >= CORRECTION_APPLIES_FROM


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Passages, best first, the vector they were found by, and the corpus they stand for.

    Attributes:
        is_fully_encoded: whether every candidate had vectors of this service's embedder; false
            while a new encoder's are filled in.
    """

    passages: tuple[RetrievedPassage, ...]
    query_vector: NDArray[np.float32]
    corpus_revision: int
    is_fully_encoded: bool = True


class RetrievalService:
    """Finds passages in one course."""

    def __init__(
        self, database: Database, encoder: QuestionEncoder, reranking: Reranking | None = None
    ) -> None:
        """Takes what it reads from; `reranking` has the last word on the order, if it is there."""
        self._database = database
        self._encoder = encoder
        self._reranking = reranking
        self._embedder_id: int | None = None

    @property
    def dimension(self) -> int:
        """Of the vectors."""
        return self._encoder.dimension

    async def search(
        self,
        actor: Actor,
        course: UUID | str,
        question: str,
        *,
        k: int = 8,
        wanted: SearchFilter = EVERYTHING,
    ) -> Retrieval:
        """The `k` best passages on a question, for an actor who may read the course.

        Raises:
            NotFoundError: no such course for this actor.
            OverloadedError: as many questions are encoded as may be.
            EmbeddingError: a remote encoder gives no vector.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
        scope = Scope(user_id=actor.user_id, course_ids=(access.course_id,))
        return await self.retrieve(scope, access, question, k=k, wanted=wanted)

    async def retrieve(
        self,
        scope: Scope,
        course: CourseAccess,
        question: str,
        *,
        k: int = 8,
        weights: FusionWeights | None = None,
        wanted: SearchFilter = EVERYTHING,
    ) -> Retrieval:
        """The `k` best passages; the question is encoded before a connection is taken.

        With `weights` given the order is theirs alone: no reranker is asked.
        """
        query_vector = await self._encoder.vector(question)
        if weights is None:
            return await self.retrieve_for(
                scope, course, question, query_vector, k=k, wanted=wanted
            )
        async with self.connection(scope, course, wanted) as connection:
            return await self.retrieve_by_vector(
                connection, course, question, query_vector, k=k, weights=weights, wanted=wanted
            )

    async def retrieve_for(
        self,
        scope: Scope,
        course: CourseAccess,
        question: str,
        query_vector: NDArray[np.float32],
        *,
        k: int = 8,
        wanted: SearchFilter = EVERYTHING,
    ) -> Retrieval:
        """The `k` best passages for a question whose vector is at hand.

        A reranker is asked once the connection is given back.
        """
        found_first = k if self._reranking is None else max(k, self._reranking.candidates)
        async with self.connection(scope, course, wanted) as connection:
            found = await self.retrieve_by_vector(
                connection, course, question, query_vector, k=found_first, wanted=wanted
            )
        if self._reranking is None:
            return found
        passages = found.passages
        places = await self._reranking.order(question, [passage.text for passage in passages])
        places = sorted(places, key=lambda place: not passages[place].goes_first)
        return replace(found, passages=tuple(passages[place] for place in places[:k]))

    @asynccontextmanager
    async def connection(
        self, scope: Scope, course: CourseAccess, wanted: SearchFilter = EVERYTHING
    ) -> AsyncIterator[asyncpg.Connection]:
        """The transaction to retrieve in.

        An exact scan takes longer to plan over all partitions than to run, so its plan is kept;
        an index of one embedder is found by a plan for that embedder only.
        """
        await self.embedder_number()  # with a connection of its own: never while one is held
        is_exact = scans_exactly(course.chunk_count, wanted)
        async with self._database.connection(scope, reuses_plans=is_exact) as connection:
            yield connection

    async def retrieve_by_vector(
        self,
        connection: asyncpg.Connection,
        course: CourseAccess,
        question: str,
        query_vector: NDArray[np.float32],
        *,
        k: int = 8,
        weights: FusionWeights | None = None,
        wanted: SearchFilter = EVERYTHING,
    ) -> Retrieval:
        """The `k` best passages for a question whose vector is at hand; one round trip.

        Args:
            connection: one in a transaction whose scope covers the course.
            course: where to look; the question's terms are analysed in its language, and
                in the question's own where that is another.
            question: gives the lexical terms.
            query_vector: `(dimension,)` float32, L2-normalised, by this service's encoder.
            k: passages at most.
            weights: of the arms; None for those of the question's language.
            wanted: the documents to look in.
        """
        weights = weights or weights_for(language_by_script(question, course.language))
        languages = languages_of(course.language, language_of_question(question))
        candidates = await RetrievalRepository(connection).candidates(
            course.course_id,
            await self.embedder_number(),
            query_vector=query_vector,
            terms=sorted(term_frequencies(question, languages)),
            choice=_choice(weights),
            chunk_count=course.chunk_count,
            wanted=wanted,
        )
        ranked = _ranked(candidates, query_vector, weights, 2 * k)
        revision = candidates.corpus_revision
        return Retrieval(
            passages=tuple(_passages(candidates, ranked, k)),
            query_vector=query_vector,
            corpus_revision=course.corpus_revision if revision is None else revision,
            is_fully_encoded=bool(candidates.is_encoded.all()),
        )

    async def sentences(
        self, scope: Scope, course: CourseAccess, chunk_ids: Collection[int]
    ) -> dict[int, PassageSentences]:
        """The sentences of passages found before, as far as the course still has them."""
        number = await self.embedder_number()
        async with self._database.transaction(scope) as session:
            return await PassagesRepository(session).sentences(
                course.course_id, number, self._encoder.dimension, chunk_ids
            )

    async def embedder_number(self) -> int:
        """The number of this service's embedder, asked for once."""
        if self._embedder_id is None:
            async with self._database.transaction(MAINTENANCE) as session:
                embedders = EmbeddersRepository(session)
                self._embedder_id = await embedders.ensure(
                    self._encoder.embedder_id, self._encoder.dimension
                )
        return self._embedder_id


def _choice(weights: FusionWeights) -> CandidateChoice:
    """The final weights, with the passage's cosine standing in for its best sentence's."""
    return CandidateChoice(
        k1=BM25_K1,
        b=BM25_B,
        meaning_weight=weights.dense + weights.sentence,
        lexical_weight=weights.lexical,
        limit=CANDIDATES,
    )


def _ranked(
    candidates: Candidates,
    query_vector: NDArray[np.float32],
    weights: FusionWeights,
    k: int,
) -> list[RankedCandidate]:
    if not len(candidates):
        return []
    sentence = best_sentence_cosines(query_vector, candidates.sentence_vectors)
    ranked = rank(
        candidates.cosines,
        candidates.lexical,
        np.where(candidates.is_encoded, sentence, candidates.lexical),
        weights,
    )
    if candidates.is_correction.any():
        ranked = corrections_first(ranked, candidates.is_correction)
    return without_near_duplicates(ranked, candidates.sentence_vectors, limit=k)


def _passages(
    candidates: Candidates, ranked: Sequence[RankedCandidate], k: int
) -> Iterator[RetrievedPassage]:
    """The best `k` passages; the neighbours that they are read with are candidates themselves."""
    places = candidates.places
    by_position = {found.position: found for found in ranked}
    for readable in readable_passages([found.position for found in ranked], places, limit=k):
        chunks = [candidates[position] for position in readable.positions]
        placed = [places[position] for position in readable.positions]
        found = candidates[readable.found]
        score = by_position[readable.found]
        yield RetrievedPassage(
            chunk_id=found.chunk_id,
            chunk_ids=tuple(chunk.chunk_id for chunk in chunks),
            document_id=found.document_id,
            document_version=found.document_version,
            document_title=found.document_title,
            document_key=found.document_key,
            locator=found.locator,
            char_start=chunks[0].char_start,
            char_end=chunks[-1].char_end,
            text=joined_text(placed),
            sentence_bounds=joined_bounds(placed, [chunk.sentence_bounds for chunk in chunks]),
            sentence_vectors=_joined_vectors([chunk.sentence_vectors for chunk in chunks]),
            score=score.score,
            dense=score.dense,
            lexical=score.lexical,
            sentence=score.sentence,
            is_correction=found.is_correction,
        )


def _joined_vectors(vectors: Sequence[NDArray[np.int8]]) -> NDArray[np.int8]:
    """A row for each sentence; none where a chunk is not encoded yet."""
    if len(vectors) == 1:
        return vectors[0]
    is_whole = all(map(len, vectors))
    return np.concatenate(vectors) if is_whole else vectors[0][:0]
