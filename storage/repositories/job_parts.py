"""Finished parts of what a job makes, kept until all of it is there."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models.jobs import JobPart


class JobPartsRepository:
    """The rows of `job_parts`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, job_id: UUID, key: str) -> bytes | None:
        """A part as it was kept; None where there is none."""
        statement = select(JobPart.part).where(JobPart.job_id == job_id, JobPart.key == key)
        return await self._session.scalar(statement)

    async def keep(self, job_id: UUID, course_id: UUID, key: str, part: bytes) -> None:
        """Keeps a part; the one that was kept first under its key stays."""
        values = {"job_id": job_id, "course_id": course_id, "key": key, "part": part}
        statement = insert(JobPart).values(values).on_conflict_do_nothing()
        await self._session.execute(statement)

    async def forget(self, job_id: UUID) -> None:
        """Lets go of a job's parts."""
        await self._session.execute(delete(JobPart).where(JobPart.job_id == job_id))
