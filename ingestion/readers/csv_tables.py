"""CSV: each row as a sentence of named values, so that a row found alone still says what it is."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from ingestion.document import BlockKind, ParsedDocument
from ingestion.errors import DamagedDocumentError
from ingestion.normalisation import on_one_line
from ingestion.readers.source import Source
from ingestion.readers.tables import cell_range, names_columns, row_text

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
        line = 1
        for number, row in enumerate(rows):
            cells = [on_one_line(cell) for cell in row]
            if number == 0 and names_columns(cells):
                names = cells
            builder.place(line=line, cell=cell_range(number + 1, len(cells)))
            builder.add(BlockKind.TABLE, row_text(cells, names if cells is not names else ()))
            line = rows.line_num + 1
    except csv.Error as error:
        reason = f"its rows cannot be told apart ({error}); export the table again as CSV"
        raise DamagedDocumentError(source.key, reason) from error
    yield builder.build()


def _dialect(text: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(text[:_SAMPLE_CHARACTERS], _DELIMITERS)
    except csv.Error:  # a single column has no delimiter to find
        return csv.excel
