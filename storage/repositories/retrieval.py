"""Candidates for a question in one round trip: dense and lexical, within one course's partition."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from ingestion.document import Locator, Region
from storage.vectors import halfvec_bytes, vector_connection

CANDIDATES = """
WITH course AS MATERIALIZED (
    SELECT corpus_revision, chunk_count::float8 AS chunk_count,
           greatest(lexical_length::float8 / greatest(chunk_count, 1), 1) AS mean_length
    FROM courses WHERE id = $1
), dense AS MATERIALIZED (
    SELECT chunk_id FROM chunk_vectors
    WHERE course_id = $1 AND embedder_id = $2
    ORDER BY vector <#> $3 LIMIT $4
), matched AS MATERIALIZED (
    SELECT postings.term, posting.chunk_id, posting.frequency, posting.length
    FROM lexical_postings AS postings,
         unnest(postings.chunk_ids, postings.frequencies, postings.lengths)
             AS posting (chunk_id, frequency, length)
    WHERE postings.course_id = $1 AND postings.term = ANY($5::text[])
), rarity AS MATERIALIZED (
    SELECT matched.term,
           ln(1 + (course.chunk_count - count(*) + 0.5) / (count(*) + 0.5)) AS weight
    FROM matched CROSS JOIN course GROUP BY matched.term, course.chunk_count
), scored AS MATERIALIZED (
    SELECT matched.chunk_id,
           sum(rarity.weight * matched.frequency / (matched.frequency + $6::float8
               * (1 - $7::float8 + $7 * matched.length / course.mean_length)))
               / (SELECT sum(weight) FROM rarity) AS lexical
    FROM matched JOIN rarity USING (term) CROSS JOIN course
    GROUP BY matched.chunk_id
), found AS (
    SELECT chunk_id FROM dense
    UNION
    (SELECT chunk_id FROM scored ORDER BY lexical DESC, chunk_id LIMIT $4)
), candidates AS MATERIALIZED (
    SELECT found.chunk_id, -(vectors.vector <#> $3) AS cosine,
           coalesce(scored.lexical, 0) AS lexical
    FROM found
    JOIN chunk_vectors AS vectors ON vectors.course_id = $1 AND vectors.embedder_id = $2
        AND vectors.chunk_id = found.chunk_id
    LEFT JOIN scored ON scored.chunk_id = found.chunk_id
    ORDER BY $8::float8 * -(vectors.vector <#> $3) + $9::float8 * coalesce(scored.lexical, 0) DESC,
             found.chunk_id
    LIMIT $4
)
SELECT chunks.id, chunks.document_id, chunks.document_version, documents.title, documents.key,
       chunks.ordinal, chunks.heading, chunks.page, chunks.slide, chunks.start_seconds,
       chunks.line, chunks.cell, chunks.regions,
       chunks.char_start, chunks.char_end, chunks.text, chunks.sentence_bounds,
       vectors.sentence_vectors, candidates.cosine, candidates.lexical, course.corpus_revision
FROM course CROSS JOIN candidates
JOIN chunks ON chunks.course_id = $1 AND chunks.id = candidates.chunk_id
JOIN chunk_vectors AS vectors ON vectors.course_id = $1 AND vectors.embedder_id = $2
    AND vectors.chunk_id = candidates.chunk_id
JOIN documents ON documents.id = chunks.document_id
ORDER BY chunks.id
"""
"""BM25 with the inverse document frequency of Lucene, which is never negative, as a share of what
the question's terms could attain: without the factor k1 + 1, over the sum of their weights.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009);
Kamphuis et al., "Which BM25 Do You Mean?" (2020), variant "Lucene (accurate)".
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that one of the two arms has found, with both scores.

    Attributes:
        cosine: of the question's vector and the chunk's.
        lexical: BM25 as a share of what the question could attain, 0..1; 0 where the chunk holds
            no term of the question.
        sentence_vectors: `(n_sentences, dimension)` int8.
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


class RetrievalRepository:
    """Reads the chunks that may answer a question."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def candidates(
        self,
        course_id: UUID,
        embedder_id: int,
        *,
        query_vector: NDArray[np.float32],
        terms: Sequence[str],
        choice: CandidateChoice,
    ) -> tuple[list[Candidate], int | None]:
        """The best chunks of both arms, and the corpus revision they belong to.

        The revision is None where nothing was found. Ordered by chunk id, so that a later stable
        sort breaks ties always alike.

        Args:
            course_id: the course, whose partition alone is read.
            embedder_id: the encoder of the vectors to compare with.
            query_vector: `(dimension,)`, L2-normalised.
            terms: of the question, each once.
            choice: how they are found and chosen.
        """
        connection = await vector_connection(self._session)
        rows = await connection.fetch(
            CANDIDATES,
            course_id,
            embedder_id,
            halfvec_bytes(query_vector),
            choice.limit,
            terms,
            choice.k1,
            choice.b,
            choice.meaning_weight,
            choice.lexical_weight,
        )
        dimension = query_vector.shape[0]
        revision = rows[0]["corpus_revision"] if rows else None
        return [_candidate(row, dimension) for row in rows], revision


def _candidate(row: asyncpg.Record, dimension: int) -> Candidate:
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
            regions=tuple(Region(**region) for region in orjson.loads(row["regions"] or b"[]")),
        ),
        char_start=row["char_start"],
        char_end=row["char_end"],
        text=row["text"],
        sentence_bounds=tuple(zip(offsets[::2], offsets[1::2], strict=True)),
        sentence_vectors=np.frombuffer(row["sentence_vectors"], np.int8).reshape(-1, dimension),
        cosine=row["cosine"],
        lexical=row["lexical"],
    )
