"""One thing that `doctor` looked at, how it is, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; only `fail` makes the installation unusable."""

    check: str
    status: Status
    detail: str
    advice: str = ""
    """What to do; empty where nothing is to be done."""
