"""When upkeep is due, by a clock that does not jump."""

import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from celery.schedules import schedstate, schedule


class SteadySchedule(schedule):  # type: ignore[misc] # Celery has no types
    """Every so often, whatever the machine's clock does.

    Celery's own waits until the clock has caught up with the last run: after a clock that was hours
    ahead is set right, beat would do nothing for hours.
    """

    def __init__(
        self,
        run_every: float | timedelta,
        relative: bool = False,
        _nowfun: object = None,
        app: Any = None,  # noqa: ANN401 - Celery's
    ) -> None:
        super().__init__(run_every, relative, nowfun=steady_now, app=app)

    def is_due(self, last_run_at: datetime) -> schedstate:
        """Whether to run now, and when to look again; a run in the future was by another clock."""
        if self.maybe_make_aware(last_run_at) > self.now():
            return schedstate(is_due=True, next=self.seconds)
        return super().is_due(last_run_at)


def steady_now() -> datetime:
    """The time that it was when this was first asked, and what has passed since."""
    began_at, began_seconds = _beginning()
    return began_at + timedelta(seconds=time.monotonic() - began_seconds)


@cache
def _beginning() -> tuple[datetime, float]:
    return datetime.now(UTC), time.monotonic()
