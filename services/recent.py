"""Values remembered for a few seconds, so that every request need not ask for them again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MAXIMUM_SIZE = 10_000


class RecentValues(Generic[Key, Value]):
    """A bounded map whose entries end after a lifetime; the oldest leaves first."""

    def __init__(
        self,
        lifetime: timedelta,
        clock: Callable[[], datetime],
        maximum_size: int = MAXIMUM_SIZE,
    ) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self._maximum_size = maximum_size
        self._entries: dict[Key, tuple[datetime, Value]] = {}

    def get(self, key: Key) -> Value | None:
        """The value put in within the lifetime, or None."""
        entry = self._entries.get(key)
        if entry is None or entry[0] <= self._clock():
            return None
        return entry[1]

    def put(self, key: Key, value: Value) -> None:
        """Remembers a value for one lifetime."""
        self._entries.pop(key, None)
        while len(self._entries) >= self._maximum_size:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = self._clock() + self._lifetime, value

    def forget(self, key: Key) -> None:
        """Drops a value that is no longer true."""
        self._entries.pop(key, None)

    def forget_where(self, is_meant: Callable[[Value], bool]) -> None:
        """Drops every value that is meant; for what happens seldom, as all are looked at."""
        for key in [key for key, (_, value) in self._entries.items() if is_meant(value)]:
            self.forget(key)
