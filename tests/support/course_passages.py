"""Course files as writers get them: read, cut and encoded, without a database."""

import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest

from ai.embedding.embedder import PassageInput
from ai.embedding.onnx import OnnxEmbedder
from ai.writing.brief import SourcePassage
from ingestion.chunking import chunk_document
from ingestion.document import Chunk, ParsedDocument
from ingestion.reading import read_documents
from services.ingestion.passages import WordPieces

DEMO_COURSE = Path(__file__).parents[2] / "demo" / "course"


def demo_files(*prefixes: str) -> list[Path]:
    """Files of the demo course whose names begin with one of these."""
    return sorted(file for file in DEMO_COURSE.iterdir() if file.name.startswith(prefixes))


def passages_of_files(files: Sequence[Path], encoder: OnnxEmbedder) -> list[SourcePassage]:
    """The passages of files, in order; `char_start` counts in the text of `text_of_file`."""
    return [
        passage
        for file in files
        for document in read_documents(file, key=file.name)
        for passage in passages_of_document(document, encoder)
    ]


def passages_of_document(document: ParsedDocument, encoder: OnnxEmbedder) -> list[SourcePassage]:
    chunks = chunk_document(document, WordPieces(encoder))
    inputs = [
        PassageInput(c.embedding_text, len(c.embedding_text) - len(c.text), c.sentence_bounds)
        for c in chunks
    ]
    vectors = encoder.encode_passages(inputs)
    return [
        _passage(document, chunk, encoded.sentence_vectors)
        for chunk, encoded in zip(chunks, vectors, strict=True)
    ]


@cache
def text_of_file(name: str) -> str:
    """The text of a file of the demo course."""
    return next(iter(read_documents(DEMO_COURSE / name, key=name))).text


def _passage(document: ParsedDocument, chunk: Chunk, vectors) -> SourcePassage:
    page, slide = chunk.locator.page, chunk.locator.slide
    place = f"page {page}" if page else f"slide {slide}" if slide else ""
    return SourcePassage(
        document_id=uuid5(NAMESPACE_URL, document.key),
        document_version=1,
        document_title=document.title,
        chunk_id=1 + zlib.crc32(f"{document.key}#{chunk.ordinal}".encode()),
        text=chunk.text,
        char_start=chunk.char_start,
        heading=tuple(chunk.locator.heading),
        place=place,
        sentence_bounds=chunk.sentence_bounds,
        sentence_vectors=vectors,
    )


@pytest.fixture(scope="session")
def motion_passages(session_encoder: OnnxEmbedder) -> list[SourcePassage]:
    """The chapters on motion and forces, and the glossary."""
    return passages_of_files(demo_files("01", "02", "06"), session_encoder)


@pytest.fixture(scope="session")
def hindi_passages(session_encoder: OnnxEmbedder) -> list[SourcePassage]:
    """The Hindi chapter."""
    return passages_of_files(demo_files("05"), session_encoder)
