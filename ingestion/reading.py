"""Reads a file into documents, whichever of the known formats it is in."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ingestion.document import ParsedDocument
from ingestion.errors import DamagedDocumentError
from ingestion.formats import DocumentFormat
from ingestion.languages import language_of_text
from ingestion.readers.source import Reader, Source
from ingestion.sniffing import sniff


def read_documents(source: Path, *, key: str) -> Iterator[ParsedDocument]:
    """Yield the documents of a file: one per line of JSON Lines, one of any other file.

    Reading happens in this process, where a malicious file may take it down or never end;
    `ingestion.guarded` reads in a process of its own.

    Args:
        source: The file.
        key: Key of the document; the records of JSON Lines have their own.

    Raises:
        IngestionError: The file cannot be read; its code says why. Documents that stand before
            the fault in JSON Lines have been yielded.
    """
    document_format = sniff(source, key=key)
    reader = _reader_of(document_format)
    try:
        for document in reader(Source(source, key, document_format)):
            yield _with_language(document)
    except RecursionError as error:
        reason = "its structure is nested too deeply to be a real document; save it again"
        raise DamagedDocumentError(key, reason) from error


def _with_language(document: ParsedDocument) -> ParsedDocument:
    """The document with the language that its words tell, where it declares none."""
    if document.language is not None:
        return document
    return replace(document, language=language_of_text(document.text))


def _reader_of(document_format: DocumentFormat) -> Reader:
    # Imported on use: the libraries behind them are large, and most processes need few.
    match document_format:
        case DocumentFormat.PDF:
            from ingestion.readers.pdf import read_pdf

            return read_pdf
        case DocumentFormat.PPTX:
            from ingestion.readers.slides import read_slides

            return read_slides
        case DocumentFormat.MARKDOWN:
            from ingestion.readers.markdown import read_markdown

            return read_markdown
        case DocumentFormat.NOTEBOOK:
            from ingestion.readers.notebook import read_notebook

            return read_notebook
        case DocumentFormat.XLSX:
            from ingestion.readers.workbook import read_workbook

            return read_workbook
        case DocumentFormat.PNG | DocumentFormat.JPEG | DocumentFormat.TIFF:
            from ingestion.readers.images import read_image

            return read_image
        case _:
            return _light_reader_of(document_format)


def _light_reader_of(document_format: DocumentFormat) -> Reader:
    match document_format:
        case DocumentFormat.TEXT:
            from ingestion.readers.plain import read_text

            return read_text
        case DocumentFormat.SOURCE_CODE:
            from ingestion.readers.plain import read_source_code

            return read_source_code
        case DocumentFormat.CSV:
            from ingestion.readers.csv_tables import read_csv

            return read_csv
        case DocumentFormat.SRT | DocumentFormat.VTT:
            from ingestion.readers.subtitles import read_subtitles

            return read_subtitles
        case DocumentFormat.JSON_LINES:
            from ingestion.readers.json_lines import read_json_lines

            return read_json_lines
        case _:
            from ingestion.readers.pandoc import read_with_pandoc

            return read_with_pandoc
