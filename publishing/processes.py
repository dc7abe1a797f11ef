"""Runs the programs that typeset and convert, each in a process of its own with a time limit."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from publishing.errors import DiskFullError, TypesettingError, TypesettingTimedOutError
from publishing.room import says_disk_full

TIMEOUT_SECONDS = 20.0
_PACKAGE_PARENT = Path(__file__).resolve().parent.parent
_COMPLAINT_CHARACTERS = 200


def run(
    program: str,
    command: Sequence[str],
    folder: Path,
    *,
    timeout_seconds: float | None = None,
) -> str:
    """What a program wrote to its standard output; it runs in `folder`, without input. Blocks.

    Raises:
        DiskFullError: it could not write.
        TypesettingError: it failed; the message has the last line of its complaint.
        TypesettingTimedOutError: it had not ended after its time, `TIMEOUT_SECONDS` by default.
    """
    limit = TIMEOUT_SECONDS if timeout_seconds is None else timeout_seconds
    python_path = [str(_PACKAGE_PARENT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        finished = subprocess.run(  # noqa: S603 (no shell, arguments of our making)
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(python_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TypesettingTimedOutError(program, limit) from error
    if finished.returncode != 0:
        complaint = finished.stderr.decode(errors="replace").strip()
        if finished.returncode == -signal.SIGXFSZ or says_disk_full(complaint):
            raise DiskFullError
        lines = complaint.splitlines() or ["no reason given"]
        raise TypesettingError(f"{program}: {lines[-1].strip()[:_COMPLAINT_CHARACTERS]}")
    return finished.stdout.decode(errors="replace")
