"""Reads documents in a process of their own, which a hostile file may crash, fill or stall."""

import functools
import math
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import orjson
from pydantic import TypeAdapter

from ingestion.document import ParsedDocument
from ingestion.errors import (
    MEMORY_EXHAUSTED,
    DocumentTooLargeError,
    IngestionError,
    ReaderCrashedError,
    ReadingTimedOutError,
    error_of_code,
)

_PACKAGE_PARENT: Final = Path(__file__).resolve().parent.parent
# Libraries leak; a process that has read this many files makes room for a new one.
_FILES_PER_PROCESS: Final = 500
_READ_BYTES: Final = 1 << 20
_STOP_SECONDS: Final = 5.0
_MAX_DETAIL_CHARACTERS: Final = 200


def read_guarded(
    source: Path, key: str, *, timeout_seconds: float = 120.0, memory_bytes: int = 1 << 30
) -> list[ParsedDocument]:
    """The documents of one file, read in a process of its own.

    Raises:
        IngestionError: As `GuardedReader.read`.
    """
    with GuardedReader(timeout_seconds=timeout_seconds, memory_bytes=memory_bytes) as reader:
        return list(reader.read(source, key=key))


class GuardedReader:
    """Reads file after file in one process beside this one, replaced whenever it dies.

    Starting a process costs more than reading a short file, hence one for many files. Not for
    use by two threads at once; every thread takes its own. Blocks: from an event loop, call it
    in a thread.

    Args:
        timeout_seconds: Time allowed until the next document of a file.
        memory_bytes: Address space allowed to the process.
    """

    def __init__(self, *, timeout_seconds: float = 120.0, memory_bytes: int = 1 << 30) -> None:
        self._timeout_seconds = timeout_seconds
        self._memory_bytes = memory_bytes
        self._process: _ReadingProcess | None = None
        self._files_read = 0
        self._starting = threading.Lock()
        self._is_ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A thread that was left reading when its task was cancelled must not start another.
        with self._starting:
            self._is_ended = True
        self.close()

    def close(self) -> None:
        """End the reading process, if there is one; the next `read` starts another."""
        with self._starting:
            process, self._process = self._process, None
        self._files_read = 0
        if process is not None:
            process.kill()

    def read(self, source: Path, *, key: str) -> Iterator[ParsedDocument]:
        """Yield the documents of a file as they are read.

        Raises:
            ReadingTimedOutError: The next document did not come in time.
            ReaderCrashedError: The process died over the file.
            DocumentTooLargeError: It needs more memory than allowed, or is too large a file.
            IngestionError: The file cannot be read for a reason of its own.
        """
        if self._files_read >= _FILES_PER_PROCESS:
            self.close()
        is_fresh = self._process is None
        yielded = 0
        try:
            for document in self._exchange(source, key):
                yielded += 1
                yield document
        except (DocumentTooLargeError, ReaderCrashedError):
            has_died = self._process is None
            if is_fresh or yielded or not has_died:
                raise
            # What it had read before may have used up its memory: the file gets a fair trial.
            yield from self._exchange(source, key)

    def _exchange(self, source: Path, key: str) -> Iterator[ParsedDocument]:
        process = self._started_process(key)
        self._files_read += 1
        is_answered = False
        try:
            process.ask(source, key)
            while "document" in (answer := process.answer(self._timeout_seconds)):
                yield _document_adapter().validate_python(answer["document"])
            is_answered = True
        except _ProcessEndedError as error:
            raise _explain(error, key, self._memory_bytes) from error
        except TimeoutError as error:
            reason = f"it was not read after {self._timeout_seconds:g} s; divide it into parts"
            raise ReadingTimedOutError(key, reason) from error
        finally:
            if not is_answered:  # dead, or still busy with answers nobody waits for
                self.close()
        if "error" in answer:
            raise error_of_code(**answer["error"])

    def _started_process(self, key: str) -> "_ReadingProcess":
        with self._starting:
            if self._is_ended:
                raise ReaderCrashedError(key, "reading was ended; bring it in again")
            if self._process is None:
                self._process = _ReadingProcess(self._memory_bytes, self._timeout_seconds)
            return self._process


class _ProcessEndedError(Exception):
    """The reading process ended before it had answered."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail


class _ReadingProcess:
    """A running `ingestion.reading_process` and the pipes to it."""

    def __init__(self, memory_bytes: int, timeout_seconds: float) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as self)
        python_path = os.pathsep.join(
            [str(_PACKAGE_PARENT), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
        self._process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
            [
                *(sys.executable, "-m", "ingestion.reading_process"),
                *(str(memory_bytes), str(math.ceil(timeout_seconds))),
            ],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONPATH": python_path},
            # Its children die with it, and Ctrl-C reaches neither before us.
            start_new_session=True,
        )
        self._received = bytearray()

    def ask(self, source: Path, key: str) -> None:
        """Ask for a file."""
        request = orjson.dumps({"path": str(source.resolve()), "key": key})
        assert self._process.stdin is not None  # noqa: S101 (tells the type checker)
        try:
            self._process.stdin.write(request + b"\n")
        except BrokenPipeError as error:
            raise self._ended() from error

    def answer(self, timeout_seconds: float) -> dict[str, Any]:
        """The next line of its answer.

        Raises:
            TimeoutError: It did not come in time.
            _ProcessEndedError: The process ended instead.
        """
        deadline = time.monotonic() + timeout_seconds
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            self._received += self._next_bytes(deadline)
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        answer: dict[str, Any] = orjson.loads(line)
        return answer

    def kill(self) -> None:
        """End it and whatever it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(_STOP_SECONDS)
        for stream in (self._process.stdin, self._process.stdout, self._log):
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
            raise self._ended()
        return received

    def _ended(self) -> _ProcessEndedError:
        status = self._process.wait(_STOP_SECONDS)
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", errors="replace").strip().splitlines()
        return _ProcessEndedError(status, lines[-1][:_MAX_DETAIL_CHARACTERS] if lines else "")


@functools.cache
def _document_adapter() -> TypeAdapter[ParsedDocument]:
    return TypeAdapter(ParsedDocument)


def _explain(error: _ProcessEndedError, key: str, memory_bytes: int) -> IngestionError:
    if error.status == MEMORY_EXHAUSTED:
        mebibytes = memory_bytes >> 20
        reason = f"reading it needs more than {mebibytes} MiB of memory; divide it into parts"
        return DocumentTooLargeError(key, reason)
    if error.status == -signal.SIGXCPU:
        reason = "reading it used up the processor time allowed; divide it into parts"
        return ReadingTimedOutError(key, reason)
    cause = signal.Signals(-error.status).name if error.status < 0 else f"status {error.status}"
    detail = f": {error.detail}" if error.detail else ""
    reason = f"the reading process died over it ({cause}{detail}); save it again in another way"
    return ReaderCrashedError(key, reason)
