"""Locks between processes that a kill releases: flock(2) on files below the home."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

_POLL_SECONDS = 0.02


class LockTimeoutError(Exception):
    """A lock was held by someone else for longer than the caller would wait."""

    def __init__(self, path: Path, timeout_seconds: float) -> None:
        super().__init__(f"{path} was still locked after {timeout_seconds:g} seconds")


@contextmanager
def shared_lock(path: Path, timeout_seconds: float = 0.0) -> Iterator[None]:
    """Holds the lock together with others who share it.

    Raises:
        LockTimeoutError: when somebody holds it exclusively for all that time.
    """
    with _locked(path, fcntl.LOCK_SH, timeout_seconds):
        yield


@contextmanager
def exclusive_lock(path: Path, timeout_seconds: float = 0.0) -> Iterator[None]:
    """Holds the lock alone.

    Raises:
        LockTimeoutError: when somebody else holds it for all that time.
    """
    with _locked(path, fcntl.LOCK_EX, timeout_seconds):
        yield


def is_locked(path: Path, *, by_sharers: bool) -> bool:
    """Whether others hold the lock now: sharing it, or (`by_sharers` false) exclusively."""
    if not by_sharers:
        return not _is_free_for(path, fcntl.LOCK_SH)
    # Sharers refuse an exclusive lock but not a shared one; an exclusive holder refuses both.
    return not _is_free_for(path, fcntl.LOCK_EX) and _is_free_for(path, fcntl.LOCK_SH)


@contextmanager
def _locked(path: Path, operation: int, timeout_seconds: float) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = monotonic() + timeout_seconds
        while not _try_lock(descriptor, operation):
            if monotonic() >= deadline:
                raise LockTimeoutError(path, timeout_seconds)
            sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, operation: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        return True
    return False


def _is_free_for(path: Path, operation: int) -> bool:
    try:
        with _locked(path, operation, timeout_seconds=0.0):
            return True
    except LockTimeoutError:
        return False
