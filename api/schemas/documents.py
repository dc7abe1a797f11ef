"""Schemas of documents, search hits and jobs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.common import LocatorRead, Output
from jobs.kinds import JobKind, JobStatus
from storage.repositories.documents import DocumentStatus


class DocumentRead(Output):
    """A document of a course."""

    id: UUID
    course_id: UUID
    key: str = Field(description="Path below the ingested root.", examples=["ch1/forces.md"])
    title: str = Field(examples=["Forces"])
    media_type: str = Field(examples=["text/markdown"])
    language: str = Field(examples=["en"])
    status: DocumentStatus
    reason: str | None = Field(description="Why it failed, in words for a person.")
    reason_code: str | None = Field(
        description="Stable name of that reason, where it has one.", examples=["no_text_layer"]
    )
    warning: str | None = Field(
        description="What of the original could not be read, though the rest is in, and what to do."
    )
    warning_code: str | None = Field(
        description="Stable name of that warning.", examples=["pages_left_out"]
    )
    version: int = Field(description="The version in use; 0 before the first.", examples=[1])
    byte_size: int
    chunk_count: int
    created_at: datetime
    updated_at: datetime


class DocumentTextRead(Output):
    """The text that locators and citations count their offsets in, in Unicode code points."""

    document_id: UUID
    version: int
    text: str


class JobRead(Output):
    """A job; the shape is the same for every kind."""

    id: UUID
    course_id: UUID
    kind: JobKind
    topic: str = Field(
        description="What it is about: the topic asked for, the title of what is written anew, or"
        " the files brought in; empty where documents or lessons were chosen instead.",
        examples=["Friction"],
    )
    status: JobStatus
    stage: str = Field(examples=["encoding"])
    progress: float = Field(description="0 to 1; it never falls.", examples=[0.4])
    seconds_left: float | None
    cost_micro_usd: int
    result: Mapping[str, Any] | None = Field(
        description="`{kind, id, assets}` once it has succeeded; of ingestion, a report per file"
        " as `ingest --report` writes it, also where every file has failed."
    )
    error: Mapping[str, Any] | None = Field(description="`{code, message}` once it has failed.")
    attempts: int = Field(description="How often a worker has begun it.", examples=[1])
    created_at: datetime
    finished_at: datetime | None


class JobStepRead(Output):
    """One line of a job's history."""

    created_at: datetime
    status: JobStatus
    stage: str = Field(examples=["reading"])
    detail: str | None


class JobDetail(JobRead):
    """A job with what has happened to it."""

    history: list[JobStepRead] = Field(description="Oldest first.")


class JobAccepted(Output):
    """The job that will bring the files in."""

    job: JobRead


class SearchHit(Output):
    """A passage that may answer the question."""

    chunk_id: int
    document_id: UUID
    document_version: int
    document_title: str
    locator: LocatorRead
    text: str
    score: float = Field(examples=[0.83])
    chunk_ids: list[int] = Field(
        description="The passage's chunks in order: neighbours are shown as one passage."
    )


class SearchResult(Output):
    """What retrieval finds, best first."""

    hits: list[SearchHit]
