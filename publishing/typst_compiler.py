"""Compiles Typst files in a process apart, and finds out which formulas it cannot set."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing.errors import TypesettingError, TypesettingTimedOutError
from publishing.processes import run

PAGE_NUMBER = "{0p}"
"""In the name of a PNG file: the number of the page, with as many digits as the last one's."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What Typst has to say of a document that it set.

    Attributes:
        notes: values of `#metadata(...) <note>` in the document.
        warnings: for a person: what could not be shown.
    """

    notes: tuple[Any, ...]
    warnings: tuple[str, ...]


def compile_typst(
    source: str,
    target: str,
    folder: Path,
    *,
    ppi: float | None = None,
    with_system_fonts: bool = True,
    timeout_seconds: float | None = None,
) -> Compiled:
    """Sets the file `source` in `folder` as `target` there: a PDF, or with `ppi` a PNG per page.

    Raises:
        TypesettingError: Typst refused it; the message has the first line of its complaint.
        TypesettingTimedOutError: it took too long.
    """
    request = {
        "source": source,
        "target": target,
        "ppi": ppi,
        "with_system_fonts": with_system_fonts,
    }
    (folder / "compile.json").write_text(json.dumps(request), encoding="utf-8")
    command = [sys.executable, "-m", "publishing.typst_process", "compile", "compile.json"]
    report = json.loads(run("Typst", command, folder, timeout_seconds=timeout_seconds))
    warnings = tuple(
        f"No font here shows {missing}: it is replaced by its name or a box."
        for missing in report["unprintable"]
    )
    return Compiled(tuple(report["notes"]), warnings)


def unsettable(formulas: Sequence[str], folder: Path) -> frozenset[int]:
    """The numbers of the formulas, in Typst's form, that Typst cannot set by themselves."""
    bad: set[int] = set()
    start = 0
    while start < len(formulas):
        good, tried = _settable(formulas[start:], folder)
        bad |= {start + number for number in range(tried) if number not in good}
        start += tried
    return frozenset(bad)


def _settable(formulas: Sequence[str], folder: Path) -> tuple[set[int], int]:
    """Numbers of those that were set, and how many were tried before the end or a crash."""
    (folder / "probe.json").write_text(json.dumps(list(formulas)), encoding="utf-8")
    (folder / "probe.txt").write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "publishing.typst_process", "probe", "probe.json"]
    try:
        run("Typst", command, folder)
        tried = len(formulas)
    except (TypesettingError, TypesettingTimedOutError):
        tried = 0
    good = {int(line) for line in (folder / "probe.txt").read_text(encoding="utf-8").split()}
    return good, tried or max(good, default=-1) + 2
