"""Excel workbooks: each row of a sheet as a sentence of named values, with its cells."""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from ingestion.document import BlockKind, ParsedDocument
from ingestion.errors import DamagedDocumentError, DocumentTooLargeError
from ingestion.normalisation import on_one_line
from ingestion.readers.source import Source
from ingestion.readers.tables import cell_range, names_columns, row_text
from ingestion.xml_parsing import parse_xml

# Source: ECMA-376 part 1, section 18, SpreadsheetML.
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_SHARED_STRINGS: Final = "xl/sharedStrings.xml"
_CELL_NAME: Final = re.compile(r"([A-Z]{1,3})\d+")
_MAX_ROWS: Final = 200_000
_MAX_COLUMNS: Final = 500


def read_workbook(source: Source) -> Iterator[ParsedDocument]:
    """Yield a workbook: a heading for each sheet, a block for each row.

    Formulas give the value that the program stored for them. Dates give their serial number
    unless the cell holds text.

    Raises:
        DamagedDocumentError: The archive holds no whole workbook.
        DocumentTooLargeError: A sheet has more than 200,000 rows.
    """
    builder = source.builder()
    try:
        with zipfile.ZipFile(source.path) as archive:
            strings = _shared_strings(archive)
            for name, member in _sheets(archive):
                builder.leave_headings()
                builder.place()
                builder.heading(name, 1)
                names: Sequence[str] = ()
                for row, cells in _rows(archive, member, strings, source.key):
                    if not names and names_columns(cells):
                        names = cells
                    builder.place(line=row, cell=cell_range(row, len(cells), sheet=name))
                    text = row_text(cells, () if cells is names else names)
                    builder.add(BlockKind.TABLE, text)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError) as error:
        reason = f"it is not a whole workbook ({error}); save it again"
        raise DamagedDocumentError(source.key, reason) from error
    yield builder.build()


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield name and archive member of each sheet that is not hidden."""
    relations = parse_xml(archive.read(_RELATIONS))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in parse_xml(archive.read(_WORKBOOK)).iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_RELATION)]
        if sheet.get("state", "visible") == "visible":
            yield sheet.get("name", "Sheet"), posixpath.join("xl", target).lstrip("/")


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if _SHARED_STRINGS not in archive.namelist():
        return []
    return [_text(item) for item in parse_xml(archive.read(_SHARED_STRINGS)).iter(f"{_MAIN}si")]


def _rows(
    archive: zipfile.ZipFile, member: str, strings: Sequence[str], key: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row that holds anything."""
    sheet = parse_xml(archive.read(member))
    for position, row in enumerate(sheet.iter(f"{_MAIN}row"), start=1):
        if position > _MAX_ROWS:
            reason = f"a sheet has more than {_MAX_ROWS:,} rows; divide it into parts"
            raise DocumentTooLargeError(key, reason)
        cells: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            column = _column_of(cell, default=len(cells) + 1)
            if column <= _MAX_COLUMNS:
                cells += [""] * (column - len(cells) - 1)
                cells.append(on_one_line(_value(cell, strings)))
        if any(cells):
            yield int(row.get("r", position)), cells


def _column_of(cell: etree._Element, *, default: int) -> int:
    match = _CELL_NAME.fullmatch(cell.get("r", ""))
    if match is None:
        return default
    number = 0
    for letter in match.group(1):
        number = number * 26 + ord(letter) - ord("A") + 1
    return max(number, default)


def _value(cell: etree._Element, strings: Sequence[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell)
    value = cell.findtext(f"{_MAIN}v") or ""
    match cell.get("t"):
        case "s":
            return strings[int(value)] if int(value) < len(strings) else ""
        case "b":
            return "TRUE" if value == "1" else "FALSE"
        case _:
            return value


def _text(element: etree._Element) -> str:
    """Text of all runs but the phonetic guides."""
    return "".join(
        run.text or ""
        for run in element.iter(f"{_MAIN}t")
        if (parent := run.getparent()) is None or parent.tag != f"{_MAIN}rPh"
    )
