"""PDF files, page by page."""

import re
from collections.abc import Iterator
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
from ingestion.normalisation import normalise
from ingestion.readers.pdf_furniture import body_size, without_furniture
from ingestion.readers.pdf_layout import PageWriter, fold_title, heading_sizes, hyphen_mender
from ingestion.readers.pdf_lines import lines_of_page
from ingestion.readers.source import Source
from ingestion.readers.text_recognition import can_recognise_text, recognised_pages

_XFA_FORMS: Final = frozenset({pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND})
_MAX_OUTLINE_DEPTH: Final = 6
_MAX_PAGES: Final = 5000
_BLANK_LINES: Final = re.compile(r"\n\s*\n")
_LINE_END_HYPHEN: Final = re.compile(r"(\w)-\n([a-z])")


def read_pdf(source: Source) -> Iterator[ParsedDocument]:
    """Yield a PDF file with the number of the page at every block.

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
        if not any(pages):
            yield _recognised_document(document, source)
            return
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


def _recognised_document(document: pdfium.PdfDocument, source: Source) -> ParsedDocument:
    """A document of the text that its pictures show, where that can be recognised."""
    if not (_shows_pictures(document, source) and can_recognise_text()):
        _explain_no_text(document, source)
    builder = source.builder()
    for number, text in enumerate(recognised_pages(document, key=source.key), start=1):
        builder.place(page=number)
        for paragraph in _BLANK_LINES.split(normalise(text)):
            builder.paragraph(_LINE_END_HYPHEN.sub(r"\1\2", paragraph).replace("\n", " "))
    return builder.build(title=document.get_metadata_value("Title"))


def _shows_pictures(document: pdfium.PdfDocument, source: Source) -> bool:
    images = [pdfium_c.FPDF_PAGEOBJ_IMAGE]
    return any(next(page.get_objects(filter=images), None) for page in _pages(document, source))


def _explain_no_text(document: pdfium.PdfDocument, source: Source) -> NoReturn:
    """Raise the error that says why a file gave no line of text."""
    if document.get_formtype() in _XFA_FORMS:
        reason = "it is an XFA form, which shows its content in Adobe's programs only; print it"
        raise UnsupportedFormatError(source.key, f"{reason} to a new PDF")
    if _shows_pictures(document, source):
        reason = "its pages are pictures without a text layer; install Tesseract, or run it"
        raise NoTextLayerError(source.key, f"{reason} through OCR first (such as ocrmypdf)")
    raise EmptyDocumentError(source.key, f"its {len(document)} pages show no text; leave it out")


def _outline(document: pdfium.PdfDocument) -> dict[str, int]:
    levels: dict[str, int] = {}
    for bookmark in document.get_toc(max_depth=_MAX_OUTLINE_DEPTH):
        levels.setdefault(fold_title(bookmark.get_title()), bookmark.level + 1)
    levels.pop("", None)
    return levels
