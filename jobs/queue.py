"""The queue between API and workers: a message is only a job's id, the row is the truth."""

from typing import Protocol
from uuid import UUID

RUN_JOB = "job.run"
SWEEP_JOBS = "job.sweep"
TEND_VECTORS = "vectors.tend"
JOBS_QUEUE = "jobs"
MAINTENANCE_QUEUE = "maintenance"


class JobQueue(Protocol):
    """Tells a worker that a job waits.

    Publishing may fail or a message be lost: the sweeper publishes again from the rows. A message
    may arrive twice: the claim lets one through. So `publish` never raises for a broker that is
    down; it returns whether the message was accepted.
    """

    async def publish(self, job_id: UUID) -> bool:
        """Publishes the id of a job whose row is committed."""
        ...
