"""Which process answers, and how it is."""

import asyncio
import os
import platform
import resource
import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

STARTED_AT = datetime.now(UTC)
"""When this was loaded, with the service."""


@dataclass(frozen=True, slots=True)
class ProcessName:
    """Which of several API processes it is."""

    host: str
    pid: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """How the process is.

    Attributes:
        cpu_seconds: Used so far, of its own and the system's.
        peak_bytes: The most memory it has held at any time.
    """

    version: str
    python: str
    resident_bytes: int
    peak_bytes: int
    cpu_seconds: float
    threads: int
    open_files: int
    tasks: int


def process_name() -> ProcessName:
    """This process."""
    return ProcessName(socket.gethostname(), os.getpid(), STARTED_AT)


def process_figures() -> ProcessFigures:
    """This process now."""
    used = os.times()
    return ProcessFigures(
        version=version("neuroshiksha"),
        python=platform.python_version(),
        resident_bytes=resident_bytes(),
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        cpu_seconds=used.user + used.system,
        threads=threading.active_count(),
        open_files=sum(1 for _ in Path("/dev/fd").iterdir()),
        tasks=len(asyncio.all_tasks()),
    )


def resident_bytes() -> int:
    """What of this process is in memory."""
    import psutil  # not loaded before somebody looks

    resident: int = psutil.Process().memory_info().rss
    return resident
