"""Goals that learners choose for themselves, a week at a time.

Source: goals help where they are specific, one's own, and progress shows (Locke and Latham 2002).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class GoalUnit(StrEnum):
    """What is counted."""

    MINUTES = "minutes"
    ITEMS = "items"
    DAYS = "days"


MOST_PER_WEEK = {GoalUnit.MINUTES: 10_080, GoalUnit.ITEMS: 10_000, GoalUnit.DAYS: 7}


@dataclass(frozen=True, slots=True)
class Goal:
    """So much of something a week."""

    unit: GoalUnit
    per_week: int


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())
