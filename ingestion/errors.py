"""Why a document could not be read.

```
IngestionError
|- UnreadableDocumentError       mend or replace the document; reading again will not help
|  |- UnsupportedFormatError     unsupported_format
|  |- EmptyDocumentError         empty_document: the file has no bytes, or shows nothing
|  |  `- NoTextError             no_text: it was read, and there is no text to take in
|  |- EncryptedDocumentError     encrypted_document
|  |- NoTextLayerError           no_text_layer
|  |- DamagedDocumentError       damaged_document
|  |- DocumentTooLargeError      document_too_large
|  |- UnknownEncodingError       unknown_encoding
|  `- InvalidRecordError         invalid_record
|- SourceUnavailableError        source_unavailable: the file is missing or closed to this user
|- ReadingAbortedError           the reader was ended; with more time or memory it may succeed
|  |- ReadingTimedOutError       reading_timed_out
|  `- ReaderCrashedError         reader_crashed
`- ReaderUnavailableError        reader_unavailable: a part is not installed; tell the operator
```
"""

from collections.abc import Iterator
from typing import ClassVar, Final

MEMORY_EXHAUSTED: Final = 86
"""How a process that reads documents ends when its memory is used up."""


class IngestionError(Exception):
    """A document was not read.

    Attributes:
        code: Stable name of the reason.
        key: The document concerned.
        reason: What happened, with which value, and what to do.
    """

    code: ClassVar[str] = "ingestion_error"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(key, reason)
        self.key = key
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"


class UnreadableDocumentError(IngestionError):
    """The document itself stands in the way; reading it again will not help."""


class UnsupportedFormatError(UnreadableDocumentError):
    """No reader exists for what the file contains."""

    code = "unsupported_format"


class EmptyDocumentError(UnreadableDocumentError):
    """There is no text in the document."""

    code = "empty_document"


class NoTextError(EmptyDocumentError):
    """The document was read as it should be and holds no text, such as front matter alone."""

    code = "no_text"


class EncryptedDocumentError(UnreadableDocumentError):
    """The document opens with a password only."""

    code = "encrypted_document"


class NoTextLayerError(UnreadableDocumentError):
    """The pages are pictures; the text would have to be recognised first."""

    code = "no_text_layer"


class DamagedDocumentError(UnreadableDocumentError):
    """The bytes are not a whole document of the format they claim to be."""

    code = "damaged_document"


class DocumentTooLargeError(UnreadableDocumentError):
    """The document exceeds the size or the memory allowed for one document."""

    code = "document_too_large"


class UnknownEncodingError(UnreadableDocumentError):
    """The bytes are text in no recognisable encoding."""

    code = "unknown_encoding"


class InvalidRecordError(UnreadableDocumentError):
    """A line of a JSON Lines file is not a document."""

    code = "invalid_record"


class SourceUnavailableError(IngestionError):
    """The file does not exist or may not be read."""

    code = "source_unavailable"


class ReadingAbortedError(IngestionError):
    """The reading process ended before it was done."""


class ReadingTimedOutError(ReadingAbortedError):
    """Reading took longer than allowed."""

    code = "reading_timed_out"


class ReaderCrashedError(ReadingAbortedError):
    """The reading process died."""

    code = "reader_crashed"


class ReaderUnavailableError(IngestionError):
    """A program that the reader needs is not installed."""

    code = "reader_unavailable"


def error_of_code(code: str, key: str, reason: str) -> IngestionError:
    """The error that carries a code, to raise again what another process reported."""
    for error in _descendants(IngestionError):
        if error.code == code:
            return error(key, reason)
    return IngestionError(key, reason)


def _descendants(error: type[IngestionError]) -> Iterator[type[IngestionError]]:
    for child in error.__subclasses__():
        yield child
        yield from _descendants(child)
