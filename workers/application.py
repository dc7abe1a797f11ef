"""The Celery application of the worker: three thin tasks over the services of its process."""

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown

from bootstrap.settings import Settings
from jobs.celery_application import celery_application
from jobs.queue import RUN_JOB, SWEEP_JOBS, TEND_VECTORS
from workers.process import WorkerProcess


def worker_application(settings: Settings) -> Celery:
    """The application with its tasks; what they need opens after the fork, in each process."""
    application = celery_application(settings.redis_url.get_secret_value())
    process = WorkerProcess(settings)
    # Strong references: Celery would drop the bound methods at once.
    worker_process_init.connect(process.open, weak=False)
    worker_process_shutdown.connect(process.close, weak=False)

    @application.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
    def run_job(_job_id: str) -> None:
        process.run_next_job()

    @application.task(name=SWEEP_JOBS)  # type: ignore[untyped-decorator]
    def sweep_jobs() -> None:
        process.sweep()

    @application.task(name=TEND_VECTORS)  # type: ignore[untyped-decorator]
    def tend_vectors() -> None:
        process.tend_vectors()

    return application
