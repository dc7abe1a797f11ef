"""Starts the keeper as a process that may outlive its starter, and hears whether it succeeded."""

import json
import os
import select
import sys
from contextlib import suppress
from time import monotonic, sleep

from bootstrap.embedded.errors import EmbeddedServerError
from bootstrap.home import Home
from bootstrap.processes import python_command

_POLL_SECONDS = 0.01


class KeeperProcess:
    """A keeper that this process started.

    Not a `subprocess.Popen`, which insists on being waited for: the servers go on when the
    starter ends before other users do.
    """

    def __init__(self, home: Home, *, postgres: bool, redis: bool, durable: bool) -> None:
        arguments = [str(home.root)]
        arguments += ["--postgres"] if postgres else []
        arguments += ["--redis"] if redis else []
        arguments += [] if durable else ["--not-durable"]
        self._log_file = home.logs / "keeper.log"
        self._report_end, writing_end = os.pipe()
        log = os.open(self._log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._pid = os.posix_spawn(
                sys.executable,
                python_command("bootstrap.embedded.keeper", *arguments),
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, writing_end, 1),
                    (os.POSIX_SPAWN_DUP2, log, 2),
                ],
                setsid=True,
            )
        finally:
            os.close(writing_end)
            os.close(log)

    def wait_until_ready(self, timeout_seconds: float) -> None:
        """Returns when the servers answer.

        Raises:
            EmbeddedServerError: with the keeper's message, or when it ends or stays silent.
        """
        with os.fdopen(self._report_end, "rb") as pipe:
            is_readable = bool(select.select([pipe], [], [], timeout_seconds)[0])
            report = pipe.readline() if is_readable else b""
        if not report:
            message = f"The keeper of the embedded servers said nothing; see {self._log_file}."
            raise EmbeddedServerError(message)
        error = json.loads(report)["error"]
        if error is not None:
            raise EmbeddedServerError(error)

    def reap(self, timeout_seconds: float = 0.0) -> None:
        """Collects the exit status if it ends within that time, so that no zombie stays."""
        deadline = monotonic() + timeout_seconds
        with suppress(ChildProcessError):
            while os.waitpid(self._pid, os.WNOHANG) == (0, 0) and monotonic() < deadline:
                sleep(_POLL_SECONDS)
