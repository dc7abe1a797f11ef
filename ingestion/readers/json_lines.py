"""JSON Lines: a document a line, as `{"doc_id", "title", "text"}`."""

import json
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BaseModel, Field, ValidationError

from ingestion.assembly import DocumentBuilder
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentTooLargeError, EmptyDocumentError, InvalidRecordError
from ingestion.formats import MEDIA_TYPES
from ingestion.readers.plain import add_paragraphs
from ingestion.readers.source import Source

_MAX_LINE_BYTES: Final = 32 << 20
_MAX_FAULTS_NAMED: Final = 10


class _Record(BaseModel):
    """One line; further fields are allowed and left aside."""

    doc_id: Annotated[str, Field(min_length=1, max_length=1024)]
    title: str = ""
    text: str


def read_json_lines(source: Source) -> Iterator[ParsedDocument]:
    """Yield one document per line that is not blank, its key the `doc_id`.

    Raises:
        InvalidRecordError: Lines are no JSON objects with `doc_id` and `text`, or repeat a
            `doc_id`. All other lines have been yielded.
        EmptyDocumentError: There is no line in it.
        DocumentTooLargeError: A line has more than 32 MiB. The lines before it have been yielded.
    """
    seen: set[str] = set()
    faults: list[str] = []
    fault_count = 0
    for number, line in _lines(source):
        try:
            yield _document(line, number, source, seen)
        except InvalidRecordError as error:
            fault_count += 1
            if fault_count <= _MAX_FAULTS_NAMED:
                faults.append(error.reason)
    if faults:
        raise InvalidRecordError(source.key, _summary(faults, fault_count))
    if not seen:
        raise EmptyDocumentError(source.key, "there is no record in it; leave it out")


def _lines(source: Source) -> Iterator[tuple[int, bytes]]:
    with source.path.open("rb") as lines:
        number = 0
        while line := lines.readline(_MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > _MAX_LINE_BYTES:
                limit = _MAX_LINE_BYTES >> 20
                reason = f"line {number} has more than {limit} MiB; divide the document"
                raise DocumentTooLargeError(source.key, reason)
            if line.strip():
                yield number, line


def _document(line: bytes, number: int, source: Source, seen: set[str]) -> ParsedDocument:
    record = _parse(line, number, key=source.key)
    if record.doc_id in seen:
        reason = f"line {number} repeats the doc_id {record.doc_id!r}; make each one unique"
        raise InvalidRecordError(source.key, reason)
    seen.add(record.doc_id)
    builder = DocumentBuilder(
        key=record.doc_id,
        media_type=MEDIA_TYPES[source.document_format],
        fallback_title=record.doc_id,
    )
    add_paragraphs(builder, record.text)
    try:
        return builder.build(title=record.title)
    except EmptyDocumentError as error:
        reason = f'line {number} ({record.doc_id!r}) has no text in "text"; leave it out'
        raise InvalidRecordError(source.key, reason) from error


def _summary(named: list[str], count: int) -> str:
    more = count - len(named)
    return "; ".join(named) + (f"; and {more:,} more lines" if more else "")


def _parse(line: bytes, number: int, *, key: str) -> _Record:
    try:
        # The standard library's parser lets lone surrogates pass, which real exports contain.
        return _Record.model_validate(json.loads(line.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        detail = _first_problem(error)
        reason = f'line {number} is not {{"doc_id", "title", "text"}}: {detail}; correct the line'
        raise InvalidRecordError(key, reason) from error


def _first_problem(error: ValueError | RecursionError) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        return f"{where}: {problem['msg']}" if where else problem["msg"]
    return str(error)
