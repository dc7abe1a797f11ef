"""When somebody is told: at once, with a digest, and never in their quiet hours."""

from datetime import UTC, datetime

import pytest

from services.notifications.events import EventKind
from services.notifications.preferences import DEFAULT_CHANNELS, Preferences, QuietHours

WEDNESDAY_NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NIGHT = QuietHours(22 * 60, 7 * 60)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("preferences", "now", "due"),
    [
        (Preferences(), WEDNESDAY_NOON, WEDNESDAY_NOON),
        (Preferences(digest="daily"), WEDNESDAY_NOON, utc(26, 7)),
        (Preferences(digest="daily"), utc(25, 6, 59), utc(25, 7)),
        (Preferences(digest="weekly"), WEDNESDAY_NOON, utc(30, 7)),
        (Preferences(quiet_hours=NIGHT), utc(25, 23), utc(26, 7)),
        (Preferences(quiet_hours=NIGHT), utc(25, 6, 59), utc(25, 7)),
        (Preferences(quiet_hours=NIGHT), utc(25, 7), utc(25, 7)),
        (Preferences(quiet_hours=QuietHours(12 * 60, 13 * 60)), WEDNESDAY_NOON, utc(25, 13)),
        (Preferences(digest="daily", time_zone="Asia/Kolkata"), WEDNESDAY_NOON, utc(26, 1, 30)),
        (
            Preferences(quiet_hours=NIGHT, time_zone="Asia/Kolkata"),
            utc(25, 17),
            utc(26, 1, 30),
        ),
        (Preferences(digest="daily", quiet_hours=QuietHours(0, 8 * 60)), utc(25, 12), utc(26, 8)),
    ],
)
def test_what_happens_is_due_when_its_reader_wants(
    preferences: Preferences, now: datetime, due: datetime
) -> None:
    assert preferences.due_at(now) == due


def test_a_clock_that_is_set_forward_in_quiet_hours_ends_them_on_time() -> None:
    night = Preferences(quiet_hours=NIGHT, time_zone="Europe/Berlin")

    due = night.due_at(datetime(2026, 3, 29, 0, 30, tzinfo=UTC))

    assert due == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)


def test_every_kind_has_its_usual_channels_and_a_choice_takes_their_place() -> None:
    chosen = Preferences(choices={"grade.changed": []})

    assert set(DEFAULT_CHANNELS) == set(EventKind)
    assert chosen.channels(EventKind.GRADE_CHANGED) == frozenset()
    assert chosen.channels(EventKind.JOB_FAILED) == {"page", "email"}
