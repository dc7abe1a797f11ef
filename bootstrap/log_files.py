"""Bounded log files that children write themselves, and the following of one of them."""

import os
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

LIMIT_BYTES = 10 * 1024 * 1024
_NOTEWORTHY = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL)\b", re.IGNORECASE)


def keep_bounded(log_file: Path, limit_bytes: int = LIMIT_BYTES) -> None:
    """Moves a log that has grown past the limit to `NAME.1` and empties it in place.

    The writer keeps its open file, since it appends; lines written while the copy is made
    may be lost, and all of them where a full disk has no room for the copy.
    """
    try:
        if log_file.stat().st_size <= limit_bytes:
            return
    except FileNotFoundError:
        return
    with suppress(OSError):
        log_file.with_name(f"{log_file.name}.1").write_bytes(log_file.read_bytes())
    os.truncate(log_file, 0)


def last_lines(log_file: Path, count: int = 12) -> str:
    """The last lines of a log, for a message about why its writer failed."""
    try:
        with log_file.open(encoding="utf-8", errors="replace") as file:
            return "".join(deque(file, maxlen=count)).strip()
    except FileNotFoundError:
        return ""


class NoteworthyLines:
    """Follows a log file and gives its new warnings and errors."""

    def __init__(self, log_file: Path) -> None:
        self._log_file = log_file
        self._offset = log_file.stat().st_size if log_file.exists() else 0

    def read(self) -> Iterator[str]:
        """The complete lines written since the last call that warn or report an error."""
        if not self._log_file.exists():
            return
        size = self._log_file.stat().st_size
        if size < self._offset:  # emptied by `keep_bounded`
            self._offset = 0
        with self._log_file.open("rb") as file:
            file.seek(self._offset)
            written = file.read(size - self._offset)
        complete = written[: written.rfind(b"\n") + 1]
        self._offset += len(complete)
        for line in complete.decode("utf-8", errors="replace").splitlines():
            if _NOTEWORTHY.search(line):
                yield line
