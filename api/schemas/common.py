"""What all schemas share: strict input, text without traps, pages, problems."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Item = TypeVar("Item")


def refuse_null_characters(text: str) -> str:
    """The text unchanged; PostgreSQL cannot store U+0000.

    Raises:
        ValueError: when the text holds one.
    """
    if "\0" in text:
        raise ValueError("must not hold the character U+0000")
    return text


STORABLE = AfterValidator(refuse_null_characters)
"""Stands last in an `Annotated`: constraints before it, such as stripping, apply to the text."""

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def refuse_other_ages(moment: datetime) -> datetime:
    """The moment unchanged.

    Raises:
        ValueError: when no school year can hold it, nor every time zone.
    """
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("must lie between the years 2000 and 2200")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(refuse_other_ages)]
PlainText = Annotated[str, STORABLE]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), STORABLE
]
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), STORABLE
]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20)]
WhereKnown = Annotated[Item | None, Field(exclude_if=lambda value: value is None)]
"""Absent from the output rather than null."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Input(BaseModel):
    """Base of what comes in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """Base of what goes out: read from the services' values by name."""

    model_config = ConfigDict(from_attributes=True)


class RegionRead(Output):
    """A rectangle of a PDF page, in points from its lower left corner."""

    page: int = Field(description="Page, from 1.", examples=[12])
    x0: float
    y0: float
    x1: float
    y1: float


class LocatorRead(Output):
    """Where a passage stands; what is not known of its place is absent."""

    page: WhereKnown[int] = Field(default=None, examples=[12])
    slide: WhereKnown[int] = None
    heading: list[str] = Field(examples=[["Oscillations", "The pendulum"]])
    start_seconds: WhereKnown[float] = None
    line: WhereKnown[int] = Field(default=None, description="Line of the file, from 1.")
    cell: WhereKnown[str] = Field(default=None, examples=["Data!A2:C2"])
    regions: WhereKnown[list[RegionRead]] = None
    char_start: int = Field(description="In code points of the document version's text.")
    char_end: int


class PageOf(Output, Generic[Item]):
    """One part of a list."""

    items: list[Item]
    total: int | None = Field(description="Items in all; null after a cursor.", examples=[42])
    page: int | None = Field(description="This page, from 1; null after a cursor.", examples=[1])
    size: int = Field(description="Items on a full page.", examples=[20])
    pages: int | None = Field(description="Pages in all; null after a cursor.", examples=[3])
    next_cursor: str | None = Field(description="Where the next page starts; null at the end.")


class FieldError(Output):
    """What is wrong with one field."""

    field: str = Field(examples=["title"])
    message: str = Field(examples=["String should have at least 1 character"])


class Problem(Output):
    """An error, after RFC 9457."""

    type: str = Field(examples=["urn:neuroshiksha:problem:not_found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no course “alchemy”, or you may not see it."])
    code: str = Field(description="Stable, for programs.", examples=["not_found"])
    request_id: str = Field(description="Finds the request in the log.")
    instance: str = Field(examples=["/api/v1/courses/alchemy"])
    errors: list[FieldError] | None = Field(default=None, description="The fields at fault.")


__all__ = [
    "STORABLE",
    "FieldError",
    "Input",
    "Language",
    "Moment",
    "Output",
    "PageOf",
    "PlainText",
    "Problem",
    "Tag",
    "Tags",
    "Title",
]
