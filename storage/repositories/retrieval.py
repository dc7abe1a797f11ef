"""Candidates for a question in one round trip: dense and lexical, within one course's partition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from ai.retrieval.readable import PlacedChunk
from ingestion.document import Locator, Region
from storage.candidate_statements import DenseSearch, candidate_statement
from storage.vectors import halfvec_bytes

APPROXIMATE_FROM_CHUNKS = 8_000
"""Chunks of a course from which its vectors are searched by their index instead of one by one.

Source: `benchmarks/retrieval_scale.py`.
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that one of the two arms has found, with both scores.

    Attributes:
        cosine: of the question's vector and the chunk's; where the chunk is not encoded yet, its
            lexical score stands here.
        lexical: BM25 as a share of what the question could attain, 0..1; 0 where the chunk holds
            no term of the question.
        sentence_vectors: `(n_sentences, dimension)` int8; without rows where it is not encoded.
    """

    chunk_id: int
    document_id: UUID
    document_version: int
    document_title: str
    document_key: str
    ordinal: int
    locator: Locator
    char_start: int
    char_end: int
    text: str
    sentence_bounds: tuple[tuple[int, int], ...]
    sentence_vectors: NDArray[np.int8]
    cosine: float
    lexical: float
    is_correction: bool


class Candidates:
    """What both arms have found, by chunk id: scores of all at once, a candidate when asked for.

    Attributes:
        corpus_revision: of the course when it was searched; None where nothing was found.
        cosines: `(n,)` float64.
        lexical: `(n,)` float64.
        sentence_vectors: `(n_sentences, dimension)` int8 of each candidate.
        is_encoded: `(n,)` bool, whether the embedder's vectors of it are there yet.
        is_correction: `(n,)` bool, whether a teacher says it in place of an answer.
    """

    def __init__(self, rows: Sequence[asyncpg.Record], dimension: int) -> None:
        self._rows = rows
        self.corpus_revision: int | None = rows[0]["corpus_revision"] if rows else None
        self.cosines = np.array([row["cosine"] for row in rows], dtype=np.float64)
        self.lexical = np.array([row["lexical"] for row in rows], dtype=np.float64)
        self.sentence_vectors = [
            np.frombuffer(row["sentence_vectors"] or b"", np.int8).reshape(-1, dimension)
            for row in rows
        ]
        self.is_encoded = np.array(
            [row["sentence_vectors"] is not None for row in rows], dtype=np.bool_
        )
        self.is_correction = np.array([row["kind"] == "correction" for row in rows], dtype=np.bool_)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rows)

    @property
    def places(self) -> list[PlacedChunk]:
        """Where each candidate stands in its document."""
        return [
            PlacedChunk(row["document_id"], row["ordinal"], row["text"], row["gap_before"])
            for row in self._rows
        ]

    def __getitem__(self, position: int) -> Candidate:
        """The candidate at a place of the arrays."""
        return _candidate(self._rows[position], self.sentence_vectors[position])


@dataclass(frozen=True, slots=True)
class CandidateChoice:
    """How candidates are found and chosen, before the best sentence is known.

    Attributes:
        k1: saturation of BM25.
        b: length normalisation of BM25.
        meaning_weight: of the cosine, in the choice among what both arms have found.
        lexical_weight: of the lexical score there.
        limit: candidates of each arm, and of both together, at most.
    """

    k1: float
    b: float
    meaning_weight: float
    lexical_weight: float
    limit: int


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a search is narrowed to; None leaves a filter out.

    Attributes:
        document_ids: documents to look in.
        lesson_id: the lesson whose material to look in.
        language: of the documents, as ISO 639-1 code.
        media_types: of the documents.
    """

    document_ids: tuple[UUID, ...] | None = None
    lesson_id: UUID | None = None
    language: str | None = None
    media_types: tuple[str, ...] | None = None

    @property
    def values(self) -> tuple[object, ...]:
        """The parameters of the filtered statement, in their order."""
        return (self.document_ids, self.lesson_id, self.language, self.media_types)

    @property
    def is_empty(self) -> bool:
        """Whether it lets every document through."""
        return all(value is None for value in self.values)


EVERYTHING = SearchFilter()


class RetrievalRepository:
    """Reads the chunks that may answer a question, on a connection of `Database.connection`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def candidates(
        self,
        course_id: UUID,
        embedder_id: int,
        *,
        query_vector: NDArray[np.float32],
        terms: Sequence[str],
        choice: CandidateChoice,
        chunk_count: int = 0,
        wanted: SearchFilter = EVERYTHING,
    ) -> Candidates:
        """The best chunks of both arms.

        Ordered by chunk id, so that a later stable sort breaks ties always alike.

        Args:
            course_id: the course, whose partition alone is read.
            embedder_id: the encoder of the vectors to compare with.
            query_vector: `(dimension,)`, L2-normalised.
            terms: of the question, each once.
            choice: how they are found and chosen.
            chunk_count: of the course; decides whether vectors are searched by their index. A
                filtered search compares all vectors of the documents that it lets through.
            wanted: the documents to look in.
        """
        dimension = query_vector.shape[0]
        search = DenseSearch(_way(chunk_count, wanted), course_id, embedder_id, dimension)
        filters = () if wanted.is_empty else wanted.values
        rows = await self._connection.fetch(
            candidate_statement(search),
            course_id,
            embedder_id,
            halfvec_bytes(query_vector),
            choice.limit,
            terms,
            choice.k1,
            choice.b,
            choice.meaning_weight,
            choice.lexical_weight,
            *filters,
        )
        return Candidates(rows, dimension)


def scans_exactly(chunk_count: int, wanted: SearchFilter) -> bool:
    """Whether candidates of such a course are found by reading all its vectors."""
    return wanted.is_empty and chunk_count < APPROXIMATE_FROM_CHUNKS


def _way(chunk_count: int, wanted: SearchFilter) -> Literal["exact", "approximate", "filtered"]:
    if scans_exactly(chunk_count, wanted):
        return "exact"
    return "approximate" if wanted.is_empty else "filtered"


def _candidate(row: asyncpg.Record, sentence_vectors: NDArray[np.int8]) -> Candidate:
    offsets = row["sentence_bounds"]
    return Candidate(
        chunk_id=row["id"],
        document_id=UUID(int=row["document_id"].int),
        document_version=row["document_version"],
        document_title=row["title"],
        document_key=row["key"],
        ordinal=row["ordinal"],
        locator=Locator(
            page=row["page"],
            slide=row["slide"],
            heading=tuple(row["heading"]),
            start_seconds=row["start_seconds"],
            line=row["line"],
            cell=row["cell"],
            regions=tuple(Region(**region) for region in row["regions"] or ()),
        ),
        char_start=row["char_start"],
        char_end=row["char_end"],
        text=row["text"],
        sentence_bounds=tuple(zip(offsets[::2], offsets[1::2], strict=True)),
        sentence_vectors=sentence_vectors,
        cosine=row["cosine"],
        lexical=row["lexical"],
        is_correction=row["kind"] == "correction",
    )
