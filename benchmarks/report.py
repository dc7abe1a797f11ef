"""Figures to the screen and to `benchmarks/results/NAME.json`, with commit, date and machine."""

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psutil

RESULTS = Path(__file__).parent / "results"


def write_report(name: str, figures: Mapping[str, Any], promises: Mapping[str, bool]) -> bool:
    """Writes and prints the figures; whether every promise was kept."""
    report = {
        "benchmark": name,
        "commit": commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "figures": figures,
        "promises": promises,
    }
    RESULTS.mkdir(exist_ok=True)
    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE
    (RESULTS / f"{name}.json").write_bytes(orjson.dumps(report, option=options))
    print(f"\n{name}")
    _print_figures(figures, indent="  ")
    for promise, is_kept in promises.items():
        print(f"  {'kept  ' if is_kept else 'BROKEN'} {promise}")
    return all(promises.values())


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the values do not exceed.

    Raises:
        IndexError: When there are no values.
    """
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def milliseconds(seconds: float) -> float:
    """Seconds as milliseconds, with two decimals."""
    return round(seconds * 1000, 2)


def _print_figures(figures: Mapping[str, Any], indent: str) -> None:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            print(f"{indent}{name}")
            _print_figures(value, indent + "  ")
        else:
            print(f"{indent}{name}: {value}")


def commit() -> str:
    """The commit of the checkout, and whether something is changed in it."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    folder = Path(__file__).parent
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return result.stdout.strip() or "unknown"


def machine() -> dict[str, Any]:
    """What the run has to itself, and what else was going on before it."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()
