"""Bare vectors in a course that counts as large, without documents."""

from collections.abc import Sequence

from sqlalchemy import text
from uuid_utils.compat import uuid4

from storage.database import MAINTENANCE, Database
from storage.vector_indexes import VectorIndex

LARGE = 9_000_000
"""No other course of the tests counts as large by this measure."""

ADD_COURSE = text(
    "INSERT INTO courses (id, slug, title, chunk_count) VALUES (:course, :slug, 'Large', :count)"
)
FORGET = text("UPDATE courses SET deleted_at = now() WHERE chunk_count = :count")
ADD_EMBEDDER = text(
    "INSERT INTO embedders (id, name, dimension)"
    " SELECT max(id) + 1, :name, 2 FROM (SELECT id FROM embedders UNION ALL SELECT 1000) AS known"
    " RETURNING id"
)
"""A new one for each course, so that no index of another test serves it."""
ADD_VECTOR = text("""
INSERT INTO chunk_vectors (course_id, embedder_id, chunk_id, vector, sentence_vectors)
VALUES (:course, :embedder, nextval('chunk_ids'), CAST(:vector AS text)::halfvec, '')
RETURNING tableoid::regclass::text
""")


async def index_wanted(
    database: Database, vectors: Sequence[Sequence[float]], *, embedder_id: int | None = None
) -> VectorIndex:
    """The index of two components that a new course with these vectors is missing.

    Args:
        database: where they go.
        vectors: of the course.
        embedder_id: whose they are; a new one if not given.
    """
    course_id = uuid4()
    partition = ""
    async with database.transaction(MAINTENANCE) as session:
        values = {"course": course_id, "slug": f"large-{course_id.hex}", "count": LARGE}
        await session.execute(ADD_COURSE, values)
        if embedder_id is None:
            name = {"name": f"bare-{course_id.hex}"}
            embedder_id = int((await session.execute(ADD_EMBEDDER, name)).scalar_one())
        for vector in vectors:
            row = {"course": course_id, "embedder": embedder_id, "vector": str(list(vector))}
            partition = str(await session.scalar(ADD_VECTOR, row))
    return VectorIndex(partition, course_id, embedder_id, 2)


async def forget_wanted(database: Database) -> None:
    """Lets no later build find those courses."""
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(FORGET, {"count": LARGE})
