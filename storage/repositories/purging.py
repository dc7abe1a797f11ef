"""What is removed for good once its time is over, a bounded number of rows at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

Purged = Literal[
    "deleted_conversations",
    "idle_conversations",
    "unlisted_conversations",
    "deleted_lessons",
    "deleted_contents",
    "deleted_documents",
    "audit_events",
    "usage_records",
    "jobs",
    "outgoing_mails",
]
"""Kinds of rows that one statement each sees to."""

OLD = "{column} < now() - make_interval(days => :days)"
DELETE_OLDEST = """
WITH gone AS (
    DELETE FROM {table} WHERE id IN (
        SELECT id FROM {table} WHERE {condition}
        ORDER BY {column} LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING 1
)
SELECT count(*) FROM gone
"""
PURGE_DOCUMENTS = """
WITH doomed AS (
    SELECT id, file_hash FROM documents WHERE {condition} LIMIT :limit FOR UPDATE SKIP LOCKED
), discarded AS (
    INSERT INTO discarded_files (content_hash) SELECT DISTINCT file_hash FROM doomed
    WHERE file_hash IS NOT NULL
    ON CONFLICT (content_hash) DO UPDATE SET discarded_at = now()
), gone AS (
    DELETE FROM documents USING doomed WHERE documents.id = doomed.id RETURNING 1
)
SELECT count(*) FROM gone
"""
PURGE_JOBS = """
WITH doomed AS (
    SELECT id FROM jobs
    WHERE parent_id IS NULL AND finished_at < now() - make_interval(days => :days)
    ORDER BY finished_at LIMIT :limit FOR UPDATE SKIP LOCKED
), sources AS (
    SELECT source ->> 'content_hash' AS content_hash
    FROM jobs, jsonb_array_elements(
        CASE jsonb_typeof(payload -> 'sources')
            WHEN 'array' THEN payload -> 'sources' ELSE '[]' END) AS source
    WHERE id IN (SELECT id FROM doomed) OR parent_id IN (SELECT id FROM doomed)
), discarded AS (
    INSERT INTO discarded_files (content_hash) SELECT DISTINCT content_hash FROM sources
    WHERE content_hash IS NOT NULL
    ON CONFLICT (content_hash) DO UPDATE SET discarded_at = now()
), gone AS (
    DELETE FROM jobs USING doomed WHERE jobs.id = doomed.id RETURNING 1
)
SELECT count(*) FROM gone
"""


def _oldest(table: str, column: str, condition: str = OLD) -> str:
    filled = condition.format(column=column)
    return DELETE_OLDEST.format(table=table, column=column, condition=filled)


STATEMENTS: dict[Purged, str] = {
    "deleted_conversations": _oldest("conversations", "deleted_at"),
    "idle_conversations": _oldest("conversations", "updated_at"),
    "unlisted_conversations": _oldest("conversations", "updated_at", OLD + " AND NOT is_listed"),
    "deleted_lessons": _oldest("lessons", "deleted_at"),
    "deleted_contents": _oldest("contents", "deleted_at"),
    "deleted_documents": PURGE_DOCUMENTS.format(condition=OLD.format(column="deleted_at")),
    "audit_events": """
        WITH gone AS (
            DELETE FROM audit_events WHERE id IN (
                SELECT id FROM audit_events
                WHERE created_at < now() - make_interval(days => :days)
                ORDER BY created_at LIMIT :limit)
            RETURNING 1
        )
        SELECT count(*) FROM gone
    """,
    "usage_records": """
        WITH old AS (
            SELECT id FROM usage_records
            WHERE created_at < now() - make_interval(days => :days) AND user_id IS NOT NULL
            ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED
        ), gone AS (
            UPDATE usage_records SET user_id = NULL, message_id = NULL FROM old
            WHERE usage_records.id = old.id RETURNING 1
        )
        SELECT count(*) FROM gone
    """,
    "jobs": PURGE_JOBS,
    "outgoing_mails": _oldest("outgoing_mails", "ended_at"),
}
"""Rows that another process has at hand are left to the next purge; lines of the audit trail are
waited for, as locking them would need the right to change them."""

COURSES = text("""
SELECT id FROM courses WHERE deleted_at < now() - make_interval(days => :days)
ORDER BY deleted_at LIMIT :limit
""")
USERS = text("""
SELECT id FROM users WHERE deleted_at < now() - make_interval(days => :days)
ORDER BY deleted_at LIMIT :limit
""")
LOCK_COURSE = text(
    "SELECT id FROM courses WHERE id = :course AND deleted_at IS NOT NULL FOR UPDATE"
)
DOCUMENTS_OF_COURSE = text(PURGE_DOCUMENTS.format(condition="course_id = :course"))
COURSE = tuple(
    text(statement)
    for statement in (
        "DELETE FROM lexical_postings WHERE course_id = :course",
        "DELETE FROM chunk_vectors WHERE course_id = :course",
        "DELETE FROM budgets WHERE scope = 'course' AND subject_id = :course",
        "DELETE FROM courses WHERE id = :course",
    )
)
"""Vectors and postings hang from no foreign key, as that would cost each ingestion."""

CONDEMNED = text("""
SELECT content_hash FROM discarded_files ORDER BY discarded_at, content_hash LIMIT :limit
OFFSET :skipped
""")
NEEDED = text("""
SELECT file_hash FROM documents WHERE file_hash = ANY(:hashes)
UNION
SELECT source ->> 'content_hash' FROM jobs, jsonb_array_elements(
    CASE jsonb_typeof(payload -> 'sources')
        WHEN 'array' THEN payload -> 'sources' ELSE '[]' END) AS source
WHERE source ->> 'content_hash' = ANY(:hashes)
""")
SETTLE = text("DELETE FROM discarded_files WHERE content_hash = ANY(:hashes)")


@dataclass(frozen=True, slots=True)
class CondemnedFiles:
    """Stored files that something purged referred to.

    Attributes:
        unneeded: Nothing else refers to these.
        needed: Something else does.
    """

    unneeded: tuple[str, ...]
    needed: tuple[str, ...]


class PurgingRepository:
    """Removes rows within one transaction of the maintenance role."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def purge(self, kind: Purged, *, days: int, limit: int) -> int:
        """Removes rows of a kind that are older than so many days; how many."""
        found = await self._session.scalar(text(STATEMENTS[kind]), {"days": days, "limit": limit})
        return int(found or 0)

    async def old_courses(self, *, days: int, limit: int) -> Sequence[UUID]:
        """Courses that were deleted longer ago."""
        return (await self._session.scalars(COURSES, {"days": days, "limit": limit})).all()

    async def old_users(self, *, days: int, limit: int) -> Sequence[UUID]:
        """Accounts that were deleted longer ago."""
        return (await self._session.scalars(USERS, {"days": days, "limit": limit})).all()

    async def purge_documents_of(self, course_id: UUID, *, limit: int) -> int:
        """Removes documents of a deleted course; how many. None of one restored meanwhile."""
        if await self._session.scalar(LOCK_COURSE, {"course": course_id}) is None:
            return 0
        parameters = {"course": course_id, "limit": limit}
        return int(await self._session.scalar(DOCUMENTS_OF_COURSE, parameters) or 0)

    async def purge_course(self, course_id: UUID) -> None:
        """Removes a deleted course with all in it, unless it was restored meanwhile."""
        if await self._session.scalar(LOCK_COURSE, {"course": course_id}) is not None:
            for statement in COURSE:
                await self._session.execute(statement, {"course": course_id})

    async def condemned_files(self, *, limit: int, skipped: int) -> CondemnedFiles:
        """The next of the files discarded, after so many."""
        parameters = {"limit": limit, "skipped": skipped}
        hashes = list(await self._session.scalars(CONDEMNED, parameters))
        needed = set(await self._session.scalars(NEEDED, {"hashes": hashes}))
        unneeded = tuple(each for each in hashes if each not in needed)
        return CondemnedFiles(unneeded, tuple(each for each in hashes if each in needed))

    async def settle_files(self, hashes: Sequence[str]) -> None:
        """Strikes files off the list: they are gone, or needed after all."""
        await self._session.execute(SETTLE, {"hashes": list(hashes)})
