"""Pictures of PDF pages with a passage marked, drawn in a process of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from ingestion.errors import DamagedDocumentError, ReaderCrashedError, ReadingTimedOutError

PICTURE, NO_SUCH_PAGE, DAMAGED = 0, 3, 4
"""How the drawing process ends: a PNG on standard output, the number of pages, or a reason."""

_PACKAGE_PARENT: Final = Path(__file__).resolve().parent.parent
_MAX_DETAIL_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a page in points, its origin at the bottom left as PDF has it."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to draw.

    Attributes:
        page: from 1.
        scale: pixels to a point; less is used where the picture would be too large.
        regions: what to mark.
        text: marked where it stands on the page, if there are no regions.
    """

    page: int
    scale: float
    regions: Sequence[Rectangle] = ()
    text: str = ""


class NoSuchPageError(Exception):
    """The document has fewer pages."""

    def __init__(self, page: int, pages: int) -> None:
        super().__init__(page, pages)
        self.page = page
        self.pages = pages

    def __str__(self) -> str:
        return f"There is no page {self.page}; the document has {self.pages}."


def draw_page(
    source: Path,
    key: str,
    request: PageRequest,
    *,
    timeout_seconds: float = 20.0,
    memory_bytes: int = 1 << 30,
) -> bytes:
    """The page as PNG. Blocks: from an event loop, call it in a thread.

    Raises:
        NoSuchPageError: the document has fewer pages.
        DamagedDocumentError: PDFium cannot open the file or the page.
        ReadingTimedOutError: it took longer than allowed.
        ReaderCrashedError: the drawing process died.
    """
    asked = {"path": str(source.resolve()), **asdict(request)}
    status, answer = drawn_apart(
        "ingestion.page_drawing",
        asked,
        key,
        request.page,
        may_end=(NO_SUCH_PAGE,),
        timeout_seconds=timeout_seconds,
        memory_bytes=memory_bytes,
    )
    if status == NO_SUCH_PAGE:
        raise NoSuchPageError(request.page, int(answer))
    return answer


def drawn_apart(
    module: str,
    asked: Mapping[str, Any],
    key: str,
    page: int,
    *,
    may_end: Collection[int],
    timeout_seconds: float = 20.0,
    memory_bytes: int = 1 << 30,
) -> tuple[int, bytes]:
    """How a process of our own has ended that draws from a page, and what it wrote. Blocks.

    Args:
        module: Run with a request on its standard input.
        asked: The request.
        key: Of the document.
        page: For the reason of a failure.
        may_end: Statuses beside `PICTURE` that are the caller's to understand.
        timeout_seconds: For all of it.
        memory_bytes: Its address space.

    Raises:
        DamagedDocumentError: PDFium cannot open the file or the page.
        ReadingTimedOutError: it took longer than allowed.
        ReaderCrashedError: the process died.
    """
    python_path = os.pathsep.join(
        [str(_PACKAGE_PARENT), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    try:
        finished = subprocess.run(  # noqa: S603 (our own module, no shell)
            [sys.executable, "-m", module, str(memory_bytes)],
            input=orjson.dumps(asked),
            capture_output=True,
            timeout=timeout_seconds,
            check=False,
            env={**os.environ, "PYTHONPATH": python_path},
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        reason = f"page {page} was not drawn after {timeout_seconds:g} s"
        raise ReadingTimedOutError(key, reason) from error
    status = finished.returncode
    if status == DAMAGED:
        raise DamagedDocumentError(key, finished.stdout.decode())
    if status != PICTURE and status not in may_end:
        raise ReaderCrashedError(key, _cause(status, finished.stderr))
    return status, finished.stdout


def _cause(status: int, log: bytes) -> str:
    lines = log.decode(errors="replace").strip().splitlines()
    detail = f": {lines[-1][:_MAX_DETAIL_CHARACTERS]}" if lines else ""
    name = signal.Signals(-status).name if status < 0 else f"status {status}"
    return f"the drawing process died over it ({name}{detail})"
