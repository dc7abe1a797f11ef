"""The Celery application that publishers, workers and beat share."""

from celery import Celery

from jobs.queue import (
    CONTENT_QUEUE,
    FIT_KNOWLEDGE,
    MAINTENANCE_QUEUE,
    PROJECT_EVENTS,
    PURGE_RECORDS,
    SEND_STATEMENTS,
    SWEEP_JOBS,
    TEND_VECTORS,
)
from jobs.steady_schedule import SteadySchedule

CONNECT_TIMEOUT_SECONDS = 2.0
SWEEP_EVERY_SECONDS = 10.0
TEND_EVERY_SECONDS = 60.0
PURGE_EVERY_SECONDS = 3600.0
PROJECT_EVERY_SECONDS = 5.0
"""How far behind the log of learning its read models are, about."""
SEND_EVERY_SECONDS = 10.0
FIT_EVERY_SECONDS = 6 * 3600.0
PERIODIC = {
    SWEEP_JOBS: SWEEP_EVERY_SECONDS,
    TEND_VECTORS: TEND_EVERY_SECONDS,
    PURGE_RECORDS: PURGE_EVERY_SECONDS,
    PROJECT_EVENTS: PROJECT_EVERY_SECONDS,
    SEND_STATEMENTS: SEND_EVERY_SECONDS,
    FIT_KNOWLEDGE: FIT_EVERY_SECONDS,
}
PROCESS_START_SECONDS = 300.0
"""How long a worker's process may take to open what it needs, in the place of one that died.

Celery ends one that takes longer, and starts another: with its own four seconds a busy machine,
on which workers give way to all else, never gets a process again.
"""
TASK_TIME_LIMIT_SECONDS = 6 * 3600
VISIBILITY_TIMEOUT_SECONDS = TASK_TIME_LIMIT_SECONDS + 600
"""Past the time limit, or Redis would deliver a message again that is still being worked on."""


def celery_application(broker_url: str) -> Celery:
    """A Celery application with the house's settings and no task of its own.

    Results are not kept by Celery: the job's row is the result.
    """
    application = Celery("neuroshiksha", broker=broker_url, set_as_current=False)
    application.conf.update(
        task_ignore_result=True,
        task_default_queue=CONTENT_QUEUE,
        task_routes={name: {"queue": MAINTENANCE_QUEUE} for name in PERIODIC},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=TASK_TIME_LIMIT_SECONDS,
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=PROCESS_START_SECONDS,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        # Workers find jobs in PostgreSQL meanwhile: they outlast any broker.
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
            "socket_timeout": 10.0,
            "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
        },
        beat_schedule={
            name: {
                "task": name,
                "schedule": SteadySchedule(seconds),
                "options": {"expires": seconds},
            }
            for name, seconds in PERIODIC.items()
        },
        timezone="UTC",
    )
    return application
