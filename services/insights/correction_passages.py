"""A correction as a document: the question is its heading, what the teacher says its text."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from ai.embedding.embedder import Embedder, PassageVectors
from ai.retrieval.languages import language_by_script
from ingestion.document import Block, BlockKind, Locator, ParsedDocument
from ingestion.normalisation import normalise, on_one_line
from services.ingestion.passages import Passage, passages_of
from storage.corpus_rows import NewChunk, NewVersion

MEDIA_TYPE = "text/markdown"
PARAGRAPH = re.compile(r"\S(?:.*?\S)??(?=\s*?\n[ \t]*\n|\s*\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EncodedCorrection:
    """A correction cut and encoded, before its chunks have ids."""

    document: ParsedDocument
    passages: tuple[Passage, ...]
    vectors: Sequence[PassageVectors]

    def version(self, chunk_ids: Sequence[int], expected_version: int) -> NewVersion:
        """The document's next version, over the one that is current now."""
        text = self.document.text
        return NewVersion(
            key=self.document.key,
            title=self.document.title,
            media_type=self.document.media_type,
            language=self.document.language or "en",
            text=text,
            source_hash=sha256(text.encode()).hexdigest(),
            file_hash=None,
            byte_size=len(text.encode()),
            expected_version=expected_version,
            chunks=tuple(
                NewChunk(chunk_id, passage.chunk, vectors, passage.term_frequencies)
                for chunk_id, passage, vectors in zip(
                    chunk_ids, self.passages, self.vectors, strict=True
                )
            ),
        )


def key_of(correction_id: UUID) -> str:
    """What the document of a correction is known by in its course."""
    return f"corrections/{correction_id}"


async def encoded_correction(
    correction_id: UUID, question: str, body: str, language: str, embedder: Embedder
) -> EncodedCorrection:
    """Cuts and encodes a correction; the event loop goes on meanwhile.

    Args:
        correction_id: names the document.
        question: what it answers; the heading of every passage.
        body: what the teacher says.
        language: of the course.
        embedder: encodes the passages.

    Raises:
        EmbeddingError: when a remote encoder gives no vectors.
    """
    document = correction_document(correction_id, question, body, language)
    passages = await asyncio.to_thread(passages_of, document, embedder, language=language)
    inputs = [passage.encoder_input for passage in passages]
    vectors = await asyncio.to_thread(embedder.encode_passages, inputs)
    return EncodedCorrection(document, passages, vectors)


def correction_document(
    correction_id: UUID, question: str, body: str, language: str
) -> ParsedDocument:
    """The question as a heading, then a block for each paragraph."""
    heading, said = on_one_line(question), normalise(body).strip()
    start = len(heading) + 2
    locator = Locator(heading=(heading,))
    paragraphs = (
        Block(BlockKind.PARAGRAPH, start + match.start(), start + match.end(), locator)
        for match in PARAGRAPH.finditer(said)
    )
    return ParsedDocument(
        key=key_of(correction_id),
        title=heading,
        media_type=MEDIA_TYPE,
        text=f"{heading}\n\n{said}",
        blocks=(Block(BlockKind.HEADING, 0, len(heading), Locator(), level=1), *paragraphs),
        language=language_by_script(said, language),
    )
