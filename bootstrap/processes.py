"""Child processes that end with their parent, and the identity of a process across restarts."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

START_TIME_TOLERANCE_SECONDS = 3.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process by id and start time, since ids alone are given out again."""

    pid: int
    started: float
    """Seconds since the epoch."""

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity":
        """The identity of a live process.

        Raises:
            psutil.NoSuchProcess: when there is none of that id.
        """
        return cls(pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process, if it is still this one and has not ended."""
        try:
            process = psutil.Process(self.pid)
            is_same = abs(process.create_time() - self.started) <= START_TIME_TOLERANCE_SECONDS
            has_ended = process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if is_same and not has_ended else None

    def is_running(self) -> bool:
        """Whether the process is still this one and has not ended."""
        return self.find() is not None


def launch(
    argv: Sequence[str | os.PathLike[str]],
    *,
    log_file: Path,
    folder: Path,
    death_signal: signal.Signals,
    environment: Mapping[str, str] | None = None,
    niceness: int = 0,
) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own, its output appended to `log_file`.

    On Linux the child receives `death_signal` when the thread that called this ends, so call
    it from a thread that lives as long as the child should.
    """
    with log_file.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - argv is made by this package, no shell
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
            preexec_fn=_settle_in(death_signal, niceness),
        )


def stop(
    process: subprocess.Popen[bytes] | psutil.Process,
    polite: signal.Signals,
    patience_seconds: float,
) -> None:
    """Asks a process to end, and kills its whole group if it has not within the patience.

    A no-op on a process that has ended.
    """
    try:
        process.send_signal(polite)
        process.wait(patience_seconds)
    except psutil.NoSuchProcess:
        return
    except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
        kill_group(process.pid)
        process.wait()


def kill_group(pid: int) -> None:
    """Kills a process that `launch` started, with those it started itself, even if it is gone."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_orphans(pid: int) -> None:
    """Kills what a process that `launch` started, and that has just ended, has left behind."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def python_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this installation, whatever the current folder holds."""
    return [sys.executable, "-P", "-m", module, *arguments]


def _settle_in(death_signal: signal.Signals, niceness: int) -> Callable[[], None]:
    """What a child does before its program runs: takes its priority, asks for the death signal.

    Source: prctl(2), PR_SET_PDEATHSIG, of Linux. The setting is lost when the user id changes,
    so a command that changes it (`setpriv`) must ask again.
    """
    is_linux = sys.platform.startswith("linux")
    prctl = ctypes.CDLL(None).prctl if is_linux else None
    parent = os.getpid()

    def settle_in() -> None:
        os.nice(niceness)
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died between the fork and the call
            os._exit(1)

    return settle_in
