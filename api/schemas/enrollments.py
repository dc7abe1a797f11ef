"""Schemas of enrolments."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.common import Input, Output, PlainText
from services.access import CourseRole


class EnrollmentPut(Input):
    """A person's role in a course."""

    role: CourseRole = "learner"


class EnrollmentCreate(EnrollmentPut):
    """A person to be enrolled, by address."""

    # Looked for among the accounts, some of whose addresses no mail could reach.
    email: Annotated[PlainText, Field(min_length=1, max_length=254, examples=["asha@school.edu"])]


class EnrollmentRead(Output):
    """A person's place in a course."""

    user_id: UUID
    email: str = Field(examples=["asha@school.edu"])
    display_name: str = Field(examples=["Asha"])
    role: CourseRole
    created_at: datetime
