"""A document's chunks with all that storage keeps of them, before any vector is made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath

from ai.embedding.embedder import Embedder, PassageInput
from ai.retrieval.terms import languages_of, term_frequencies
from ingestion.chunking import chunk_document
from ingestion.document import Chunk, ParsedDocument, with_heading_path
from storage.repositories.chunk_vectors import UnencodedChunk

MAX_WORD_PIECES = 256
END_MARKS = 2
"""The encoder's counter includes the marks at both ends of a text, the chunker's does not."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk, what the encoder reads of it, and its lexical terms."""

    chunk: Chunk
    encoder_input: PassageInput
    term_frequencies: Mapping[str, int]


class WordPieces:
    """Counts word pieces as the chunker wants them: without the marks at both ends."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def count(self, text: str) -> int:
        """Word pieces of the text itself."""
        return self._embedder.count(text) - END_MARKS


def passages_of(
    document: ParsedDocument, embedder: Embedder, *, language: str
) -> tuple[Passage, ...]:
    """The passages of a document, in reading order. Blocks.

    A title that the document states and its headings do not repeat is read as the outermost
    heading: a passage of an article is rarely about its words alone. The stored heading path
    stays as it is in the document.

    Args:
        document: what was read.
        embedder: counts word pieces.
        language: of the course. A document in another one has its terms in both.
    """
    title = _stated_title(document)
    titled = document if title is None else _below(title, document)
    chunks = chunk_document(
        titled, WordPieces(embedder), max_tokens=min(MAX_WORD_PIECES, embedder.max_tokens)
    )
    languages = languages_of(language, document.language)
    return tuple(_passage(chunk, title, languages) for chunk in chunks)


def input_of_stored(chunk: UnencodedChunk) -> PassageInput:
    """What the encoder read of a stored chunk, told among the possible ones by its hash.

    The stored heading path may lack the document's title that stood above it.
    """
    paths = (chunk.heading, (chunk.document_title, *chunk.heading))
    readings = [with_heading_path(path, chunk.text) for path in paths]
    text = next(
        (text for text in readings if sha256(text.encode()).hexdigest() == chunk.content_hash),
        readings[0],
    )
    return PassageInput(text, len(text) - len(chunk.text), chunk.sentence_bounds)


def _passage(chunk: Chunk, title: str | None, languages: Collection[str]) -> Passage:
    text = chunk.embedding_text
    heading = chunk.locator.heading
    if title is not None and heading[:1] == (title,):
        chunk = replace(chunk, locator=replace(chunk.locator, heading=heading[1:]))
    prefix_length = len(text) - len(chunk.text)
    return Passage(
        chunk=chunk,
        encoder_input=PassageInput(text, prefix_length, chunk.sentence_bounds),
        term_frequencies=term_frequencies(text, languages),
    )


def _stated_title(document: ParsedDocument) -> str | None:
    """The title, unless it is only the name of the file, or every passage stands below it."""
    name = PurePosixPath(document.key)
    outermost = {block.locator.heading[:1] for block in document.blocks if block.level is None}
    if document.title in {document.key, name.name, name.stem} or outermost == {(document.title,)}:
        return None
    return document.title


def _below(title: str, document: ParsedDocument) -> ParsedDocument:
    blocks = tuple(
        block
        if block.locator.heading[:1] == (title,)
        else replace(block, locator=replace(block.locator, heading=(title, *block.locator.heading)))
        for block in document.blocks
    )
    return replace(document, blocks=blocks)
