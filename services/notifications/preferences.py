"""What somebody wants to be told, how and when: kinds by channel, digest, quiet hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.notifications.events import EventKind

Digest = Literal["off", "daily", "weekly"]
DIGEST_HOUR = 7
"""Of the day, in the reader's time zone; a weekly one comes on Mondays."""
MONDAY = 0
DEFAULT_CHANNELS: Mapping[EventKind, frozenset[str]] = {
    EventKind.JOB_SUCCEEDED: frozenset({"page"}),
    EventKind.JOB_FAILED: frozenset({"page", "email"}),
    EventKind.CONTENT_PUBLISHED: frozenset({"page"}),
    EventKind.ANSWER_CORRECTED: frozenset({"page", "email"}),
    EventKind.GRADE_CHANGED: frozenset({"page", "email"}),
    EventKind.APPEAL_DECIDED: frozenset({"page", "email"}),
    EventKind.CERTIFICATE_REVOKED: frozenset({"page", "email"}),
    EventKind.REVIEWS_DUE: frozenset({"page"}),
    EventKind.PASSWORD_CHANGED: frozenset({"page"}),
}
"""A changed password is mailed in any case, by the account itself."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one minute of the day to another, over midnight where it ends before it begins."""

    from_minute: int
    until_minute: int

    def holds(self, local: datetime) -> bool:
        """Whether a moment lies within."""
        minute = local.hour * 60 + local.minute
        if self.from_minute <= self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody is told; as it stands for who chose nothing.

    Attributes:
        choices: Channels by kind, where they are not the defaults.
    """

    choices: Mapping[str, list[str]] = field(default_factory=dict)
    digest: Digest = "off"
    quiet_hours: QuietHours | None = None
    time_zone: str = "UTC"

    def channels(self, kind: EventKind) -> frozenset[str]:
        """Through which channels they are told of a kind."""
        chosen = self.choices.get(kind.value)
        return DEFAULT_CHANNELS[kind] if chosen is None else frozenset(chosen)

    def due_at(self, now: datetime) -> datetime:
        """When what happens now is sent: at once, with the next digest, never in quiet hours."""
        local = now.astimezone(ZoneInfo(self.time_zone))
        if self.digest != "off":
            local = self._next_digest(local)
        if self.quiet_hours is not None and self.quiet_hours.holds(local):
            local = _next_time(local, self.quiet_hours.until_minute)
        return local.astimezone(UTC)

    def _next_digest(self, local: datetime) -> datetime:
        at = _next_time(local, DIGEST_HOUR * 60)
        while self.digest == "weekly" and at.weekday() != MONDAY:
            at = _at(at + timedelta(days=1), DIGEST_HOUR * 60)
        return at


def _next_time(local: datetime, minute: int) -> datetime:
    """The next moment after this one at which the clock shows a minute of the day."""
    today = _at(local, minute)
    return today if today > local else _at(local + timedelta(days=1), minute)


def _at(local: datetime, minute: int) -> datetime:
    """That minute of the same day; a summer time's gap moves it as the zone has it."""
    moment = time(minute // 60, minute % 60)
    return datetime.combine(local.date(), moment, tzinfo=local.tzinfo)
