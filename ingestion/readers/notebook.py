"""Jupyter notebooks: prose, code, and the text that the code printed."""

import json
from collections.abc import Iterator
from typing import Any, Final

from ingestion.assembly import DocumentBuilder
from ingestion.document import ParsedDocument
from ingestion.errors import DamagedDocumentError
from ingestion.readers.markdown import MarkdownWalker
from ingestion.readers.source import Source

# Longer output is a log or a data dump, which buries the prose around it.
_MAX_OUTPUT_CHARACTERS: Final = 2000


def read_notebook(source: Source) -> Iterator[ParsedDocument]:
    """Yield a notebook of format 3 or 4.

    Raises:
        DamagedDocumentError: The file is not the JSON of a notebook.
    """
    try:
        notebook = json.loads(source.text())
        cells = _cells(notebook)
        language = str(notebook["metadata"].get("kernelspec", {}).get("language", ""))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        reason = f"it is not the JSON of a notebook ({error}); save it again"
        raise DamagedDocumentError(source.key, reason) from error
    builder = source.builder()
    for cell in cells:
        _add_cell(builder, cell, language)
    yield builder.build()


def _cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
    return [cell for cell in cells if isinstance(cell, dict)]


def _add_cell(builder: DocumentBuilder, cell: dict[str, Any], language: str) -> None:
    content = _joined(cell.get("source", cell.get("input", "")))
    match cell.get("cell_type"):
        case "markdown":
            MarkdownWalker(builder).walk(content)
        case "heading":
            builder.heading(content, int(cell.get("level", 1)))
        case "code":
            builder.code(content, language)
            for output in cell.get("outputs", ()):
                if len(printed := _printed(output)) <= _MAX_OUTPUT_CHARACTERS:
                    builder.code(printed, "output")
        case _:
            builder.paragraph(content)


def _printed(output: dict[str, Any]) -> str:
    by_media_type = output.get("data", {})
    return _joined(output.get("text", by_media_type.get("text/plain", "")))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
