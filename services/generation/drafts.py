"""Finished parts of a job's content, kept in the database: what is paid for is not lost."""

from uuid import UUID

from storage.database import Database, Scope
from storage.repositories.job_parts import JobPartsRepository


class JobDrafts:
    """Keeps the parts of one job; implements `ai.writing.writer.Drafts`."""

    def __init__(self, database: Database, scope: Scope, job_id: UUID, course_id: UUID) -> None:
        self._database = database
        self._scope = scope
        self._job_id = job_id
        self._course_id = course_id

    async def kept(self, key: str) -> bytes | None:
        """The part of this key as it was put, None where there is none."""
        async with self._database.transaction(self._scope) as session:
            return await JobPartsRepository(session).find(self._job_id, key)

    async def keep(self, key: str, part: bytes) -> None:
        """Puts a part, durable on return."""
        async with self._database.transaction(self._scope) as session:
            await JobPartsRepository(session).keep(self._job_id, self._course_id, key, part)
