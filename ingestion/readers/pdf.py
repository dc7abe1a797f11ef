"""PDF files, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NoReturn

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
from ingestion.formats import can_recognise_text
from ingestion.readers.pdf_furniture import body_size, without_furniture
from ingestion.readers.pdf_layout import PageWriter, fold_title, heading_sizes, hyphen_mender
from ingestion.readers.pdf_lines import PdfLine, lines_of_page
from ingestion.readers.pdf_pictures import RecognisedPages, left_out, shows_picture
from ingestion.readers.source import Source
from ingestion.readers.text_recognition import TextRecogniser

_XFA_FORMS: Final = frozenset({pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND})
_MAX_OUTLINE_DEPTH: Final = 6
_MAX_PAGES: Final = 5000


def read_pdf(source: Source) -> Iterator[ParsedDocument]:
    """Yield a PDF file with the number of the page at every block.

    Pages that are pictures without text are recognised where Tesseract is installed; without it
    they are left out of a file that has text on other pages, such as one with a painted cover,
    and the document carries a warning that names them.

    Raises:
        EncryptedDocumentError: It opens with a password only.
        NoTextLayerError: Its pages are pictures of text, and Tesseract is not installed.
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
        yield _document_of(pages, document, source)
    finally:
        document.close()


def _document_of(
    pages: Sequence[Sequence[PdfLine]], document: pdfium.PdfDocument, source: Source
) -> ParsedDocument:
    pictures = _pictures_among(pages, document)
    is_recognising = bool(pictures) and can_recognise_text()
    if not any(pages) and not is_recognising:
        _explain_no_text(document, source, shows_pictures=bool(pictures))
    builder = source.builder()
    matter = without_furniture(pages)
    size = body_size(matter)
    writer = PageWriter(
        builder,
        body_size=size,
        outline=_outline(document),
        heading_sizes=heading_sizes(matter, size),
        mend=hyphen_mender(matter),
    )
    recognised = RecognisedPages(document, builder, TextRecogniser(source.key))
    for number, lines in enumerate(matter, start=1):
        if is_recognising and number in pictures:
            recognised.write(number)
        else:
            writer.write(lines, number)
    read = builder.build(title=document.get_metadata_value("Title"))
    return read if is_recognising or not pictures else replace(read, warning=left_out(pictures))


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


def _pictures_among(
    pages: Sequence[Sequence[PdfLine]], document: pdfium.PdfDocument
) -> frozenset[int]:
    """Numbers of the pages without text that show a picture."""
    numbers = set[int]()
    for number, lines in enumerate(pages, start=1):
        if lines:
            continue
        page = document[number - 1]
        if shows_picture(page):
            numbers.add(number)
        page.close()
    return frozenset(numbers)


def _explain_no_text(
    document: pdfium.PdfDocument, source: Source, *, shows_pictures: bool
) -> NoReturn:
    """Raise the error that says why a file gave no line of text."""
    if document.get_formtype() in _XFA_FORMS:
        reason = "it is an XFA form, which shows its content in Adobe's programs only; print it"
        raise UnsupportedFormatError(source.key, f"{reason} to a new PDF")
    if shows_pictures:
        reason = "its pages are pictures without a text layer; install Tesseract, or run it"
        raise NoTextLayerError(source.key, f"{reason} through OCR first (such as ocrmypdf)")
    raise EmptyDocumentError(source.key, f"its {len(document)} pages show no text; leave it out")


def _outline(document: pdfium.PdfDocument) -> dict[str, int]:
    levels: dict[str, int] = {}
    for bookmark in document.get_toc(max_depth=_MAX_OUTLINE_DEPTH):
        levels.setdefault(fold_title(bookmark.get_title()), bookmark.level + 1)
    levels.pop("", None)
    return levels
