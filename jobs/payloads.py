"""What a job is asked to do, as it is kept in the job's row."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

ContentHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class UploadedSource(BaseModel):
    """A file that waits in the file store."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, Field(min_length=1, max_length=1024)]
    """Path below the uploaded root, with the file's name; the document's key."""
    content_hash: ContentHash
    byte_size: Annotated[int, Field(ge=0)]
    """Of the file, or of the members once they are unpacked."""
    members: tuple[str, ...] = ()
    """The files of an archive that are meant, by their names in it; none stands for all."""


class IngestPayload(BaseModel):
    """Bring these uploaded files into the job's course."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: Annotated[tuple[UploadedSource, ...], Field(min_length=1)]


class RegeneratePayload(BaseModel):
    """Write these parts of some content anew; the rest stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content_id: UUID
    parts: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]
    instruction: str = ""
    """What a teacher wants different about them."""


class RenderPayload(BaseModel):
    """Make the files of this version of some content; nothing is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content_id: UUID
    version: Annotated[int, Field(ge=1)]


class GenerationPayload(BaseModel):
    """Write content of the job's kind from its course."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: str = ""
    document_ids: tuple[UUID, ...] = ()
    lesson_ids: tuple[UUID, ...] = ()
    """Their material, in place of the whole course's."""
    language: str
    level: Literal["beginner", "intermediate", "advanced"] = "beginner"
    length: Literal["short", "medium", "long"] = "medium"
    count: int | None = None
    style: str = ""
    model: str | None = None
    """An alias or deployment; None is the tutor's."""
    budget_micro_usd: int | None = None
    voice: str = ""
    theme: Literal["light", "dark"] = "light"
    regenerate: RegeneratePayload | None = None
    render: RenderPayload | None = None
