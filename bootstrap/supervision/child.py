"""One supervised child process."""

import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from bootstrap.backoff import BackOff
from bootstrap.home import Home
from bootstrap.log_files import NoteworthyLines, keep_bounded
from bootstrap.processes import ProcessIdentity, kill_group, kill_orphans, launch


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """How to run a child."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    shows_warnings: bool = False
    """Whether its warnings and errors appear on the terminal, beside the log."""
    niceness: int = 0
    """How much it gives way to the others, 0 to 19."""


class Child:
    """A process that is started again when it dies; times are of a monotonic clock."""

    def __init__(self, spec: ChildSpec, home: Home, now: float) -> None:
        self.spec = spec
        self.log_file = home.logs / f"{spec.name}.log"
        self.deaths = 0
        self._folder = home.root
        self._backoff = BackOff(now)
        self._restart_at: float | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.identity: ProcessIdentity | None = None
        keep_bounded(self.log_file)
        self._noteworthy = NoteworthyLines(self.log_file)

    def start(self, now: float) -> None:
        """Launches the process."""
        self._restart_at = None
        self._backoff.note_start(now)
        self._process = launch(
            self.spec.argv,
            log_file=self.log_file,
            folder=self._folder,
            death_signal=signal.SIGTERM,
            environment=self.spec.environment,
            niceness=self.spec.niceness,
        )
        self.identity = ProcessIdentity.of(self._process.pid)

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def note_death(self, now: float) -> float | None:
        """The seconds until the restart, the first time the death is seen; None afterwards.

        What the dead one started is ended with it: it may hold the port that the next one needs.
        """
        if self._restart_at is not None:
            return None
        if self._process is not None:
            kill_orphans(self._process.pid)
        self.deaths += 1
        delay = self._backoff.next_delay(now)
        self._restart_at = now + delay
        return delay

    def is_due(self, now: float) -> bool:
        """Whether the delay after its death has passed."""
        return self._restart_at is not None and now >= self._restart_at

    def describe_exit(self) -> str:
        """How the process ended, in words."""
        code = None if self._process is None else self._process.returncode
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def new_warnings(self) -> list[str]:
        """Its warnings and errors since the last call, if they are to be shown."""
        return list(self._noteworthy.read()) if self.spec.shows_warnings else []

    def ask_to_stop(self) -> None:
        """Sends SIGTERM if it runs."""
        if self._process is not None and self.is_running():
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the process and those it started itself, at once."""
        if self._process is not None:
            kill_group(self._process.pid)
            self._process.wait()
