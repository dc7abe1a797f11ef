"""Courses of synthetic vectors in a seeded cluster structure, with varied text of the material."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray
from uuid_utils.compat import uuid7

from ai.retrieval.terms import analyse
from storage.corpus_rows import POSTING_COLUMNS, VECTOR_COLUMNS
from storage.vectors import halfvec_rows

DIMENSION = 384
EMBEDDER = 1
CLUSTERS = 2_000
SPREAD = 0.06
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
    """Where synthetic vectors lie: clusters of very different sizes, as topics are."""

    def __init__(self, seed: int = SEED) -> None:
        self._random = np.random.default_rng(seed)
        drawn = self._random.standard_normal((CLUSTERS, DIMENSION)).astype(np.float32)
        self._centres = _unit(drawn)
        shares = 1 / np.arange(1, CLUSTERS + 1)
        self._shares = shares / shares.sum()

    def draw(self, count: int) -> NDArray[np.float32]:
        """`(count, DIMENSION)` float32, L2-normalised."""
        chosen = self._centres[self._random.choice(CLUSTERS, size=count, p=self._shares)]
        noise = self._random.standard_normal(chosen.shape).astype(np.float32)
        return _unit(chosen + SPREAD * noise)


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


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    scaled: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled
