"""The programs of the house, run as processes of their own without importing everything again.

Imports are most of what a short command costs, so one process imports once and is forked for each.
That each program also starts from nothing is for the journeys, the topology, and the tests of
`cli.main` and `serve`.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pytest

from bootstrap.home import CHECKOUT

COMMAND_SECONDS = 300.0
"""Long enough for a slow machine; nothing waits where things go well."""


class Program:
    """A process that runs a program, leader of a session; used like `subprocess.Popen`."""

    def __init__(self, ending: socket.socket) -> None:
        self._ending = ending
        self.pid = self._told()
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self.returncode is None and select.select([self._ending], [], [], 0)[0]:
            self._note()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once there is one.

        Raises:
            subprocess.TimeoutExpired: when it runs for longer than that.
        """
        if self.returncode is None:
            if not select.select([self._ending], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self._note()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """A no-op on a process that has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _note(self) -> None:
        self.returncode = self._told()
        self._ending.close()

    def _told(self) -> int:
        return int(self._ending.recv(16))


class Programs:
    """Starts programs, by way of `program_forks`."""

    def __init__(self, asking: socket.socket) -> None:
        self._asking = asking

    def start(
        self,
        module: str,
        *arguments: object,
        environment: Mapping[str, str],
        output: IO[Any] | None = None,
        errors: IO[Any] | None = None,
        typed: IO[Any] | None = None,
    ) -> Program:
        """What `python -m MODULE ARGUMENTS` does in the checkout; `errors` go to the output."""
        request = {
            "module": module,
            "arguments": [str(argument) for argument in arguments],
            "environment": dict(environment),
            "folder": str(CHECKOUT),
        }
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with Path(os.devnull).open("r+b") as nothing, there:
            written = output or nothing
            files = (typed or nothing, written, errors or written, there)
            descriptors = [file.fileno() for file in files]
            socket.send_fds(self._asking, [json.dumps(request).encode()], descriptors)
        return Program(here)

    def run(
        self, *arguments: object, environment: Mapping[str, str], typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """What `neuroshiksha ARGUMENTS` does, to its end."""
        with (
            tempfile.TemporaryFile("w+") as keyboard,
            tempfile.TemporaryFile("w+") as output,
            tempfile.TemporaryFile("w+") as errors,
        ):
            keyboard.write(typed)
            keyboard.seek(0)
            process = self.start(
                "cli.main",
                *arguments,
                environment=environment,
                output=output,
                errors=errors,
                typed=keyboard,
            )
            try:
                code = process.wait(COMMAND_SECONDS)
            finally:
                process.kill()
                process.wait()
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(arguments, code, output.read(), errors.read())


@pytest.fixture(scope="session")
def programs() -> Iterator[Programs]:
    """The programs of the house, for as long as the tests run."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    forks = subprocess.Popen(
        [sys.executable, "-m", "tests.support.program_forks", str(there.fileno())],
        cwd=CHECKOUT,
        pass_fds=[there.fileno()],
        stdin=subprocess.DEVNULL,
    )
    there.close()
    with here:
        yield Programs(here)
    forks.wait()
