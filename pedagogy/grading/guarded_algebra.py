"""Compares formulas in a process of its own, so that none can hang or crash more than that."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from pedagogy.grading.algebra import Likeness
from pedagogy.grading.formulas import CONSTANTS, Formula, plain_of, symbols_of

_PACKAGE_PARENT: Final = Path(__file__).resolve().parents[2]
_READ_BYTES: Final = 1 << 16
_STOP_SECONDS: Final = 5.0
_START_SECONDS: Final = 30.0
_REST_SECONDS: Final = 30.0
"""After a proof that took too long nothing is proved for a while: points decide alone, so that
nobody can have everybody wait by sending hard forms of the right answer."""


class GuardedAlgebra:
    """Compares pair after pair in one process beside this one, replaced whenever it dies.

    Threads take their turn. The bound of time counts from when a pair's turn comes. A proof that
    does not come in time leaves what the points said.

    Args:
        timeout_seconds: Time allowed for one pair.
        memory_bytes: Address space allowed to the process.
    """

    def __init__(self, *, timeout_seconds: float = 3.0, memory_bytes: int = 1 << 30) -> None:
        self._timeout_seconds = timeout_seconds
        self._memory_bytes = memory_bytes
        self._turn = threading.Lock()
        self._process: _AlgebraProcess | None = None
        self._proves_from = 0.0

    def compare(self, left: Formula, right: Formula) -> Likeness:
        """How the two compare, within the bound of time."""
        if left == right:
            return Likeness.SYMBOLIC
        names = (symbols_of(left) | symbols_of(right)) - CONSTANTS
        pair = {"left": plain_of(left), "right": plain_of(right), "variables": sorted(names)}
        with self._turn:
            return self._compared(pair)

    def close(self) -> None:
        """End the process, if there is one; the next comparison starts another."""
        with self._turn:
            self._end()

    def _compared(self, pair: dict[str, Any]) -> Likeness:
        likeness = Likeness.UNDECIDED
        is_to_prove = time.monotonic() >= self._proves_from
        try:
            process = self._asked({**pair, "is_to_prove": is_to_prove})
            deadline = time.monotonic() + self._timeout_seconds
            likeness = _LIKENESS_OF_POINTS[process.answer(deadline)["points"]]
            if likeness.is_equal and is_to_prove and process.answer(deadline)["proved"]:
                likeness = Likeness.SYMBOLIC
        except (TimeoutError, OSError, EOFError):
            self._end()
            self._proves_from = time.monotonic() + _REST_SECONDS
        return likeness

    def _asked(self, pair: dict[str, Any]) -> "_AlgebraProcess":
        """The process, given the pair; one that has died meanwhile makes room for another."""
        if self._process is not None and not self._process.is_running:
            self._end()
        if self._process is None:
            self._process = _AlgebraProcess(self._memory_bytes)
        self._process.ask(pair)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()


_LIKENESS_OF_POINTS: Final = {
    "agree": Likeness.NUMERIC,
    "differ": Likeness.DIFFERENT,
    "undecided": Likeness.UNDECIDED,
}


class _AlgebraProcess:
    """A running `pedagogy.grading.algebra_process` and the pipes to it."""

    def __init__(self, memory_bytes: int) -> None:
        python_path = os.pathsep.join(
            [str(_PACKAGE_PARENT), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
        self._process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
            [sys.executable, "-m", "pedagogy.grading.algebra_process", str(memory_bytes)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": python_path},
            # Ctrl-C reaches it only through us.
            start_new_session=True,
        )
        self._received = bytearray()
        # Importing sympy must not count against the first pair.
        self.ask({"left": ["number", "1"], "right": ["number", "2"], "variables": []})
        self.answer(time.monotonic() + _START_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ask(self, pair: dict[str, Any]) -> None:
        """Ask for a pair."""
        assert self._process.stdin is not None  # noqa: S101 (tells the type checker)
        self._process.stdin.write(json.dumps(pair).encode() + b"\n")

    def answer(self, deadline: float) -> dict[str, Any]:
        """The next line of its answer.

        Raises:
            TimeoutError: It did not come in time.
            EOFError: The process ended instead.
        """
        while (end := self._received.find(b"\n")) < 0:
            self._received += self._next_bytes(deadline)
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        answer: dict[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_STOP_SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _next_bytes(self, deadline: float) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 (tells the type checker)
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
        received = os.read(self._process.stdout.fileno(), _READ_BYTES)
        if not received:
            raise EOFError
        return received
