"""What an embedded server is to the keeper that starts and watches it."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Protocol

from bootstrap.embedded.errors import ServerStartError
from bootstrap.processes import ProcessIdentity, stop

READY_WITHIN_SECONDS = 60.0
STOPPED_WITHIN_SECONDS = 20.0
_POLL_SECONDS = 0.01


class EmbeddedServer(Protocol):
    """A database server that this installation runs for itself.

    `start` may be called again after the process has ended; it clears what a kill left behind
    and keeps the port. `start` and `wait_until_ready` are apart so that servers start together.
    """

    @property
    def name(self) -> str:
        """Its name in messages, and in the names of its log and secret."""

    @property
    def url(self) -> str:
        """Its address, password included; fixed from the first start on."""

    @property
    def log_file(self) -> Path:
        """What the process wrote."""

    @property
    def identity(self) -> ProcessIdentity | None:
        """Its process, or None where it has not been started."""

    def start(self) -> None:
        """Starts the process; makes its data folder on the first call ever.

        Raises:
            EmbeddedServerError: when it cannot be started.
        """

    def wait_until_ready(self) -> None:
        """Returns when the server answers.

        Raises:
            ServerStartError: when it ends, or has not answered within a minute.
        """

    def is_running(self) -> bool:
        """Whether the process lives."""

    def stop(self) -> None:
        """Stops it in order within a bound, else kills it; a no-op when it does not run."""


class ServerProcess:
    """The process of an embedded server, kept by its class as a part."""

    def __init__(
        self, name: str, log_file: Path, stop_signal: signal.Signals, is_ready: Callable[[], bool]
    ) -> None:
        self._name = name
        self._log_file = log_file
        self._stop_signal = stop_signal
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: ProcessIdentity | None = None

    @property
    def identity(self) -> ProcessIdentity | None:
        """The process that was watched last."""
        return self._identity

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Takes a process just launched."""
        self._process = process
        self._identity = ProcessIdentity.of(process.pid)

    def wait_until_ready(self) -> None:
        """Polls until the server answers, see `EmbeddedServer.wait_until_ready`."""
        deadline = monotonic() + READY_WITHIN_SECONDS
        while not (self.is_running() and self._is_ready()):
            if not self.is_running() or monotonic() > deadline:
                raise ServerStartError(self._name, self._log_file)
            sleep(_POLL_SECONDS)

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stops it within a bound."""
        if self._process is not None:
            stop(self._process, self._stop_signal, STOPPED_WITHIN_SECONDS)
