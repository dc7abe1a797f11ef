"""The queues between API and workers: a message is only a job's id, the row is the truth."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from jobs.kinds import JobKind

RUN_JOB = "job.run"
SWEEP_JOBS = "job.sweep"
TEND_VECTORS = "vectors.tend"
PURGE_RECORDS = "records.purge"
FIT_KNOWLEDGE = "knowledge.fit"
INGESTION_QUEUE = "ingestion"
CONTENT_QUEUE = "content"
VIDEO_QUEUE = "video"
PROJECT_EVENTS = "events.project"
SEND_STATEMENTS = "statements.send"
MAINTENANCE_QUEUE = "maintenance"
QUEUES = (MAINTENANCE_QUEUE, INGESTION_QUEUE, CONTENT_QUEUE, VIDEO_QUEUE)
QUEUE_OF: Mapping[JobKind, str] = {
    **dict.fromkeys(JobKind, CONTENT_QUEUE),
    JobKind.INGEST: INGESTION_QUEUE,
    JobKind.VIDEO: VIDEO_QUEUE,
}
"""Kinds of work that want machines of different number and size."""


class JobQueue(Protocol):
    """Tells a worker that a job waits.

    Publishing may fail or a message be lost: the sweeper publishes again from the rows. A message
    may arrive twice: the claim lets one through. So `publish` never raises for a broker that is
    down; it returns whether the message was accepted.
    """

    async def publish(self, job_id: UUID, kind: JobKind) -> bool:
        """Publishes the id of a job whose row is committed, to the workers of its kind."""
        ...


def kinds_in(queues: Iterable[str]) -> frozenset[JobKind]:
    """The kinds of jobs that these queues carry.

    Raises:
        ValueError: when there is no such queue.
    """
    wanted = frozenset(queues)
    if unknown := sorted(wanted.difference(QUEUES)):
        message = f"There is no queue {', '.join(unknown)}; there are {', '.join(QUEUES)}."
        raise ValueError(message)
    return frozenset(kind for kind, queue in QUEUE_OF.items() if queue in wanted)
