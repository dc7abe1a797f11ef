"""Schemas of courses."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.common import STORABLE, Input, Language, Output, Tags, Title
from services.access import CourseRole, Permission
from services.courses import Difficulty

Slug = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
    Field(description="Short name in addresses: a-z, 0-9, single hyphens.", examples=["physics"]),
]
Description = Annotated[str, StringConstraints(max_length=10_000), STORABLE]
Question = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE
]
Questions = Annotated[tuple[Question, ...], Field(max_length=20)]


class CourseCreate(Input):
    """A course to be made."""

    title: Title = Field(examples=["Physics"])
    slug: Slug | None = Field(default=None, description="Left out: made from the title.")
    description: Description = Field(default="", examples=["Forces, motion and energy."])
    tags: Tags = Field(default=(), examples=[["science", "grade 9"]])
    difficulty: Difficulty = "beginner"
    language: Language = Field(default="en", examples=["en"])
    suggested_questions: Questions = Field(default=(), examples=[["What is inertia?"]])


class CourseReplace(CourseCreate):
    """Everything about a course; fields left out get their default, but the slug stays."""


class CourseUpdate(Input):
    """What to change of a course; fields left out stay as they are."""

    title: Title = Field(default="", examples=["Physics I"])
    slug: Slug = ""
    description: Description = ""
    tags: Tags = ()
    difficulty: Difficulty = "beginner"
    language: Language = "en"
    suggested_questions: Questions = ()


class CourseBulkCreate(Input):
    """Courses to be made together: all or none."""

    items: Annotated[tuple[CourseCreate, ...], Field(min_length=1, max_length=100)]


class CourseRead(Output):
    """A course as the signed-in user sees it."""

    id: UUID
    slug: str = Field(examples=["physics"])
    title: str = Field(examples=["Physics"])
    description: str
    tags: list[str]
    difficulty: Difficulty
    language: str = Field(examples=["en"])
    suggested_questions: list[str]
    corpus_revision: int = Field(description="Rises with each change of its material.")
    created_at: datetime
    updated_at: datetime
    role: CourseRole | None = Field(description="One's role here; null for an admin from outside.")
    permissions: list[Permission] = Field(description="What one may do here.")
    document_count: int
    lesson_count: int = Field(description="Lessons one may see.")


class CourseBulkRead(Output):
    """The courses made, in the order sent."""

    items: list[CourseRead]
