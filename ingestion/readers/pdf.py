"""PDF files, page by page."""

from collections.abc import Iterator
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingestion.document import ParsedDocument
from ingestion.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    EncryptedDocumentError,
    NoTextLayerError,
    UnsupportedFormatError,
)
from ingestion.readers.pdf_furniture import body_size, without_furniture
from ingestion.readers.pdf_layout import PageWriter, fold_title, heading_sizes, hyphen_mender
from ingestion.readers.pdf_lines import lines_of_page
from ingestion.readers.source import Source

_XFA_FORMS: Final = frozenset({pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND})
_MAX_OUTLINE_DEPTH: Final = 6
_MAX_PAGES: Final = 5000


def read_pdf(source: Source) -> Iterator[ParsedDocument]:
    """Yield a PDF file with the number of the page at every block.

    Raises:
        EncryptedDocumentError: It opens with a password only.
        NoTextLayerError: Its pages are pictures of text.
        EmptyDocumentError: Its pages show nothing.
        UnsupportedFormatError: It is a form that exists in Adobe's programs only.
        DocumentTooLargeError: It has more than 5,000 pages.
        DamagedDocumentError: PDFium cannot make sense of it.
    """
    document = _open(source)
    try:
        if len(document) > _MAX_PAGES:
            reason = f"it has {len(document):,} pages and at most {_MAX_PAGES:,} are read"
            raise DocumentTooLargeError(source.key, f"{reason}; divide it into parts")
        pages = [lines_of_page(page) for page in _pages(document, source)]
        if not any(pages):
            _explain_no_text(document, source)
        title = document.get_metadata_value("Title")
        outline = _outline(document)
    finally:
        document.close()
    builder = source.builder()
    matter = without_furniture(pages)
    size = body_size(matter)
    writer = PageWriter(
        builder,
        body_size=size,
        outline=outline,
        heading_sizes=heading_sizes(matter, size),
        mend=hyphen_mender(matter),
    )
    for number, lines in enumerate(matter, start=1):
        writer.write(lines, number)
    yield builder.build(title=title)


def _open(source: Source) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(source.path)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            reason = "it opens with a password only; save a copy without one"
            raise EncryptedDocumentError(source.key, reason) from error
        reason = f"it is not a whole PDF file ({error}); fetch or save it again"
        raise DamagedDocumentError(source.key, reason) from error


def _pages(document: pdfium.PdfDocument, source: Source) -> Iterator[pdfium.PdfPage]:
    for index in range(len(document)):
        try:
            page = document[index]
        except pdfium.PdfiumError as error:
            reason = f"page {index + 1} cannot be opened ({error}); save it again"
            raise DamagedDocumentError(source.key, reason) from error
        yield page
        page.close()


def _explain_no_text(document: pdfium.PdfDocument, source: Source) -> None:
    """Raise the error that says why a file gave no line of text."""
    if document.get_formtype() in _XFA_FORMS:
        reason = "it is an XFA form, which shows its content in Adobe's programs only; print it"
        raise UnsupportedFormatError(source.key, f"{reason} to a new PDF")
    for page in _pages(document, source):
        if next(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]), None) is not None:
            reason = "its pages are pictures without a text layer, and pictures of text are not"
            raise NoTextLayerError(
                source.key, f"{reason} recognised here; run it through OCR first (such as ocrmypdf)"
            )
    raise EmptyDocumentError(source.key, f"its {len(document)} pages show no text; leave it out")


def _outline(document: pdfium.PdfDocument) -> dict[str, int]:
    levels: dict[str, int] = {}
    for bookmark in document.get_toc(max_depth=_MAX_OUTLINE_DEPTH):
        levels.setdefault(fold_title(bookmark.get_title()), bookmark.level + 1)
    levels.pop("", None)
    return levels
