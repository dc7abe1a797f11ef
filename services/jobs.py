"""Jobs as a person sees them: their own, or any as an admin."""

from uuid import UUID

from services.access import Permission, authorise
from services.actors import Actor
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.jobs import JobsRepository, StoredJob


class JobService:
    """Reads jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, actor: Actor, job_id: UUID) -> StoredJob:
        """One job; its requester sees it, and whoever may change its course.

        Raises:
            NotFoundError: when there is none, or it is not the actor's to see.
        """
        async with self._database.transaction(actor.scope) as session:
            job = await JobsRepository(session).get(job_id)
            if job.requested_by != actor.user_id:
                await authorise(
                    session, actor, job.course_id, Permission.REVIEW, subject=("job", job_id)
                )
            return job

    async def page(
        self, actor: Actor, request: PageRequest, course: UUID | str | None = None
    ) -> Page[StoredJob]:
        """Jobs, newest first: the actor's own; of every person in a course they review.

        Raises:
            NotFoundError: when there is no such course for this actor.
            PermissionDeniedError: enrolled there, but not allowed to see others' jobs.
        """
        async with self._database.transaction(actor.scope) as session:
            jobs = JobsRepository(session)
            if course is None:
                requested_by = None if actor.is_admin else actor.user_id
                return await jobs.page(request, requested_by=requested_by, course_id=None)
            access = await authorise(session, actor, course, Permission.REVIEW)
            return await jobs.page(request, requested_by=None, course_id=access.course_id)
