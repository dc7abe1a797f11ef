"""The metrics of one process, kept in memory or, for several processes, in files they share."""

import os
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connectors.telemetry.catalogue import CATALOGUE, MetricSpec

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the processes of one machine keep their metrics together.

Source: prometheus_client, "Multiprocess Mode"; it is read when that library is first imported.
"""


class Metrics:
    """One of each metric of the catalogue.

    The library is loaded here and not with this module, so that a command may choose the shared
    folder first.

    Attributes:
        registry: Holds them.
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry

        self.registry: CollectorRegistry = CollectorRegistry()
        made = {"counter": self._counter, "gauge": self._gauge, "histogram": self._histogram}
        self._made: dict[str, Any] = {
            spec.name: made[spec.kind](spec) for spec in CATALOGUE if not spec.is_read_at_scrape
        }

    def counter(self, spec: MetricSpec) -> "Counter":
        """The counter of that spec."""
        counter: Counter = self._made[spec.name]
        return counter

    def gauge(self, spec: MetricSpec) -> "Gauge":
        """The gauge of that spec."""
        gauge: Gauge = self._made[spec.name]
        return gauge

    def histogram(self, spec: MetricSpec) -> "Histogram":
        """The histogram of that spec."""
        histogram: Histogram = self._made[spec.name]
        return histogram

    def _counter(self, spec: MetricSpec) -> "Counter":
        from prometheus_client import Counter

        return Counter(spec.name, spec.meaning, spec.labels, registry=self.registry)

    def _gauge(self, spec: MetricSpec) -> "Gauge":
        from prometheus_client import Gauge

        return Gauge(
            spec.name,
            spec.meaning,
            spec.labels,
            registry=self.registry,
            multiprocess_mode=spec.merging,
        )

    def _histogram(self, spec: MetricSpec) -> "Histogram":
        from prometheus_client import Histogram

        return Histogram(
            spec.name, spec.meaning, spec.labels, registry=self.registry, buckets=spec.buckets
        )


class Tally:
    """Durations of one thing, counted by bucket at next to no cost until they are handed in.

    Attributes:
        counts: Of each bucket, the last one for all that is longer.
        total_seconds: Of all together.
    """

    __slots__ = ("_bounds", "counts", "total_seconds")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total_seconds = 0.0

    def add(self, seconds: float) -> None:
        """Counts one."""
        self.counts[bisect_left(self._bounds, seconds)] += 1
        self.total_seconds += seconds

    def hand_in(self, histogram: "Histogram") -> None:
        """Adds what was counted to a histogram without labels and of the same bounds."""
        # The library observes one value at a time, which for every token would cost more than
        # the token. Source: prometheus_client 0.26, metrics.py, `Histogram.observe`.
        for bucket, count in zip(histogram._buckets, self.counts, strict=True):  # noqa: SLF001
            if count:
                bucket.inc(count)
        if any(self.counts):
            histogram._sum.inc(self.total_seconds)  # noqa: SLF001


def shared_folder() -> str | None:
    """The folder that the processes of this machine share, where there is one."""
    return os.environ.get(FOLDER_VARIABLE) or None
