"""A course's material: documents, their kept versions, chunks, vectors and postings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, SmallNumber, SoftDelete, TextArray, Timestamps, UuidKey

BY_COURSE = {"postgresql_partition_by": "HASH (course_id)"}

chunk_ids = Sequence("chunk_ids", metadata=Base.metadata)
"""Chunk ids are drawn in blocks before a COPY, so that all three tables can carry them."""


class Embedder(Base):
    """An encoder whose vectors are stored; the one active embedder answers questions."""

    __tablename__ = "embedders"
    __table_args__ = (
        Index("uq_embedders_active", "is_active", unique=True, postgresql_where=text("is_active")),
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    dimension: Mapped[SmallNumber]
    is_active: Mapped[bool] = mapped_column(server_default=text("false"))
    wanted_at: Mapped[datetime | None]
    """When it was last said that this one is to be the active one; the latest counts."""


class Document(Timestamps, SoftDelete, Base):
    """One document of a course, known by its key: a path below the ingested root, or a doc_id."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'ready', 'failed')", name="status"),
        CheckConstraint("kind IN ('material', 'correction')", name="kind"),
        Index("uq_documents_course_id_key", "course_id", "key", unique=True),
        Index("ix_documents_course_id_created_at_id", "course_id", "created_at", "id"),
        Index("ix_documents_lesson_id", "lesson_id"),
        Index(
            "ix_documents_file_hash", "file_hash", postgresql_where=text("file_hash IS NOT NULL")
        ),
        Index(
            "ix_documents_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")
        ),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    lesson_id: Mapped[UUID | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"))
    """The lesson the document is material of, where a teacher said so."""
    key: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="material")
    """`correction`: what a teacher says in place of an answer; it is found before material."""
    title: Mapped[str]
    media_type: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="en")
    status: Mapped[str] = mapped_column(server_default="pending")
    reason: Mapped[str | None]
    """Why `status` is failed, in words for a person."""
    reason_code: Mapped[str | None]
    """Stable name of that reason, where it has one."""
    warning: Mapped[str | None]
    """What of the original the current version lacks, and why, in words for a person."""
    source_hash: Mapped[str | None]
    """sha256 of the source bytes (for JSON Lines: of the line) of the current version."""
    file_hash: Mapped[str | None]
    """sha256 under which the file store keeps the original; null for parts of a file."""
    current_version: Mapped[int] = mapped_column(server_default="0")
    byte_size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    chunk_count: Mapped[int] = mapped_column(server_default="0")
    lexical_length: Mapped[int] = mapped_column(BigInteger, server_default="0")

    versions: Mapped[list["DocumentVersion"]] = relationship(lazy="raise")


class DocumentVersion(Base):
    """The text of one version, kept because answers cite it by code-point offsets."""

    __tablename__ = "document_versions"

    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Chunk(Base):
    """A passage of a document's current version; `text` stands there at its offsets."""

    __tablename__ = "chunks"
    __table_args__: Any = (
        Index(
            "uq_chunks_course_id_document_id_document_version_ordinal",
            "course_id",
            "document_id",
            "document_version",
            "ordinal",
            unique=True,
        ),
        Index("ix_chunks_document_id", "document_id"),
        BY_COURSE,
    )

    course_id: Mapped[UUID] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    document_version: Mapped[int]
    ordinal: Mapped[int]
    char_start: Mapped[int]
    char_end: Mapped[int]
    text: Mapped[str]
    heading: Mapped[TextArray]
    page: Mapped[int | None]
    slide: Mapped[int | None]
    start_seconds: Mapped[float | None]
    line: Mapped[int | None]
    cell: Mapped[str | None]
    regions: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    """Where the passage stands on its pages: `{"page", "x0", "y0", "x1", "y1"}` in points."""
    sentence_bounds: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """Pairs start, end, start, end... in code points of `text`."""
    token_count: Mapped[int]
    content_hash: Mapped[str]
    gap_before: Mapped[str | None]
    """White space after the passage before, where both have one place; without it they are not
    joined when a passage is shown."""


class ChunkVector(Base):
    """A chunk's vector under one embedder, and the vectors of its sentences."""

    __tablename__ = "chunk_vectors"
    __table_args__: Any = (BY_COURSE,)

    course_id: Mapped[UUID] = mapped_column(primary_key=True)
    embedder_id: Mapped[int] = mapped_column(ForeignKey("embedders.id"), primary_key=True)
    chunk_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    vector: Mapped[Any] = mapped_column(HALFVEC)
    sentence_vectors: Mapped[bytes] = mapped_column(LargeBinary)
    """int8, row-major (n_sentences, dimension); cosine needs no scale."""


class LexicalPosting(Base):
    """Where a term stands in one document: parallel arrays over the chunks that hold it.

    A row per document keeps parallel ingestion free of contention; document frequency is summed
    over the rows a question touches.
    """

    __tablename__ = "lexical_postings"
    __table_args__: Any = (
        Index("ix_lexical_postings_course_id_document_id", "course_id", "document_id"),
        BY_COURSE,
    )

    course_id: Mapped[UUID] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(Text, primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    chunk_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    frequencies: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    lengths: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """Terms in each of those chunks, for the length normalisation of BM25."""


class DiscardedFile(Base):
    """A stored file that something purged referred to; it goes unless something else does too."""

    __tablename__ = "discarded_files"

    content_hash: Mapped[str] = mapped_column(primary_key=True)
    discarded_at: Mapped[datetime] = mapped_column(server_default=func.now())
