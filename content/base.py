"""What all content has in common: texts with bounds, and the spans of a course it stands on."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""One line of plain text, such as a title; formulas as `$x$`."""
Markdown = Annotated[str, StringConstraints(min_length=1, max_length=40_000)]
"""Text with Markdown and LaTeX formulas, never raw HTML."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""An ISO 639 code."""
ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""Names a part within its whole, so that it keeps its name when others move."""


class Content(BaseModel):
    """A value that content is made of; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSpan(Content):
    """A piece of a stored document version that a statement stands on.

    Offsets count Unicode code points of the version's text, where `quote` stands verbatim.
    """

    document_id: UUID
    document_version: Annotated[int, Field(ge=1)]
    document_title: Line
    chunk_id: Annotated[int, Field(ge=1)] | None = None
    place: Annotated[str, StringConstraints(max_length=200)] = ""
    """For a reader: "page 3", "slide 2", or a path of headings."""
    char_start: Annotated[int, Field(ge=0)]
    char_end: Annotated[int, Field(ge=1)]
    quote: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


Sources = Annotated[tuple[SourceSpan, ...], Field(max_length=50)]
