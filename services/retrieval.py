"""What a course holds on a question: one round trip for candidates, then fused and re-scored."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from ai.embedding.embedder import Embedder
from ai.retrieval.languages import language_by_script
from ai.retrieval.scoring import (
    BM25_B,
    BM25_K1,
    FusionWeights,
    RankedCandidate,
    best_sentence_cosines,
    rank,
    weights_for,
    without_near_duplicates,
)
from ai.retrieval.terms import analyse
from ingestion.document import Locator
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from storage.database import MAINTENANCE, Database, Scope
from storage.repositories.embedders import EmbeddersRepository
from storage.repositories.passages import PassageSentences, PassagesRepository
from storage.repositories.retrieval import (
    EVERYTHING,
    Candidate,
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
    """A passage found for a question.

    Attributes:
        text: stands verbatim at `char_start..char_end` (code points) of the document's version.
        sentence_bounds: of `text`.
        sentence_vectors: `(n_sentences, dimension)` int8, of any scale.
        score: fused, about 0..1; comparable between questions of one course.
        dense: cosine of question and passage.
        lexical: BM25 as a share of what the question could attain.
        sentence: cosine of question and best sentence.
    """

    chunk_id: int
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


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Passages, best first, the vector they were found by, and the corpus they stand for."""

    passages: tuple[RetrievedPassage, ...]
    query_vector: NDArray[np.float32]
    corpus_revision: int


class RetrievalService:
    """Finds passages in one course."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._embedder_id: int | None = None

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
        """The `k` best passages; the question is encoded before a connection is taken."""
        query_vector = await self._embedder.embed_query(question)
        async with self.connection(scope, course, wanted) as connection:
            return await self.retrieve_by_vector(
                connection, course, question, query_vector, k=k, weights=weights, wanted=wanted
            )

    @asynccontextmanager
    async def connection(
        self, scope: Scope, course: CourseAccess, wanted: SearchFilter = EVERYTHING
    ) -> AsyncIterator[asyncpg.Connection]:
        """The transaction to retrieve in.

        An exact scan takes longer to plan over all partitions than to run, so its plan is kept;
        an index of one embedder is found by a plan for that embedder only.
        """
        await self._embedder_number()  # with a connection of its own: never while one is held
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
            course: where to look; the question's terms are analysed in its language.
            question: gives the lexical terms.
            query_vector: `(dimension,)` float32, L2-normalised, by this service's embedder.
            k: passages at most.
            weights: of the arms; None for those of the question's language.
            wanted: the documents to look in.
        """
        weights = weights or weights_for(language_by_script(question, course.language))
        candidates = await RetrievalRepository(connection).candidates(
            course.course_id,
            await self._embedder_number(),
            query_vector=query_vector,
            terms=sorted(set(analyse(question, course.language))),
            choice=_choice(weights),
            chunk_count=course.chunk_count,
            wanted=wanted,
        )
        ranked = _ranked(candidates, query_vector, weights, k)
        revision = candidates.corpus_revision
        return Retrieval(
            passages=tuple(_passage(candidates[found.position], found) for found in ranked),
            query_vector=query_vector,
            corpus_revision=course.corpus_revision if revision is None else revision,
        )

    async def sentences(
        self, scope: Scope, course: CourseAccess, chunk_ids: Collection[int]
    ) -> dict[int, PassageSentences]:
        """The sentences of passages found before, as far as the course still has them."""
        number = await self._embedder_number()
        async with self._database.transaction(scope) as session:
            return await PassagesRepository(session).sentences(
                course.course_id, number, self._embedder.dimension, chunk_ids
            )

    async def _embedder_number(self) -> int:
        """The number of this service's embedder, asked for once."""
        if self._embedder_id is None:
            async with self._database.transaction(MAINTENANCE) as session:
                embedders = EmbeddersRepository(session)
                self._embedder_id = await embedders.ensure(
                    self._embedder.id, self._embedder.dimension
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
    ranked = rank(
        candidates.cosines,
        candidates.lexical,
        best_sentence_cosines(query_vector, candidates.sentence_vectors),
        weights,
    )
    return without_near_duplicates(ranked, candidates.sentence_vectors, limit=k)


def _passage(candidate: Candidate, ranked: RankedCandidate) -> RetrievedPassage:
    return RetrievedPassage(
        chunk_id=candidate.chunk_id,
        document_id=candidate.document_id,
        document_version=candidate.document_version,
        document_title=candidate.document_title,
        document_key=candidate.document_key,
        locator=candidate.locator,
        char_start=candidate.char_start,
        char_end=candidate.char_end,
        text=candidate.text,
        sentence_bounds=candidate.sentence_bounds,
        sentence_vectors=candidate.sentence_vectors,
        score=ranked.score,
        dense=ranked.dense,
        lexical=ranked.lexical,
        sentence=ranked.sentence,
    )
