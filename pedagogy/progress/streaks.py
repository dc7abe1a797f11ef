"""A streak that forgives: days off are saved up, and a break is told without blame.

Sources: streaks that break put people off going on (Silverman and Barasch 2023); a goal with slack
that is kept for emergencies is held longer than one without (Sharif and Shu 2017).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

DAYS_PER_FREEZE: Final = 5
"""So many days of learning earn a day off."""
MOST_FREEZES: Final = 2


@dataclass(frozen=True, slots=True)
class Streak:
    """How regularly somebody learns.

    Attributes:
        days: Days of learning in the streak that goes on; days off do not count, and break none.
        longest: The same of the longest one.
        freezes: Days off that are saved up.
        is_today_done: Whether something was learned today.
        active_days: Days of learning of the last seven, today included.
    """

    days: int
    longest: int
    freezes: int
    is_today_done: bool
    active_days: int


def streak(learned: Collection[date], today: date) -> Streak:
    """The streak of these days; days after today are left out, today itself may still come."""
    days = sorted(day for day in set(learned) if day <= today)
    run = longest = freezes = 0
    earned = 0
    before: date | None = None
    for day in days:
        missed = 0 if before is None else (day - before).days - 1
        if missed > freezes:
            run, freezes, earned = 0, 0, 0
        else:
            freezes -= missed
        run += 1
        earned += 1
        longest = max(longest, run)
        if earned == DAYS_PER_FREEZE:
            earned, freezes = 0, min(freezes + 1, MOST_FREEZES)
        before = day
    missed = 0 if before is None else max((today - before).days - 1, 0)
    if missed > freezes:
        run = freezes = 0
    else:
        freezes -= missed
    week = sum(today - timedelta(days=7) < day for day in days)
    return Streak(run, longest, freezes, before == today, week)
