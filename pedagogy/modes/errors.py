"""What a learner may not do with the tutor.

```
ModeError
└── ModeNotAllowedError   choose another way of teaching: the course's policy leaves this one out
```
"""

from collections.abc import Iterable
from typing import ClassVar


class ModeError(Exception):
    """A way of teaching cannot be had."""

    code: ClassVar[str] = "mode_failed"


class ModeNotAllowedError(ModeError):
    """The policy of the course leaves a mode out."""

    code = "mode_not_allowed"

    def __init__(self, mode: str, allowed: Iterable[str]) -> None:
        super().__init__(f"This course has no mode {mode!r}. Choose one of: {', '.join(allowed)}.")
        self.mode = mode
