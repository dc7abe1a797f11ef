"""CSV: each row as a sentence of named values, so that a row found alone still says what it is."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from ingestion.document import BlockKind, ParsedDocument
from ingestion.errors import DamagedDocumentError
from ingestion.normalisation import on_one_line
from ingestion.readers.source import Source

_DELIMITERS: Final = ",;\t|"
_SAMPLE_CHARACTERS: Final = 8192


def read_csv(source: Source) -> Iterator[ParsedDocument]:
    """Yield a table as one block a row: `Term: atom; Meaning: smallest part of an element`.

    The first row names the columns where its cells are all filled, distinct and not numbers.
    """
    text = source.text()
    builder = source.builder()
    names: Sequence[str] = ()
    try:
        rows = csv.reader(io.StringIO(text, newline=""), _dialect(text))
        for number, row in enumerate(rows):
            cells = [on_one_line(cell) for cell in row]
            if number == 0 and _names_columns(cells):
                names = cells
            builder.add(BlockKind.TABLE, _row_text(cells, names if cells is not names else ()))
    except csv.Error as error:
        reason = f"its rows cannot be told apart ({error}); export the table again as CSV"
        raise DamagedDocumentError(source.key, reason) from error
    yield builder.build()


def _dialect(text: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(text[:_SAMPLE_CHARACTERS], _DELIMITERS)
    except csv.Error:  # a single column has no delimiter to find
        return csv.excel


def _names_columns(cells: Sequence[str]) -> bool:
    return (
        len(cells) > 1
        and all(cells)
        and len(set(cells)) == len(cells)
        and not any(cell.replace(".", "", 1).isdigit() for cell in cells)
    )


def _row_text(cells: Sequence[str], names: Sequence[str]) -> str:
    named = [
        f"{names[column]}: {cell}" if column < len(names) else cell
        for column, cell in enumerate(cells)
        if cell
    ]
    return "; ".join(named)
