"""What is known of stored content: which it is, its versions, how a list shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from content.kinds import ContentKind

CitedVersion = tuple[UUID, int]
"""A document and one of its versions."""
Origin = Literal["person", "job", "import"]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A state of content to be kept.

    Attributes:
        body: JSON of a value of `content/`.
        sources: Each document version that it cites, once.
        quality: What the quality gate found; None where it has not looked.
        author_id: None for what a job has written.
    """

    title: str
    body: Mapping[str, Any]
    sources: Sequence[CitedVersion] = ()
    quality: Mapping[str, Any] | None = None
    author_id: UUID | None = None
    job_id: UUID | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ContentHead:
    """Which content it is and which of its versions count, without any of them."""

    id: UUID
    course_id: UUID
    kind: ContentKind
    version: int
    published_version: int | None
    origin: Origin
    job_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime

    @property
    def status(self) -> Literal["draft", "published"]:
        """Whether learners see a version of it."""
        return "draft" if self.published_version is None else "published"


@dataclass(frozen=True, slots=True)
class VersionHead:
    """A version without its body."""

    content_id: UUID
    number: int
    parent: int | None
    title: str
    author_id: UUID | None
    job_id: UUID | None
    why: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredVersion(VersionHead):
    """A version with its JSON."""

    body: Mapping[str, Any]
    quality: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ListedContent:
    """Content in a list, by the title that its reader may see."""

    head: ContentHead
    title: str
    is_stale: bool
