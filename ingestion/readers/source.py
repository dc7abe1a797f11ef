"""What a reader is given, and what it must do with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingestion.assembly import DocumentBuilder
from ingestion.decoding import decode
from ingestion.document import ParsedDocument
from ingestion.formats import MEDIA_TYPES, DocumentFormat


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose format is known.

    Attributes:
        path: Where it lies.
        key: What the document will be called.
        document_format: What it is.
    """

    path: Path
    key: str
    document_format: DocumentFormat

    def text(self) -> str:
        """The file's content as text.

        Raises:
            UnknownEncodingError: It is text in no recognisable encoding.
        """
        return decode(self.path.read_bytes(), key=self.key)

    def builder(self) -> DocumentBuilder:
        """An empty document of this source."""
        return DocumentBuilder(
            key=self.key,
            media_type=MEDIA_TYPES[self.document_format],
            fallback_title=self.path.stem,
        )


class Reader(Protocol):
    """Turns a source into documents, in the order in which they stand in it.

    A reader keeps all text a learner would read, and leaves out what is not part of the matter:
    navigation, scripts, running heads, page numbers. It raises an `UnreadableDocumentError` for
    a source that is broken, closed or empty, and nothing else.
    """

    def __call__(self, source: Source) -> Iterator[ParsedDocument]:
        """Yield the documents of a source."""
        ...
