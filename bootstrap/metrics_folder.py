"""The folder in which the processes of one machine keep their metrics together."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import psutil

from connectors.telemetry.metrics import FOLDER_VARIABLE, shared_folder

MEMORY = Path("/dev/shm")  # noqa: S108 - what is made below is one's own, or not used
"""A file system in memory."""


def folders_of(home: Path) -> Path:
    """Where the metrics of an installation lie, made if need be: in memory where there is such.

    They are files that processes map; one that grows on a disk that is full ends its process
    with SIGBUS.
    """
    name = f"neuroshiksha-{os.getuid()}-{sha256(str(home.resolve()).encode()).hexdigest()[:12]}"
    try:
        (MEMORY / name).mkdir(mode=0o700, exist_ok=True)
        if (MEMORY / name).lstat().st_uid == os.getuid():
            return MEMORY / name
    except OSError:
        pass
    return home / "run" / "metrics"


def emptied(folder: Path) -> Path:
    """That folder, new: what processes of an earlier run counted is over."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextmanager
def own_metrics_folder(home: Path, name: str) -> Iterator[None]:
    """A folder for this process and those it starts, unless the environment names one.

    To be entered before metrics are first made. What killed processes left is cleared away.
    """
    if shared_folder() is not None:
        yield
        return
    parent = folders_of(home)
    # Containers share the home, and the ids of their processes are alike.
    name = f"{name}@{socket.gethostname()}"
    _clear_leftovers(parent)
    folder = emptied(parent / f"{name}-{os.getpid()}")
    os.environ[FOLDER_VARIABLE] = str(folder)
    try:
        yield
    finally:
        del os.environ[FOLDER_VARIABLE]
        shutil.rmtree(folder, ignore_errors=True)


def _clear_leftovers(parent: Path) -> None:
    for folder in parent.glob(f"*@{socket.gethostname()}-*"):
        pid = folder.name.rpartition("-")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
