"""`python -m workers worker --queues A,B --concurrency N` and `python -m workers beat`."""

import argparse
import sys
from contextlib import ExitStack

from celery.signals import setup_logging

from ai.routing.errors import ModelsFileError
from bootstrap.chat_models import require_usable_models_file
from bootstrap.metrics_folder import own_metrics_folder
from bootstrap.settings import Settings
from connectors.telemetry.logs import configure_logging
from jobs.celery_application import celery_application
from jobs.queue import QUEUES, kinds_in
from workers.application import worker_application
from workers.metrics_server import metrics_server


def main(arguments: list[str]) -> None:
    """Runs the Celery process that the first argument names, with the further options."""
    settings = Settings()
    configure_logging(settings.logs_as, settings.log_level)
    # Celery leaves logging alone where somebody takes this signal.
    setup_logging.connect(_leave_logging_alone)
    name, *options = arguments
    if name == "beat":
        _run_beat(settings)
    else:
        _run_worker(settings, options)


def _run_worker(settings: Settings, options: list[str]) -> None:
    wanted = _wanted(options)
    queues = [queue.strip() for queue in wanted.queues.split(",")]
    try:
        require_usable_models_file(settings)
        kinds_in(queues)
    except (ModelsFileError, ValueError) as error:
        sys.exit(str(error))
    with ExitStack() as stack:
        if settings.worker_metrics_port:
            stack.enter_context(own_metrics_folder(settings.home, "worker"))
            stack.enter_context(metrics_server(settings))
        worker_application(settings, queues).worker_main(
            [
                *("--quiet", "worker", "--loglevel", "WARNING"),
                *("--hostname", f"{'-'.join(queues)}@%h"),
                *("--queues", ",".join(queues), "--concurrency", wanted.concurrency),
                *("--without-gossip", "--without-mingle"),
            ]
        )


def _wanted(options: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="workers worker")
    parser.add_argument("--queues", default=",".join(QUEUES))
    parser.add_argument("--concurrency", default="2")
    return parser.parse_args(options)


def _leave_logging_alone(**_signal: object) -> None:
    """Logging is set up already."""


def _run_beat(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    application = celery_application(settings.redis_url.get_secret_value())
    schedule = settings.home / "beat-schedule"
    application.Beat(loglevel="WARNING", quiet=True, schedule=str(schedule)).run()


if __name__ == "__main__":
    main(sys.argv[1:])
