"""The last lines that this process has logged."""

import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

from services.debugging.redaction import without_secrets

MOST_LINES = 1000
LONGEST_LINE = 4000
SOURCES = ("", "uvicorn")
"""Loggers whose lines are kept: all, and uvicorn's, which keep to themselves."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line as it was logged, secrets hidden; with the traceback where there is one."""

    at: datetime
    level: str
    level_number: int
    logger: str
    text: str


class LogLines(logging.Handler):
    """Keeps the last lines; the oldest leaves first."""

    def __init__(self, most: int = MOST_LINES) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=most)
        self._plain = logging.Formatter("%(message)s")

    def start(self) -> None:
        """Begins to listen."""
        for source in SOURCES:
            logging.getLogger(source).addHandler(self)

    def stop(self) -> None:
        """Ends it; idempotent."""
        for source in SOURCES:
            logging.getLogger(source).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a line."""
        text = without_secrets(self._plain.format(record))[:LONGEST_LINE]
        at = datetime.fromtimestamp(record.created, UTC)
        self._lines.append(LogLine(at, record.levelname, record.levelno, record.name, text))

    def latest(self, limit: int, *, level: int = 0, words: str = "") -> list[LogLine]:
        """The newest first, of those at least so bad that hold the words."""
        wanted = words.lower()
        found = []
        for line in reversed(self._lines):
            if line.level_number >= level and wanted in line.text.lower():
                found.append(line)
                if len(found) == limit:
                    break
        return found
