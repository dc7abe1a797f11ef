"""`python -m workers worker --concurrency N` and `python -m workers beat`."""

import sys

from ai.routing.errors import ModelsFileError
from bootstrap.chat_models import require_usable_models_file
from bootstrap.settings import Settings
from jobs.celery_application import celery_application
from jobs.queue import JOBS_QUEUE, MAINTENANCE_QUEUE
from workers.application import worker_application


def main(arguments: list[str]) -> None:
    """Runs the Celery process that the first argument names, with the further options."""
    settings = Settings()
    name, *options = arguments
    if name == "beat":
        _run_beat(settings)
    else:
        _run_worker(settings, options)


def _run_worker(settings: Settings, options: list[str]) -> None:
    try:
        require_usable_models_file(settings)
    except ModelsFileError as error:
        sys.exit(str(error))
    worker_application(settings).worker_main(
        [
            *("worker", "--loglevel", "WARNING", "--hostname", "worker@%h"),
            *("--queues", f"{MAINTENANCE_QUEUE},{JOBS_QUEUE}"),
            *("--without-gossip", "--without-mingle"),
            *options,
        ]
    )


def _run_beat(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    application = celery_application(settings.redis_url.get_secret_value())
    schedule = settings.home / "beat-schedule"
    application.Beat(loglevel="WARNING", quiet=True, schedule=str(schedule)).run()


if __name__ == "__main__":
    main(sys.argv[1:])
