"""Whether something failed because the disk has no room."""

import errno
from typing import Final

FULL_ERRORS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""A disk without room, a person's share of it, and a limit on the size of a file."""
_SAID: Final = ("No space left", "Disk quota exceeded", "File too large")


def is_disk_full(error: OSError) -> bool:
    """Whether a file could not be written for want of room."""
    return error.errno in FULL_ERRORS


def says_disk_full(complaint: str) -> bool:
    """Whether a program complains of that."""
    return any(sign in complaint for sign in _SAID)
