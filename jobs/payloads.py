"""What a job is asked to do, as it is kept in the job's row."""

from typing import Annotated

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
