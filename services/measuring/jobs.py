"""How long jobs wait and take, and what ingestion brings in."""

from collections import Counter
from collections.abc import Sequence

from connectors.telemetry import catalogue
from connectors.telemetry.metrics import Metrics
from jobs.kinds import JobKind


class JobMeasures:
    """Counts jobs; without metrics it counts nothing."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self._metrics = metrics

    def waited(self, kind: JobKind, seconds: float) -> None:
        """A job was claimed for the first time, so long after it was asked for."""
        if self._metrics is not None:
            self._metrics.histogram(catalogue.JOB_WAIT).labels(kind.value).observe(seconds)

    def ended(self, kind: JobKind, outcome: str, seconds: float) -> None:
        """A job that was held for so long is over: succeeded, failed, cancelled or lost."""
        if self._metrics is not None:
            duration = self._metrics.histogram(catalogue.JOB_DURATION)
            duration.labels(kind.value, outcome).observe(seconds)

    def ingested(self, statuses: Sequence[str], chunks: int) -> None:
        """Files were taken in, each with its status, and so many chunks encoded."""
        if self._metrics is None:
            return
        files = self._metrics.counter(catalogue.INGESTED_FILES)
        for status, count in Counter(statuses).items():
            files.labels(status).inc(count)
        self._metrics.counter(catalogue.INGESTED_CHUNKS).inc(chunks)
