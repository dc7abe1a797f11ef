"""`neuroshiksha worker` and `beat`: this process becomes a Celery process."""

import os
from typing import Annotated

import typer

from bootstrap.processes import python_command
from jobs.queue import QUEUES

GIVING_BACK = {"MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""Bytes from which glibc gives memory back at once: it would learn from a book to keep what the
next documents do not need. Set in the environment, they are taken from there.

Source: mallopt(3).
"""


def worker_command(
    concurrency: Annotated[
        int, typer.Option(min=1, max=64, help="Jobs that run at the same time.")
    ] = 2,
    queues: Annotated[
        str,
        typer.Option(help="Queues to work off, comma-separated; jobs of others are left alone."),
    ] = ",".join(QUEUES),
) -> None:
    """Work off jobs: ingestion, and whatever else takes long."""
    become("worker", "--concurrency", str(concurrency), "--queues", queues)


def beat_command() -> None:
    """Start periodic tasks: the sweep that takes up jobs left lying."""
    become("beat")


def become(*arguments: str) -> None:
    """Replaces this process by one of the workers package; signals and id stay the same."""
    command = python_command("workers", *arguments)
    os.execve(command[0], command, GIVING_BACK | os.environ)  # noqa: S606 - our own interpreter
