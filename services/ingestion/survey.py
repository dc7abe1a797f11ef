"""Tells which sources have changed since the course last took them in: by hash, in one query."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.ingestion.sources import SourceFile
from storage.files import hash_file
from storage.repositories.documents import DocumentState


@dataclass(frozen=True, slots=True)
class HashedSource:
    """A source with the hashes of the documents it holds.

    Attributes:
        source: the file.
        file_hash: sha256 of its bytes.
        document_hashes: of each document's source bytes by its key; the line for JSON Lines.
        byte_sizes: of each document's source bytes by its key.
        has_faults: a JSON Lines file of which a line names no document of its own; reading it
            will say which, and why.
    """

    source: SourceFile
    file_hash: str
    document_hashes: Mapping[str, str]
    byte_sizes: Mapping[str, int]
    has_faults: bool = False


@dataclass(frozen=True, slots=True)
class SurveyedSource:
    """A source compared with the course.

    Attributes:
        hashed: the source and its hashes.
        changed: keys of documents that are new or differ; empty means there is nothing to do.
        unchanged: the stored state of the others.
    """

    hashed: HashedSource
    changed: frozenset[str]
    unchanged: tuple[DocumentState, ...] = field(default=())

    @property
    def documents_to_read(self) -> int:
        """How many documents are new or changed, as far as that is known."""
        return len(self.changed) or int(self.hashed.has_faults)

    @property
    def needs_reading(self) -> bool:
        """Whether anything in it is new."""
        return bool(self.changed) or self.hashed.has_faults

    @property
    def warnings(self) -> list[str]:
        """What the unchanged documents lack of their originals."""
        return [state.warning for state in self.unchanged if state.warning is not None]

    def is_wanted(self, key: str) -> bool:
        """Whether the document of that key is to be brought in."""
        return key in self.changed


def hash_sources(sources: Sequence[SourceFile]) -> Iterator[HashedSource | tuple[SourceFile, str]]:
    """Hashes each source; a file that cannot be opened comes with the reason instead. Blocks."""
    for source in sources:
        try:
            yield _hash(source)
        except OSError as error:
            yield source, f"{error.strerror or error}; check the file and its permissions"


def compare(
    hashed: HashedSource, states: Mapping[str, DocumentState], *, reads_pictures: bool
) -> SurveyedSource:
    """The source beside what the course holds of it.

    Args:
        hashed: the source.
        states: of the documents that the course has, by their keys.
        reads_pictures: whether what was left out of a document for want of Tesseract, as its
            warning says, can be read now; it counts as changed then.
    """
    unchanged = tuple(
        states[key]
        for key, source_hash in hashed.document_hashes.items()
        if key in states
        and _is_current(states[key], source_hash)
        and not (reads_pictures and states[key].warning is not None)
    )
    changed = hashed.document_hashes.keys() - {state.key for state in unchanged}
    return SurveyedSource(hashed, frozenset(changed), unchanged)


def _is_current(state: DocumentState, source_hash: str) -> bool:
    return state.source_hash == source_hash and state.current_version > 0 and not state.is_deleted


def _hash(source: SourceFile) -> HashedSource:
    if source.is_json_lines:
        return _hash_lines(source)
    file_hash = hash_file(source.path)
    size = source.path.stat().st_size
    return HashedSource(source, file_hash, {source.key: file_hash}, {source.key: size})


def _hash_lines(source: SourceFile) -> HashedSource:
    digest = hashlib.sha256()
    hashes: dict[str, str] = {}
    sizes: dict[str, int] = {}
    has_faults = False
    with source.path.open("rb") as lines:
        for line in lines:
            digest.update(line)
            if not line.strip():
                continue
            key = _document_key(line)
            if key is None or key in hashes:
                has_faults = True
            else:
                hashes[key] = hashlib.sha256(line.strip()).hexdigest()
                sizes[key] = len(line)
    return HashedSource(source, digest.hexdigest(), hashes, sizes, has_faults or not hashes)


def _document_key(line: bytes) -> str | None:
    """The `doc_id` of a line, or None where it has none; the reader reports what is wrong."""
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    key = record.get("doc_id") if isinstance(record, dict) else None
    return key if isinstance(key, str) and key else None
