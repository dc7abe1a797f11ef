"""What writers tell of their progress, as a part of their job's."""

from dataclasses import dataclass

from jobs.kinds import JobKind
from services.job_running import JobProgress


@dataclass(frozen=True, slots=True)
class PartialProgress:
    """Progress of a step that takes a job from `start` to `end` of the whole."""

    whole: JobProgress
    start: float
    end: float

    async def reached(self, stage: str, share: float) -> None:
        """`share` of the step is done, from 0 to 1, and `stage` is under way."""
        self.set(stage, share)

    def set(self, stage: str, share: float) -> None:
        """The same, for who has no need to wait."""
        self.whole.stage = stage
        reached = self.start + (self.end - self.start) * min(max(share, 0.0), 1.0)
        self.whole.fraction = max(self.whole.fraction, reached)


def share_written(kind: JobKind) -> float:
    """How much of a job is done once its content is stored; the rest are its files."""
    return 0.3 if kind is JobKind.VIDEO else 0.95
