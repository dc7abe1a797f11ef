"""Schemas of content, its versions and comments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output
from content.kinds import ContentKind

EXAMPLE_DECK = {
    "title": "Inertia",
    "cards": [{"id": "c1", "front": "What is inertia?", "back": "That a body keeps its motion."}],
}


def refuse_null_in_values(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The value unchanged; PostgreSQL cannot store U+0000, however deep it stands.

    Raises:
        ValueError: when any text in it holds one.
    """
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str) and "\0" in item:
            raise ValueError("must not hold the character U+0000")
        if isinstance(item, Mapping):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            waiting += item
    return value


ContentBody = Annotated[Mapping[str, Any], AfterValidator(refuse_null_in_values)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), STORABLE]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1_000), STORABLE
]
Part = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class ContentCreate(Input):
    """Content that a person wrote or brings along."""

    content: ContentBody = Field(
        description="In the form that reading it gives.", examples=[EXAMPLE_DECK]
    )
    why: Why = Field(default="", examples=["From last year's exam."])


class ContentReplace(ContentCreate):
    """An edited state of content."""

    based_on: int | None = Field(
        default=None,
        ge=1,
        description="The version that was edited: refused where another is worked on meanwhile.",
    )


class LessonStructure(ContentReplace):
    """An edited state of a lesson in parts."""

    content: ContentBody = Field(
        description="In the form that reading it gives.",
        examples=[
            {"title": "Inertia", "sections": [{"id": "s1", "heading": "Rest", "body": "..."}]}
        ],
    )


class ContentSummaryRead(Output):
    """Content in a list."""

    id: UUID
    course_id: UUID
    kind: ContentKind
    title: str = Field(examples=["Inertia"])
    status: Literal["draft", "published"]
    version: int = Field(description="The version that teachers work on.")
    published_version: int | None = Field(description="The version that learners see.")
    is_stale: bool = Field(description="Whether a document that it cites has changed since.")
    origin: Literal["person", "job", "import"]
    job_id: UUID | None = Field(description="The job that made it.")
    created_at: datetime
    updated_at: datetime


class ContentRead(ContentSummaryRead):
    """Content with the version that the caller sees: learners the published one."""

    content: Mapping[str, Any] = Field(
        description="Of a quiz without its keys, unless the caller sees drafts."
    )
    quality: Mapping[str, Any] | None = Field(
        description="What the quality gate found, for those who see drafts."
    )
    stale_parts: list[str] = Field(description="Parts that cite a document that has changed.")
    can_undo: bool
    can_redo: bool


class UnreadItemRead(Output):
    """A question of a bank that could not be brought in."""

    name: str
    reason: str


class BroughtInRead(Output):
    """What became of a question bank."""

    quiz: ContentRead
    format: str = Field(description="qti, moodle, gift or anki.")
    failures: list[UnreadItemRead]


class ContentVersionRead(Output):
    """A version in a list."""

    number: int
    parent: int | None = Field(description="The version that it was made from.")
    title: str
    author_id: UUID | None = Field(description="Null for what a job has written.")
    job_id: UUID | None
    why: str
    created_at: datetime


class VersionDetail(Output):
    """A version with its content."""

    version: ContentVersionRead
    content: Mapping[str, Any]


class PartChangeRead(Output):
    """What became of one part; null stands for what is outside of the parts."""

    part: str | None
    change: Literal["added", "removed", "changed", "moved"]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class DifferenceRead(Output):
    """What one version has changed since another."""

    old: int
    new: int
    parts: list[PartChangeRead]
    unified: str = Field(
        description="As `diff -u` writes it: of the Markdown of lessons, of the JSON of others."
    )


class Publish(Input):
    """What to publish, and why if the quality gate is against it."""

    version: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Left out: the one worked on."
    )
    override: bool = Field(
        default=False, description="Publish although items do not pass; needs a reason."
    )
    reason: Reason | None = Field(default=None, examples=["Checked by hand with the class."])


class CommentCreate(Input):
    """A comment on content, or on one part of it."""

    body: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000), STORABLE
    ] = Field(examples=["The second example needs a figure."])
    part: Part | None = Field(default=None, description="The id of the part that is meant.")


class CommentUpdate(Input):
    """Whether a comment is dealt with."""

    is_resolved: bool


class CommentRead(Output):
    """A comment."""

    id: UUID
    version: int = Field(description="The version that was commented on.")
    part: str | None
    body: str
    author_id: UUID | None
    author: str | None = Field(description="The name of its author, in a list.")
    created_at: datetime
    resolved_at: datetime | None
