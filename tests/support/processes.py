"""Waiting for processes and other things that happen in their own time."""

from time import monotonic, sleep

import psutil


def wait_until(condition, timeout_seconds=60.0):
    """Returns when the condition holds; fails when it never does."""
    deadline = monotonic() + timeout_seconds
    while not condition():
        assert monotonic() < deadline, "the condition never came true"
        sleep(0.02)


def is_alive(pid):
    """Whether the process runs; one that waits to be collected does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
