"""The job queue on Celery."""

import asyncio
import logging
import threading
from typing import TYPE_CHECKING
from uuid import UUID

from jobs.kinds import JobKind
from jobs.queue import QUEUE_OF, RUN_JOB

if TYPE_CHECKING:
    from celery import Celery

logger = logging.getLogger(__name__)

PUBLISH_TIMEOUT_SECONDS = 4.0


class CeleryJobQueue:
    """`JobQueue` that publishes through Celery, in a thread because its client blocks.

    Celery is loaded for the first job: with what it imports it takes some 10 MB, which a process
    that only answers questions need not pay.
    """

    def __init__(self, broker_url: str) -> None:
        self._broker_url = broker_url
        self._application: Celery | None = None
        self._loading = threading.Lock()

    async def publish(self, job_id: UUID, kind: JobKind) -> bool:
        """Publishes the id; False, and a line in the log, when the broker does not answer."""
        application = self._application or await asyncio.to_thread(self._load)
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                is_published = await asyncio.to_thread(_send, application, job_id, QUEUE_OF[kind])
        except TimeoutError:
            is_published = False
        if not is_published:
            logger.warning("job %s is not published: the broker does not answer", job_id)
        return is_published

    def close(self) -> None:
        """Closes the pooled broker connections; idempotent."""
        if self._application is not None:
            self._application.close()

    def _load(self) -> "Celery":
        from jobs.celery_application import celery_application

        with self._loading:  # two first jobs share one application
            if self._application is None:
                self._application = celery_application(self._broker_url)
            return self._application


def _send(application: "Celery", job_id: UUID, queue: str) -> bool:
    from kombu.exceptions import OperationalError

    try:
        application.send_task(RUN_JOB, args=[str(job_id)], queue=queue, retry=False)
    except OperationalError:
        return False
    return True
