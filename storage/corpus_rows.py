"""What ingestion hands to storage, and its rows in the shapes COPY takes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
import orjson

from ai.embedding.embedder import PassageVectors
from ingestion.document import Chunk, Locator
from storage.vectors import halfvec_rows

CHUNK_COLUMNS = (
    "course_id",
    "id",
    "document_id",
    "document_version",
    "ordinal",
    "char_start",
    "char_end",
    "text",
    "heading",
    "page",
    "slide",
    "start_seconds",
    "line",
    "cell",
    "regions",
    "sentence_bounds",
    "token_count",
    "content_hash",
    "gap_before",
)
VECTOR_COLUMNS = ("course_id", "embedder_id", "chunk_id", "vector", "sentence_vectors")
POSTING_COLUMNS = ("course_id", "term", "document_id", "chunk_ids", "frequencies", "lengths")
COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
SMALLINT_MAX = 32_767


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk to be stored.

    Attributes:
        id: from the sequence, or of the stored chunk with the same content.
        chunk: the passage.
        vectors: None where the stored chunk's vectors are kept.
        term_frequencies: lexical terms of heading path and text, with how often each stands there.
    """

    id: int
    chunk: Chunk
    vectors: PassageVectors | None
    term_frequencies: Mapping[str, int]

    @property
    def lexical_length(self) -> int:
        """Terms in the chunk, repeated ones counted."""
        return sum(self.term_frequencies.values())


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A document's next version, complete.

    Attributes:
        expected_version: the version that was current when this one was prepared; 0 for none.
        warning: what of the original it lacks, and why; None where it is all there.
    """

    key: str
    title: str
    media_type: str
    language: str
    text: str
    source_hash: str
    file_hash: str | None
    byte_size: int
    expected_version: int
    chunks: tuple[NewChunk, ...]
    warning: str | None = None

    @property
    def lexical_length(self) -> int:
        """Terms in all chunks."""
        return sum(chunk.lexical_length for chunk in self.chunks)


def chunk_records(
    course_id: UUID, document_id: UUID, version: int, chunks: Sequence[NewChunk]
) -> Iterator[tuple[Any, ...]]:
    """Rows of `chunks` in the order of `CHUNK_COLUMNS`."""
    for new in chunks:
        chunk, locator = new.chunk, new.chunk.locator
        yield (
            course_id,
            new.id,
            document_id,
            version,
            chunk.ordinal,
            chunk.char_start,
            chunk.char_end,
            chunk.text,
            locator.heading,
            locator.page,
            locator.slide,
            locator.start_seconds,
            locator.line,
            locator.cell,
            _regions_json(locator),
            [offset for bounds in chunk.sentence_bounds for offset in bounds],
            chunk.token_count,
            chunk.content_hash,
            chunk.gap_before,
        )


def _regions_json(locator: Locator) -> str | None:
    if not locator.regions:
        return None
    return orjson.dumps([region.as_json() for region in locator.regions]).decode()


def vector_records(
    course_id: UUID, embedder_id: int, chunks: Sequence[NewChunk]
) -> list[tuple[Any, ...]]:
    """Rows of `chunk_vectors` in the order of `VECTOR_COLUMNS`, of chunks that were encoded."""
    encoded = [(new.id, new.vectors) for new in chunks if new.vectors is not None]
    if not encoded:
        return []
    rows = halfvec_rows(np.stack([vectors.vector for _, vectors in encoded]))
    return [
        (course_id, embedder_id, chunk_id, row, vectors.sentence_vectors.tobytes())
        for (chunk_id, vectors), row in zip(encoded, rows, strict=True)
    ]


def posting_lines(documents: Sequence[tuple[UUID, UUID, Sequence[NewChunk]]]) -> BytesIO:
    """Rows of `lexical_postings` in COPY's text form, in the order of `POSTING_COLUMNS`.

    Text is several times quicker to make here than binary arrays, as a row is mostly small
    numbers; the server reads it at no cost worth naming.

    Args:
        documents: course, document and its chunks.
    """
    lines: list[str] = []
    for course_id, document_id, chunks in documents:
        postings: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for new in chunks:
            length = new.lexical_length
            for term, frequency in new.term_frequencies.items():
                postings[term].append((new.id, min(frequency, SMALLINT_MAX), length))
        head, middle = f"{course_id}\t", f"\t{document_id}\t{{"
        for term, places in postings.items():
            ids, frequencies, lengths = zip(*places, strict=True)
            lines.append(
                f"{head}{term.translate(COPY_ESCAPES)}{middle}{','.join(map(str, ids))}}}\t{{"
                f"{','.join(map(str, frequencies))}}}\t{{{','.join(map(str, lengths))}}}\n"
            )
    return BytesIO("".join(lines).encode())
