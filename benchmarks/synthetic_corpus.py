"""Courses of synthetic vectors in a seeded cluster structure, with varied text of the material."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray
from uuid_utils.compat import uuid7

from ai.embedding.pooling import normalised
from ai.retrieval.terms import analyse
from storage.corpus_rows import POSTING_COLUMNS, VECTOR_COLUMNS
from storage.vectors import halfvec_rows

DIMENSION = 384
EMBEDDER = 1
SUBJECTS, TOPICS, TOPIC_DIMENSIONS = 60, 1_800, 20
LEANING, TOPICS_APART = 0.5, 0.9
"""Lengths, beside a subject's own of 1: of the direction common to all, and of a topic's own."""
EXTENT, NOISE = 1.2, 0.4
"""Lengths of what moves a vector from its topic's centre, which is 1 long."""
SENTENCES = 3
BATCH = 2_000
OTHER_COURSES = 20
SEED = 20_261_123
CHUNK_COLUMNS = (
    "course_id",
    "id",
    "document_id",
    "document_version",
    "ordinal",
    "char_start",
    "char_end",
    "text",
    "sentence_bounds",
    "token_count",
    "content_hash",
)


class Crowd:
    """Where synthetic vectors lie: subjects, their topics of very different sizes, and passages.

    Like text in what a search feels. A vector is its topic's centre, moved along the few directions
    in which that topic extends, and a little in all others, so that its neighbourhood has about as
    many dimensions as a passage's has (`intrinsic_dimension`). Topics of one subject lie nearer to
    each other than to others, and all of them lean in one direction, so that a graph leads from
    one to the next: among as many vectors it finds as many of the nearest as among real ones.
    """

    def __init__(self, seed: int = SEED) -> None:
        self._random = np.random.default_rng(seed)
        common = normalised(self._normal((DIMENSION,)))
        subjects = normalised(normalised(self._normal((SUBJECTS, DIMENSION))) + LEANING * common)
        of_topic = np.repeat(np.arange(SUBJECTS), TOPICS // SUBJECTS)
        apart = TOPICS_APART * normalised(self._normal((TOPICS, DIMENSION)))
        self._centres = self._random.permutation(normalised(subjects[of_topic] + apart))
        self._directions = normalised(self._normal((TOPICS, TOPIC_DIMENSIONS, DIMENSION)))
        shares = 1 / np.arange(1, TOPICS + 1)
        self._shares = shares / shares.sum()

    def draw(self, count: int) -> NDArray[np.float32]:
        """`(count, DIMENSION)` float32, L2-normalised."""
        chosen = self._random.choice(TOPICS, size=count, p=self._shares)
        along = self._normal((count, TOPIC_DIMENSIONS)) * (EXTENT / TOPIC_DIMENSIONS**0.5)
        moved = np.einsum("nk,nkd->nd", along, self._directions[chosen])
        noise = self._normal((count, DIMENSION)) * (NOISE / DIMENSION**0.5)
        return normalised(self._centres[chosen] + moved + noise)

    def _normal(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        return self._random.standard_normal(shape, dtype=np.float32)


def intrinsic_dimension(vectors: NDArray[np.float32], neighbours: int = 20) -> float:
    """The median dimension of the vectors' neighbourhoods, of a thousand of them at most.

    The maximum-likelihood estimate from distances to the nearest. Source: Levina and Bickel,
    "Maximum Likelihood Estimation of Intrinsic Dimension" (2004); Amsaleg et al., "Estimating
    Local Intrinsic Dimensionality" (2015).

    Args:
        vectors: `(n, dimension)`, L2-normalised, more than `neighbours` of them.
        neighbours: of each vector that are looked at.
    """
    asked = np.random.default_rng(SEED).choice(
        len(vectors), size=min(1_000, len(vectors)), replace=False
    )
    likeness = vectors[asked] @ vectors.T
    likeness[np.arange(len(asked)), asked] = -1.0
    nearest = -np.sort(-likeness, axis=1)[:, :neighbours]
    distances = np.sqrt(np.maximum(2.0 - 2.0 * nearest, 1e-12))
    estimates = -1.0 / np.log(distances[:, :-1] / distances[:, -1:]).mean(axis=1)
    return float(np.median(estimates))


@dataclass(frozen=True, slots=True)
class FilledCourse:
    """A course with its chunks in place."""

    course_id: UUID
    size: int


async def fill(
    url: str, chunks: int, texts: Sequence[str], crowd: Crowd
) -> dict[str, FilledCourse]:
    """Courses of 1 % and of 10 % of all chunks, among twenty that share the rest.

    Written as the owner of the tables, whom no policy keeps from COPY.

    Args:
        url: a database at the newest schema.
        chunks: in all courses together.
        texts: taken in turn, each time with a word of its own; none: no text and no postings.
        crowd: where vectors come from.
    """
    sizes = {"1 %": chunks // 100, "10 %": chunks // 10}
    share = (chunks - sum(sizes.values())) // OTHER_COURSES
    sizes |= {f"other {number}": share for number in range(OTHER_COURSES)}
    connection = await asyncpg.connect(url)
    try:
        await connection.set_type_codec(
            "halfvec", schema="public", encoder=bytes, decoder=bytes, format="binary"
        )
        await connection.execute(
            "INSERT INTO embedders (id, name, dimension) VALUES ($1, 'synthetic', $2)",
            EMBEDDER,
            DIMENSION,
        )
        filled: dict[str, FilledCourse] = {}
        first_id = 1
        for name, size in sizes.items():
            filled[name] = FilledCourse(await _new_course(connection, name, size), size)
            for start in range(0, size, BATCH):
                count = min(BATCH, size - start)
                ids = range(first_id, first_id + count)
                await _add_document(connection, filled[name].course_id, ids, texts, crowd)
                first_id += count
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return filled


async def _new_course(connection: asyncpg.Connection, name: str, size: int) -> UUID:
    course_id = uuid7()
    await connection.execute(
        "INSERT INTO courses (id, slug, title, chunk_count) VALUES ($1, $2, $3, $4)",
        course_id,
        f"course-{course_id}",
        name,
        size,
    )
    return course_id


async def _add_document(
    connection: asyncpg.Connection,
    course_id: UUID,
    ids: range,
    texts: Sequence[str],
    crowd: Crowd,
) -> None:
    document_id = uuid7()
    await connection.execute(
        "INSERT INTO documents (id, course_id, key, title, media_type, current_version)"
        " VALUES ($1, $2, $3, 'Synthetic', 'text/plain', 1)",
        document_id,
        course_id,
        str(document_id),
    )
    rows = halfvec_rows(crowd.draw(len(ids)))
    sentences = np.random.default_rng(ids.start).bytes(SENTENCES * DIMENSION)
    await connection.copy_records_to_table(
        "chunk_vectors",
        columns=VECTOR_COLUMNS,
        records=[
            (course_id, EMBEDDER, chunk_id, row, sentences)
            for chunk_id, row in zip(ids, rows, strict=True)
        ],
    )
    varied = [f"{texts[n % len(texts)]} variant{n}" if texts else "-" for n in ids]
    await connection.copy_records_to_table(
        "chunks",
        columns=CHUNK_COLUMNS,
        records=[
            (course_id, chunk_id, document_id, 1, n, 0, len(text), text, [0, len(text)], 1, "-")
            for n, (chunk_id, text) in enumerate(zip(ids, varied, strict=True))
        ],
    )
    await _add_postings(connection, course_id, document_id, dict(zip(ids, varied, strict=True)))


async def _add_postings(
    connection: asyncpg.Connection, course_id: UUID, document_id: UUID, texts: dict[int, str]
) -> None:
    postings: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    length_of_all = 0
    for chunk_id, text in texts.items():
        terms = analyse(text)
        length_of_all += len(terms)
        for term, frequency in Counter(terms).items():
            postings[term].append((chunk_id, frequency, len(terms)))
    await connection.copy_records_to_table(
        "lexical_postings",
        columns=POSTING_COLUMNS,
        records=[
            (course_id, term, document_id, *map(list, zip(*places, strict=True)))
            for term, places in postings.items()
        ],
    )
    await connection.execute(
        "UPDATE courses SET lexical_length = lexical_length + $2 WHERE id = $1",
        course_id,
        length_of_all,
    )
