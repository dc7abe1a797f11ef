"""Figures of PDF pages as pictures, found by their captions, cut in a process of their own."""

from dataclasses import asdict, dataclass
from pathlib import Path

from ingestion.page_images import NO_SUCH_PAGE, NoSuchPageError, drawn_apart

NO_FIGURE = NO_SUCH_PAGE + 10
"""How the cutting process ends where it finds none."""


@dataclass(frozen=True, slots=True)
class FigureRequest:
    """A figure to cut out.

    Attributes:
        page: from 1.
        label: how its caption begins, such as "Figure 4.2".
        most_bytes: of the picture; it is made smaller until it has so many.
    """

    page: int
    label: str
    most_bytes: int


def cut_figure(source: Path, key: str, request: FigureRequest) -> bytes | None:
    """The figure as PNG; None where nothing is drawn above or below the caption. Blocks.

    Raises:
        NoSuchPageError: the document has fewer pages.
        DamagedDocumentError: PDFium cannot open the file or the page.
        ReadingTimedOutError: it took longer than allowed.
        ReaderCrashedError: the cutting process died.
    """
    asked = {"path": str(source.resolve()), **asdict(request)}
    status, answer = drawn_apart(
        "ingestion.figure_cutting", asked, key, request.page, may_end=(NO_FIGURE, NO_SUCH_PAGE)
    )
    if status == NO_SUCH_PAGE:
        raise NoSuchPageError(request.page, int(answer))
    return None if status == NO_FIGURE else answer
