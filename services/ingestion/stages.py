"""What passes from stage to stage of a run, and the file that each document came from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from ai.embedding.embedder import PassageVectors
from ai.retrieval.languages import language_by_script
from ingestion.document import ParsedDocument
from services.ingestion.passages import Passage
from services.ingestion.report import Reason
from services.ingestion.sources import SourceFile
from services.ingestion.survey import SurveyedSource
from storage.corpus_rows import NewChunk, NewVersion

UNDECLARED_LANGUAGE = "en"


@dataclass(slots=True)
class OpenFile:
    """A file whose documents are on their way; mutable, owned by the run.

    Attributes:
        documents: read so far, unchanged ones among them.
        waiting: passed on, and not yet stored.
        skipped_because: why nothing of it is taken in, though nothing is wrong with it.
        warnings: what of its documents is not taken in, and why.
        seconds: spent on this file so far, not counting what it waited.
    """

    surveyed: SurveyedSource
    documents: int = 0
    waiting: int = 0
    is_read: bool = False
    seconds: float = 0.0
    chunks: int = 0
    document_ids: list[UUID] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    skipped_because: Reason | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def source(self) -> SourceFile:
        """The file itself."""
        return self.surveyed.hashed.source


def share_time(seconds: float, work: Sequence[tuple[OpenFile, int]]) -> None:
    """Adds time that files have taken together to each, by its share of the work."""
    total = sum(weight for _, weight in work)
    for file, weight in work:
        file.seconds += seconds * weight / max(total, 1)


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document that was read and cut, and waits for its vectors."""

    file: OpenFile
    document: ParsedDocument
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class EncodedDocument:
    """A document's next version, ready to be stored."""

    file: OpenFile
    version: NewVersion


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """What became of one document; `reason` says why it failed."""

    file: OpenFile
    version: NewVersion
    document_id: UUID | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """A document with the ids of its chunks, of which some have their vectors already."""

    file: OpenFile
    document: ParsedDocument
    passages: tuple[Passage, ...]
    chunk_ids: tuple[int, ...]
    is_kept: tuple[bool, ...]
    expected_version: int

    @property
    def passages_to_encode(self) -> list[Passage]:
        """Passages whose content is not stored yet."""
        return [
            passage for passage, kept in zip(self.passages, self.is_kept, strict=True) if not kept
        ]

    @property
    def tokens_to_encode(self) -> int:
        """Word pieces of those passages; what encoding costs goes by them."""
        return sum(passage.chunk.token_count for passage in self.passages_to_encode)

    def with_vectors(self, vectors: Iterator[PassageVectors]) -> EncodedDocument:
        """The version with vectors drawn for each passage that needed them."""
        document, hashed = self.document, self.file.surveyed.hashed
        is_whole_file = document.key == hashed.source.key
        return EncodedDocument(
            self.file,
            NewVersion(
                key=document.key,
                title=document.title,
                media_type=document.media_type,
                language=document.language
                or language_by_script(document.text, UNDECLARED_LANGUAGE),
                text=document.text,
                source_hash=hashed.document_hashes.get(document.key, hashed.file_hash),
                file_hash=hashed.file_hash if is_whole_file else None,
                byte_size=hashed.byte_sizes.get(document.key, 0),
                expected_version=self.expected_version,
                chunks=tuple(
                    NewChunk(
                        chunk_id,
                        passage.chunk,
                        None if kept else next(vectors),
                        passage.term_frequencies,
                    )
                    for chunk_id, passage, kept in zip(
                        self.chunk_ids, self.passages, self.is_kept, strict=True
                    )
                ),
                warning=document.warning,
            ),
        )
