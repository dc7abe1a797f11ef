"""Makes files of content, and reads question banks, in a process of its own.

The libraries of Office files and e-learning packages take tens of megabytes, may be at it for
seconds, and read what strangers wrote; a server keeps all of that out of its own process.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from content.base import Content
from publishing.courses.course import CoursePackage
from publishing.errors import DiskFullError, ProcessFailedError, PublishingError
from publishing.room import is_disk_full
from publishing.written import ExportedFile

if TYPE_CHECKING:
    from publishing.importing import ImportedQuestions

TIMEOUT_SECONDS = 180.0
_PACKAGE_PARENT = Path(__file__).resolve().parent.parent
_COMPLAINT_CHARACTERS = 500


def export_apart(content: Content | CoursePackage, format: str, folder: Path) -> ExportedFile:  # noqa: A002 (the word)
    """What `publishing.exporting.export` does. Blocks.

    Raises:
        PublishingError: as there; or the process broke down, or took too long.
    """
    made = _apart("export", content, format, folder)
    assert isinstance(made, ExportedFile)  # noqa: S101 (what it gives)
    return made


def import_apart(file: Path, language: str) -> "ImportedQuestions":
    """What `publishing.importing.import_questions` does. Blocks.

    Raises:
        PublishingError: as there; or the process broke down, or took too long.
    """
    read: ImportedQuestions = _apart("import", file, language)  # type: ignore[assignment]
    return read


def _apart(work: Literal["export", "import"], *arguments: object) -> object:
    python_path = [str(_PACKAGE_PARENT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "publishing.apart"],
            input=pickle.dumps((work, arguments)),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(python_path)},
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProcessFailedError(f"it took more than {TIMEOUT_SECONDS:g} seconds") from error
    if finished.returncode != 0:
        complaint = finished.stderr.decode(errors="replace").strip()[-_COMPLAINT_CHARACTERS:]
        raise ProcessFailedError(complaint or f"it ended with {finished.returncode}")
    outcome: object = pickle.loads(finished.stdout)  # noqa: S301 (written by our own process)
    if isinstance(outcome, PublishingError):
        raise outcome
    return outcome


def main() -> None:
    """Does the work that stands on the standard input, and tells what became of it."""
    work, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 (written by `_apart`)
    outcome: object
    try:
        if work == "export":
            from publishing.exporting import export

            outcome = export(*arguments)
        else:
            from publishing.importing import import_questions

            file, language = arguments
            outcome = import_questions(file, language=language)
    except PublishingError as error:
        outcome = error
    except OSError as error:
        if not is_disk_full(error):
            raise
        outcome = DiskFullError()
    sys.stdout.buffer.write(pickle.dumps(outcome))


if __name__ == "__main__":
    main()
