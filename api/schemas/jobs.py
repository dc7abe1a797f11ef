"""Schemas of jobs that write content, and of the files that come of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output
from api.schemas.contents import Part
from jobs.kinds import JobKind

Level = Literal["beginner", "intermediate", "advanced"]
Length = Literal["short", "medium", "long"]
WrittenKind = Literal["lesson", "quiz", "flashcards", "study_guide", "slides", "video"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), STORABLE]
ModelName = Annotated[str, StringConstraints(min_length=1, max_length=100), STORABLE]
Budget = Annotated[int, Field(ge=0, le=10**12)]
Chosen = Annotated[tuple[UUID, ...], Field(max_length=100)]


class JobCreate(Input):
    """What is to be written."""

    kind: WrittenKind = Field(examples=["quiz"])
    topic: Words = Field(
        default="",
        description="Needed where no documents or lessons are chosen.",
        examples=["Newton's second law"],
    )
    document_ids: Chosen = Field(default=(), description="Write from these documents alone.")
    lesson_ids: Chosen = Field(default=(), description="Write from the material of these lessons.")
    level: Level = "beginner"
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = Field(
        default=None, description="ISO 639 code; left out: the course's.", examples=["en"]
    )
    length: Length = "medium"
    count: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="How many questions, cards or slides.", examples=[10]
    )
    style: Words = Field(default="", examples=["With examples from sport."])
    model: ModelName | None = Field(default=None, description="An alias or deployment.")
    budget_micro_usd: Budget | None = Field(
        default=None, description="What chat models may cost at most.", examples=[200_000]
    )
    voice: Annotated[str, StringConstraints(max_length=60), STORABLE] = Field(
        default="", description="Of a video; left out: the one of the language."
    )
    theme: Literal["light", "dark"] = "light"
    urgency: Literal["usual", "low"] = Field(
        default="usual", description="`low` lets every other job go first."
    )

    @property
    def job_kind(self) -> JobKind:
        """The kind of the job."""
        return JobKind(self.kind)


class Regenerate(Input):
    """Which parts are to be written anew, and how."""

    parts: Annotated[tuple[Part, ...], Field(max_length=20)] = Field(
        default=(),
        description="Ids of sections, questions, cards or slides; left out: all that cite a"
        " document which has changed.",
    )
    instruction: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=1_000), STORABLE
    ] = Field(default="", examples=["Shorter, with an example from cycling."])
    model: ModelName | None = None
    budget_micro_usd: Budget | None = None


class AssetRead(Output):
    """A file made of content; its bytes are at `/assets/{id}`."""

    id: UUID
    name: str = Field(examples=["inertia.mp4"])
    media_type: str = Field(examples=["video/mp4"])
    byte_size: int
    version: int = Field(description="The version of the content that it was made of.")


class AssetList(Output):
    """The files of some content."""

    items: list[AssetRead]


class SignedLinkRead(Output):
    """An address that opens one file for a while without signing in."""

    url: str = Field(examples=["/api/v1/signed-assets/01h.../1767225600/5f..."])
    expires_at: datetime
