"""The statement that finds a question's candidates, in the shape that its scope asks for."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from uuid import UUID

EF_SEARCH = 200
"""Vectors that HNSW keeps at hand in each of its rounds.

Source: `benchmarks/retrieval_scale.py`.
"""

EXACT = """
    SELECT chunk_id FROM chunk_vectors
    WHERE course_id = $1 AND embedder_id = $2
    ORDER BY vector <#> $3 LIMIT $4
"""
APPROXIMATE = """
    SELECT chunk_id FROM chunk_vectors
    WHERE course_id = '{course_id}' AND embedder_id = {embedder_id}
      AND $1::uuid IS NOT NULL AND $2::smallint IS NOT NULL
      AND (SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true)
               || set_config('hnsw.ef_search', '{ef_search}', true)) <> ''
    ORDER BY (vector::halfvec({dimension})) <#> $3::halfvec({dimension}) LIMIT $4
"""
"""The settings hold for the transaction; they are made before the scan begins, in its round trip.

Course and numbers stand in the text because a partial expression index is matched by constants
only. Without the index the same statement scans exactly; beside one of the whole partition, as
earlier releases built, the scan goes on until it has enough of the course.
"""
AMONG_ALLOWED = """
    SELECT chunks.id AS chunk_id FROM allowed
    JOIN chunks ON chunks.course_id = $1 AND chunks.document_id = allowed.id
    JOIN chunk_vectors AS vectors ON vectors.course_id = $1 AND vectors.embedder_id = $2
        AND vectors.chunk_id = chunks.id
    ORDER BY vectors.vector <#> $3 LIMIT $4
"""
ALLOWED = """allowed AS MATERIALIZED (
    SELECT id FROM documents
    WHERE course_id = $1 AND deleted_at IS NULL
      AND ($10::uuid[] IS NULL OR id = ANY($10))
      AND ($11::uuid IS NULL OR lesson_id = $11)
      AND ($12::text IS NULL OR language = $12 OR language LIKE $12 || '-%')
      AND ($13::text[] IS NULL OR media_type = ANY($13))
), """
ONLY_ALLOWED = "WHERE matched.document_id IN (SELECT id FROM allowed)"

STATEMENT = """
WITH {allowed}course AS MATERIALIZED (
    SELECT corpus_revision, chunk_count::float8 AS chunk_count,
           greatest(lexical_length::float8 / greatest(chunk_count, 1), 1) AS mean_length
    FROM courses WHERE id = $1
), dense AS MATERIALIZED ({dense}), matched AS MATERIALIZED (
    SELECT postings.term, postings.document_id,
           posting.chunk_id, posting.frequency, posting.length
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
    {only_allowed}
    GROUP BY matched.chunk_id
), ranked AS MATERIALIZED (
    SELECT chunk_id, lexical, row_number() OVER (ORDER BY lexical DESC, chunk_id) AS place
    FROM scored
), found AS MATERIALIZED (
    SELECT coalesce(dense.chunk_id, ranked.chunk_id) AS chunk_id,
           coalesce(ranked.lexical, 0) AS lexical
    FROM dense FULL JOIN ranked ON ranked.chunk_id = dense.chunk_id
    WHERE dense.chunk_id IS NOT NULL OR ranked.place <= $4
    LIMIT 2 * $4
), candidates AS MATERIALIZED (
    SELECT found.chunk_id, coalesce(-(vectors.vector <#> $3), found.lexical) AS cosine,
           found.lexical, vectors.sentence_vectors
    FROM found
    LEFT JOIN chunk_vectors AS vectors ON vectors.course_id = $1 AND vectors.embedder_id = $2
        AND vectors.chunk_id = found.chunk_id
    ORDER BY $8::float8 * coalesce(-(vectors.vector <#> $3), found.lexical)
             + $9::float8 * found.lexical DESC,
             found.chunk_id
    LIMIT $4
), passages AS MATERIALIZED (
    SELECT chunks.id, chunks.document_id, chunks.document_version,
           chunks.ordinal, chunks.heading, chunks.page, chunks.slide, chunks.start_seconds,
           chunks.line, chunks.cell, chunks.regions,
           chunks.char_start, chunks.char_end, chunks.text, chunks.sentence_bounds,
           chunks.gap_before,
           candidates.sentence_vectors, candidates.cosine, candidates.lexical
    FROM candidates JOIN chunks ON chunks.course_id = $1 AND chunks.id = candidates.chunk_id
    LIMIT $4
)
SELECT passages.*, documents.title, documents.key, documents.kind, course.corpus_revision
FROM course CROSS JOIN passages
JOIN documents ON documents.id = passages.document_id
ORDER BY passages.id
"""
"""BM25 with the inverse document frequency of Lucene, which is never negative, as a share of what
the question's terms could attain: without the factor k1 + 1, over the sum of their weights.
The rarity of a term is that in the whole course, also where documents are filtered.

A full join can only be hashed or merged. An outer join to `scored`, whose size the planner cannot
know, became a nested loop that compared every candidate with every match.

Limits that cut nothing off tell the planner how few rows there are, so that it looks them up by
their keys instead of reading whole tables: 2.2 instead of 3.7 ms in a course of 1,252 chunks.

Vectors and chunks are joined, not looked up one by one: lateral subqueries, each behind the
policies of row-level security, took 3 times as long in a course of 200 chunks and 7 times in one
of 2,000.

A chunk that the embedder has no vectors of yet is found by its words; its lexical score stands in
for the cosine.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009);
Kamphuis et al., "Which BM25 Do You Mean?" (2020), variant "Lucene (accurate)".
"""

CANDIDATES = STATEMENT.format(allowed="", dense=EXACT, only_allowed="")
"""The dense arm compares every vector of the course, found through the primary key."""


@dataclass(frozen=True, slots=True)
class DenseSearch:
    """How the dense arm searches: which vectors, and exactly or by their HNSW index."""

    way: Literal["exact", "approximate", "filtered"]
    course_id: UUID
    embedder_id: int
    dimension: int


def dense_statement(search: DenseSearch) -> str:
    """The dense arm by itself, for one that is not filtered: parameters $1 to $4.

    An approximate one has course and embedder as constants beside $1 and $2.
    """
    if search.way == "exact":
        return EXACT
    return APPROXIMATE.format(
        course_id=search.course_id,
        embedder_id=int(search.embedder_id),
        dimension=int(search.dimension),
        ef_search=EF_SEARCH,
    )


@lru_cache(maxsize=64)
def candidate_statement(search: DenseSearch) -> str:
    """The statement for a search; `filtered` takes four more parameters, the filters."""
    match search.way:
        case "exact":
            return CANDIDATES
        case "filtered":
            return STATEMENT.format(allowed=ALLOWED, dense=AMONG_ALLOWED, only_allowed=ONLY_ALLOWED)
        case "approximate":
            return STATEMENT.format(allowed="", dense=dense_statement(search), only_allowed="")
