"""Schemas of lessons."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output, Tags, Title
from services.courses import Difficulty
from services.lessons import LessonStatus

Summary = Annotated[str, StringConstraints(max_length=2_000), STORABLE]
Content = Annotated[str, StringConstraints(max_length=200_000), STORABLE]
Position = Annotated[int, Field(ge=0, le=1_000_000)]
DurationMinutes = Annotated[int, Field(ge=1, le=24 * 60)]


class LessonCreate(Input):
    """A lesson to be made."""

    title: Title = Field(examples=["Newton's first law"])
    summary: Summary = Field(default="", examples=["Why things keep moving."])
    content: Content = Field(
        default="", description="Markdown with LaTeX formulas.", examples=["# Inertia\n\n$F=0$"]
    )
    position: Position | None = Field(default=None, description="Left out: last.", examples=[0])
    duration_minutes: DurationMinutes | None = Field(default=None, examples=[20])
    tags: Tags = Field(default=(), examples=[["mechanics"]])
    difficulty: Difficulty = "beginner"
    status: LessonStatus = Field(default="draft", description="Learners see published ones.")


class LessonReplace(LessonCreate):
    """Everything about a lesson; fields left out get their default."""

    position: Position = Field(default=0, description="Place in the course, from 0.")


class LessonUpdate(Input):
    """What to change of a lesson; fields left out stay as they are."""

    title: Title = Field(default="", examples=["Newton's second law"])
    summary: Summary = ""
    content: Content = ""
    position: Position = 0
    duration_minutes: DurationMinutes | None = None
    tags: Tags = ()
    difficulty: Difficulty = "beginner"
    status: LessonStatus = "draft"


class LessonBulkCreate(Input):
    """Lessons to be made together: all or none."""

    items: Annotated[tuple[LessonCreate, ...], Field(min_length=1, max_length=100)]


class LessonSummaryRead(Output):
    """A lesson in a list."""

    id: UUID
    course_id: UUID
    title: str = Field(examples=["Newton's first law"])
    summary: str
    position: int
    duration_minutes: int | None
    tags: list[str]
    difficulty: Difficulty
    status: LessonStatus
    created_at: datetime
    updated_at: datetime


class LessonRead(LessonSummaryRead):
    """A lesson with its content."""

    content: str = Field(description="Markdown.")


class LessonBulkRead(Output):
    """The lessons made, in the order sent."""

    items: list[LessonRead]
