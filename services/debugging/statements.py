"""The statements that this process sends to PostgreSQL: how often, how long, for which request."""

from collections import Counter, deque
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from connectors.tracing import REQUEST_ID
from services.debugging.fingerprints import fingerprint

MOST_PATTERNS = 500
MOST_SLOW = 100
SLOW_SECONDS = 0.1
REPEATED_FROM = 5
"""So often in one request, a pattern is likely one statement per row that could be one for all."""
BOUNDS = frozenset({"BEGIN;", "BEGIN", "COMMIT;", "COMMIT", "ROLLBACK;", "ROLLBACK", ";"})
"""Bounds of transactions: round trips, but no statement that somebody wrote."""

StatementOrder = Literal["total", "max", "count", "repeated"]


@dataclass(frozen=True, slots=True)
class RepeatedStatement:
    """A pattern that one request sent suspiciously often."""

    pattern: str
    count: int


@dataclass(slots=True)
class RequestStatements:
    """What one request has sent so far."""

    seconds: float = 0.0
    by_pattern: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """Statements, without the bounds of transactions."""
        return self.by_pattern.total()

    @property
    def most_repeated(self) -> RepeatedStatement | None:
        """The pattern sent most often, where that is suspicious."""
        [(pattern, times)] = self.by_pattern.most_common(1) or [("", 0)]
        return RepeatedStatement(pattern, times) if times >= REPEATED_FROM else None


CURRENT: ContextVar[RequestStatements | None] = ContextVar("statements_of_request", default=None)
"""Of the request that the code runs for; None outside of one, and where debugging is off."""


@dataclass(slots=True)
class StatementPattern:
    """Statements that differ in their values alone.

    Attributes:
        most_in_one_request: The most often that a single request sent it.
    """

    pattern: str
    count: int = 0
    total_seconds: float = 0.0
    max_seconds: float = 0.0
    failed: int = 0
    most_in_one_request: int = 0

    @property
    def mean_seconds(self) -> float:
        """Of all so far."""
        return self.total_seconds / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class SlowStatement:
    """One that took long."""

    at: datetime
    seconds: float
    pattern: str
    request_id: str


class StatementTable:
    """A bounded table of patterns and the latest slow statements; parameters are never kept.

    Where it is full, a new pattern takes the place of the one that took least time in all.
    """

    def __init__(self, most_patterns: int = MOST_PATTERNS) -> None:
        self._most_patterns = most_patterns
        self._patterns: dict[str, StatementPattern] = {}
        self._slow: deque[SlowStatement] = deque(maxlen=MOST_SLOW)
        self._since = datetime.now(UTC)
        self._left_out = 0

    @property
    def since(self) -> datetime:
        """When counting began."""
        return self._since

    @property
    def left_out(self) -> int:
        """Patterns that gave way to others."""
        return self._left_out

    @property
    def slow(self) -> Sequence[SlowStatement]:
        """The latest slow ones, the newest first."""
        return list(reversed(self._slow))

    def note(self, statement: str, seconds: float, error: str | None = None) -> None:
        """Counts a statement that has just ended."""
        pattern = fingerprint(statement)
        found = self._patterns.get(pattern) or self._add(pattern)
        found.count += 1
        found.total_seconds += seconds
        found.max_seconds = max(found.max_seconds, seconds)
        found.failed += error is not None
        if seconds >= SLOW_SECONDS:
            slow = SlowStatement(datetime.now(UTC), seconds, pattern, REQUEST_ID.get() or "")
            self._slow.append(slow)
        request = CURRENT.get()
        if request is not None and pattern not in BOUNDS:
            request.by_pattern[pattern] += 1
            request.seconds += seconds
            times = request.by_pattern[pattern]
            found.most_in_one_request = max(found.most_in_one_request, times)

    def patterns(self, order: StatementOrder, limit: int) -> list[StatementPattern]:
        """The patterns that are most so, most first."""
        keys = {
            "total": lambda p: p.total_seconds,
            "max": lambda p: p.max_seconds,
            "count": lambda p: p.count,
            "repeated": lambda p: p.most_in_one_request,
        }
        return sorted(self._patterns.values(), key=keys[order], reverse=True)[:limit]

    def forget(self) -> None:
        """Begins anew."""
        self._patterns.clear()
        self._slow.clear()
        self._since = datetime.now(UTC)
        self._left_out = 0

    def _add(self, pattern: str) -> StatementPattern:
        if len(self._patterns) >= self._most_patterns:
            least = min(self._patterns.values(), key=lambda p: p.total_seconds)
            del self._patterns[least.pattern]
            self._left_out += 1
        added = self._patterns[pattern] = StatementPattern(pattern)
        return added
