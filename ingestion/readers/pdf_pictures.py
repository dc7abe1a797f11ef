"""Pages of PDF files that are pictures of text, such as scans."""

import ctypes
from collections.abc import Collection, Iterator
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingestion.assembly import DocumentBuilder
from ingestion.document import Region
from ingestion.readers.text_recognition import (
    MAX_PICTURE_PIXELS,
    Picture,
    RecognisedParagraph,
    TextRecogniser,
)

_DOTS_PER_INCH: Final = 250
_POINTS_PER_INCH: Final = 72
_MAX_RANGES: Final = 20


def shows_picture(page: pdfium.PdfPage) -> bool:
    """Whether there is a picture on the page."""
    pictures = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE])
    return next(pictures, None) is not None


def left_out(pages: Collection[int]) -> str:
    """The warning that names the pages which were left out, at least one, for want of Tesseract."""
    ranges = [f"{first}" if first == last else f"{first}-{last}" for first, last in _runs(pages)]
    named = ", ".join(ranges[:_MAX_RANGES]) + (", ..." if len(ranges) > _MAX_RANGES else "")
    is_one = len(pages) == 1
    what = f"page {named} is a picture" if is_one else f"pages {named} are pictures"
    return (
        f"{what} and left out; install Tesseract (tesseract-ocr) to have the text read, "
        "and bring the file in again"
    )


def _runs(pages: Collection[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive pages."""
    ordered = sorted(pages)
    starts = [n for n, page in enumerate(ordered) if n == 0 or page != ordered[n - 1] + 1]
    for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True):
        yield ordered[start], ordered[end - 1]


class RecognisedPages:
    """Writes pages whose text has to be recognised into a document."""

    def __init__(
        self, document: pdfium.PdfDocument, builder: DocumentBuilder, recogniser: TextRecogniser
    ) -> None:
        self._document = document
        self._builder = builder
        self._recogniser = recogniser

    def write(self, number: int) -> None:
        """Add the paragraphs that a page shows, each with its rectangle.

        Raises:
            ReadingTimedOutError: The time for the document's pictures is over.
            DamagedDocumentError: Tesseract fails over the page.
        """
        page = self._document[number - 1]
        try:
            picture = _picture_of(page)
            self._builder.place(page=number)
            for paragraph in self._recogniser.paragraphs(picture, f"page {number}"):
                self._builder.cover([_region(page, number, picture, paragraph)])
                self._builder.paragraph(paragraph.text)
        finally:
            page.close()


def _picture_of(page: pdfium.PdfPage) -> Picture:
    width, height = page.get_size()
    points = max(width * height, 1.0)
    scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, (MAX_PICTURE_PIXELS / points) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    rows = bytes(bitmap.buffer)
    pixels = b"".join(
        rows[start : start + bitmap.width]
        for start in range(0, bitmap.stride * bitmap.height, bitmap.stride)
    )
    picture = Picture(bitmap.width, bitmap.height, pixels)
    bitmap.close()
    return picture


def _region(
    page: pdfium.PdfPage, number: int, picture: Picture, paragraph: RecognisedParagraph
) -> Region:
    (x0, x1), (y0, y1) = (
        sorted(axis)
        for axis in zip(
            _on_page(page, picture, paragraph.left, paragraph.bottom),
            _on_page(page, picture, paragraph.right, paragraph.top),
            strict=True,
        )
    )
    return Region(number, round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))


def _on_page(page: pdfium.PdfPage, picture: Picture, x: int, y: int) -> tuple[float, float]:
    """The point of the page below a pixel; PDFium knows of rotation and cropping."""
    page_x, page_y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDF_DeviceToPage(page, 0, 0, picture.width, picture.height, 0, x, y, page_x, page_y)
    return page_x.value, page_y.value
