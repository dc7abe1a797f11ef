"""Metrics as Prometheus reads them: of this process, or of all that share a folder."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.telemetry.catalogue import MetricSpec
from connectors.telemetry.metrics import Metrics, shared_folder

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LIVE_GAUGE = re.compile(r"^gauge_live[a-z]+_(\d+)\.db$")

Reading = Mapping[tuple[str, ...], float]
"""A value for each set of labels, in the order of the spec's."""


def exposition(metrics: Metrics | None, readings: Mapping[MetricSpec, Reading]) -> bytes:
    """All metrics in the text format, with what was read for this scrape.

    With a shared folder that is the sum over its processes, and `metrics` may be None.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    folder = shared_folder()
    if folder is None:
        assert metrics is not None  # noqa: S101 - a process without a folder has its own
        registry = metrics.registry
    else:
        registry = CollectorRegistry()
        _collect_all(Path(folder), registry)
    read = CollectorRegistry()
    read.register(_Readings(readings))
    return generate_latest(registry) + generate_latest(read)


class _Readings:
    """Offers values that were read just now."""

    def __init__(self, readings: Mapping[MetricSpec, Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterable["Metric"]:
        """As the library asks for."""
        from prometheus_client.metrics_core import GaugeMetricFamily

        for spec, reading in self._readings.items():
            family = GaugeMetricFamily(spec.name, spec.meaning, labels=spec.labels)
            for labels, value in reading.items():
                family.add_metric(labels, value)
            yield family

    def describe(self) -> Sequence["Metric"]:
        """Nothing that would be held against other collectors."""
        return ()


def _collect_all(folder: Path, registry: "CollectorRegistry") -> None:
    from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

    for file in folder.glob("gauge_live*.db"):
        found = _LIVE_GAUGE.match(file.name)
        if found is not None and not _is_running(int(found[1])):
            with suppress(FileNotFoundError):  # another scrape was quicker
                mark_process_dead(int(found[1]), str(folder))  # type: ignore[no-untyped-call]
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
