"""A streak forgives days off that were earned, and never goes below what was done."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedagogy.progress.streaks import DAYS_PER_FREEZE, MOST_FREEZES, streak

TODAY = date(2026, 3, 20)


def days_ago(*numbers: int) -> list[date]:
    return [TODAY - timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("learned", "days", "freezes"),
    [
        ([], 0, 0),
        ([0], 1, 0),
        ([1], 1, 0),
        ([2], 0, 0),
        ([0, 1, 2], 3, 0),
        ([0, 2, 3], 1, 0),
        ([0, 1, 2, 3, 4], 5, 1),
        ([2, 3, 4, 5, 6], 5, 0),
        ([3, 4, 5, 6, 7], 0, 0),
        ([0, 2, 3, 4, 5, 6], 6, 0),
        ([0, *range(3, 13)], 11, 0),
        (range(30), 30, 2),
    ],
)
def test_a_streak_by_hand(learned: list[int], days: int, freezes: int) -> None:
    found = streak(days_ago(*learned), TODAY)

    assert (found.days, found.freezes) == (days, freezes)


def test_today_may_still_come() -> None:
    found = streak(days_ago(1, 2), TODAY)

    assert found.days == 2
    assert not found.is_today_done


def test_the_last_week_is_told_whatever_the_streak() -> None:
    found = streak(days_ago(0, 3, 6, 7), TODAY)

    assert (found.days, found.active_days) == (1, 3)


def test_days_of_the_future_do_not_count() -> None:
    assert streak([TODAY + timedelta(days=1)], TODAY).days == 0


@given(numbers=st.sets(st.integers(0, 60)))
def test_learning_once_more_never_shortens_a_streak(numbers: set[int]) -> None:
    before = streak(days_ago(*numbers), TODAY)
    after = streak(days_ago(*numbers, 0), TODAY)

    assert after.days >= before.days
    assert after.longest >= before.longest >= before.days
    assert before.days <= len(numbers)
    assert before.freezes <= min(MOST_FREEZES, len(numbers) // DAYS_PER_FREEZE)
