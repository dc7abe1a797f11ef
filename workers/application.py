"""The Celery application of the worker: thin tasks over the services of its process."""

import gc
from collections.abc import Sequence

from celery import Celery
from celery.signals import (
    worker_before_create_process,
    worker_process_init,
    worker_process_shutdown,
    worker_shutting_down,
)

from bootstrap.settings import Settings
from jobs.celery_application import celery_application
from jobs.queue import (
    FIT_KNOWLEDGE,
    PROJECT_EVENTS,
    PURGE_RECORDS,
    QUEUES,
    RUN_JOB,
    SEND_STATEMENTS,
    SWEEP_JOBS,
    TEND_VECTORS,
    kinds_in,
)
from workers.process import WorkerProcess


def worker_application(settings: Settings, queues: Sequence[str] = QUEUES) -> Celery:
    """The application with its tasks; what they need opens after the fork, in each process.

    Its processes take jobs of these queues' kinds only, whatever message wakes them.

    Raises:
        ValueError: when there is no such queue.
    """
    application = celery_application(settings.redis_url.get_secret_value())
    process = WorkerProcess(settings, kinds_in(queues))
    worker_before_create_process.connect(_set_aside, weak=False)
    # Strong references: Celery would drop the bound methods at once.
    worker_process_init.connect(process.open, weak=False)
    worker_process_shutdown.connect(process.close, weak=False)
    worker_shutting_down.connect(process.hand_back, weak=False)

    @application.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
    def run_job(_job_id: str) -> None:
        process.run_next_job()

    @application.task(name=SWEEP_JOBS)  # type: ignore[untyped-decorator]
    def sweep_jobs() -> None:
        process.sweep()

    @application.task(name=TEND_VECTORS)  # type: ignore[untyped-decorator]
    def tend_vectors() -> None:
        process.tend_vectors()

    @application.task(name=PURGE_RECORDS)  # type: ignore[untyped-decorator]
    def purge_records() -> None:
        process.purge_records()

    @application.task(name=FIT_KNOWLEDGE)  # type: ignore[untyped-decorator]
    def fit_knowledge() -> None:
        process.fit_knowledge()

    @application.task(name=PROJECT_EVENTS)  # type: ignore[untyped-decorator]
    def project_events() -> None:
        process.project_events()

    @application.task(name=SEND_STATEMENTS)  # type: ignore[untyped-decorator]
    def send_statements() -> None:
        process.send_statements()

    return application


def _set_aside(**_: object) -> None:
    """Keeps what is there from collections, whose marks would copy pages that a fork shares.

    Source: the documentation of `gc.freeze`.
    """
    gc.collect()
    gc.freeze()
