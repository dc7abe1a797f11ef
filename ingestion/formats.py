"""The formats that can be read: their extensions, media types and size limits."""

import shutil
from enum import StrEnum
from typing import Final


class DocumentFormat(StrEnum):
    """A kind of file for which a reader exists."""

    MARKDOWN = "markdown"
    TEXT = "text"
    SOURCE_CODE = "source_code"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    EPUB = "epub"
    CNXML = "cnxml"
    ODT = "odt"
    RTF = "rtf"
    LATEX = "latex"
    RST = "rst"
    ORG = "org"
    NOTEBOOK = "notebook"
    CSV = "csv"
    SRT = "srt"
    VTT = "vtt"
    JSON_LINES = "json_lines"
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"


_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Final = {
    DocumentFormat.MARKDOWN: "text/markdown",
    DocumentFormat.TEXT: "text/plain",
    DocumentFormat.SOURCE_CODE: "text/x-source",
    DocumentFormat.HTML: "text/html",
    DocumentFormat.PDF: "application/pdf",
    DocumentFormat.DOCX: f"{_OPEN_XML}.wordprocessingml.document",
    DocumentFormat.PPTX: f"{_OPEN_XML}.presentationml.presentation",
    DocumentFormat.XLSX: f"{_OPEN_XML}.spreadsheetml.sheet",
    DocumentFormat.EPUB: "application/epub+zip",
    DocumentFormat.CNXML: "application/vnd.openstax.cnx+xml",
    DocumentFormat.ODT: "application/vnd.oasis.opendocument.text",
    DocumentFormat.RTF: "application/rtf",
    DocumentFormat.LATEX: "application/x-latex",
    DocumentFormat.RST: "text/x-rst",
    DocumentFormat.ORG: "text/org",
    DocumentFormat.NOTEBOOK: "application/x-ipynb+json",
    DocumentFormat.CSV: "text/csv",
    DocumentFormat.SRT: "application/x-subrip",
    DocumentFormat.VTT: "text/vtt",
    DocumentFormat.JSON_LINES: "application/x-ndjson",
    DocumentFormat.PNG: "image/png",
    DocumentFormat.JPEG: "image/jpeg",
    DocumentFormat.TIFF: "image/tiff",
}

_SOURCE_CODE_EXTENSIONS: Final = (
    ".c .cc .cpp .cs .css .go .h .hpp .hs .java .js .jsx .kt .lua .m .php .pl .py .r .rb .rs "
    ".scala .sh .sql .swift .toml .ts .tsx .yaml .yml"
)
FORMAT_OF_EXTENSION: Final = {
    ".md": DocumentFormat.MARKDOWN,
    ".markdown": DocumentFormat.MARKDOWN,
    ".mdx": DocumentFormat.MARKDOWN,
    ".qmd": DocumentFormat.MARKDOWN,
    ".rmd": DocumentFormat.MARKDOWN,
    ".txt": DocumentFormat.TEXT,
    ".text": DocumentFormat.TEXT,
    ".html": DocumentFormat.HTML,
    ".htm": DocumentFormat.HTML,
    ".xhtml": DocumentFormat.HTML,
    ".pdf": DocumentFormat.PDF,
    ".docx": DocumentFormat.DOCX,
    ".pptx": DocumentFormat.PPTX,
    ".xlsx": DocumentFormat.XLSX,
    ".epub": DocumentFormat.EPUB,
    ".cnxml": DocumentFormat.CNXML,
    ".odt": DocumentFormat.ODT,
    ".rtf": DocumentFormat.RTF,
    ".tex": DocumentFormat.LATEX,
    ".latex": DocumentFormat.LATEX,
    ".rst": DocumentFormat.RST,
    ".org": DocumentFormat.ORG,
    ".ipynb": DocumentFormat.NOTEBOOK,
    ".csv": DocumentFormat.CSV,
    ".tsv": DocumentFormat.CSV,
    ".srt": DocumentFormat.SRT,
    ".vtt": DocumentFormat.VTT,
    ".jsonl": DocumentFormat.JSON_LINES,
    ".ndjson": DocumentFormat.JSON_LINES,
    ".png": DocumentFormat.PNG,
    ".jpg": DocumentFormat.JPEG,
    ".jpeg": DocumentFormat.JPEG,
    ".tif": DocumentFormat.TIFF,
    ".tiff": DocumentFormat.TIFF,
    **dict.fromkeys(_SOURCE_CODE_EXTENSIONS.split(), DocumentFormat.SOURCE_CODE),
}

ZIPPED_FORMATS: Final = frozenset(
    {
        DocumentFormat.DOCX,
        DocumentFormat.PPTX,
        DocumentFormat.XLSX,
        DocumentFormat.EPUB,
        DocumentFormat.ODT,
    }
)
IMAGE_FORMATS: Final = frozenset({DocumentFormat.PNG, DocumentFormat.JPEG, DocumentFormat.TIFF})
IMAGE_EXTENSIONS: Final = frozenset(
    extension for extension, kind in FORMAT_OF_EXTENSION.items() if kind in IMAGE_FORMATS
)
TEXT_RECOGNITION_PROGRAM: Final = "tesseract"
# Formats that begin with a signature of their own, so that a file without it is not of the format.
SIGNED_FORMATS: Final = ZIPPED_FORMATS | IMAGE_FORMATS | {DocumentFormat.PDF, DocumentFormat.RTF}

_MEBIBYTE: Final = 1 << 20
MAX_UNZIPPED_BYTES: Final = 1024 * _MEBIBYTE
# A book of a thousand pages is about 3 MiB of text; a scan-heavy PDF may be a hundred times that.
_MAX_TEXT_BYTES: Final = 50 * _MEBIBYTE
_MAX_SIGNED_BYTES: Final = 512 * _MEBIBYTE
# Read line by line, hence bounded by the disk rather than by memory.
_MAX_JSON_LINES_BYTES: Final = 4096 * _MEBIBYTE


def supported_extensions() -> frozenset[str]:
    """Extensions of the files that this machine can read: lower case, with the dot.

    Pictures are among them where their text can be recognised.
    """
    if can_recognise_text():
        return frozenset(FORMAT_OF_EXTENSION)
    return frozenset(FORMAT_OF_EXTENSION) - IMAGE_EXTENSIONS


def can_recognise_text() -> bool:
    """Whether Tesseract is installed, which tells the text that pictures show."""
    return shutil.which(TEXT_RECOGNITION_PROGRAM) is not None


def max_bytes(document_format: DocumentFormat) -> int:
    """Largest file of a format that is read, in bytes."""
    if document_format is DocumentFormat.JSON_LINES:
        return _MAX_JSON_LINES_BYTES
    return _MAX_SIGNED_BYTES if document_format in SIGNED_FORMATS else _MAX_TEXT_BYTES
