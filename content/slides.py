"""Slides with what is said to them: a deck to show, and the storyboard of a narrated video."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from content.base import Content, ItemId, Language, Line, Markdown, Sources
from content.figures import Figure

Theme = Literal["light", "dark"]


class Table(Content):
    """A table of few rows; each row has as many cells as the header."""

    header: Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)]
    rows: Annotated[tuple[tuple[Line, ...], ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _rows_are_whole(self) -> Self:
        if any(len(row) != len(self.header) for row in self.rows):
            raise ValueError("each row of a table needs as many cells as its header")
        return self


class Code(Content):
    """A listing that is shown highlighted."""

    language: Annotated[str, StringConstraints(max_length=30)] = ""
    text: Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class Plot(Content):
    """Points drawn as a line, such as a measured or computed course of a quantity."""

    x_label: Line
    y_label: Line
    points: Annotated[tuple[tuple[float, float], ...], Field(min_length=2, max_length=500)]


class Slide(Content):
    """What one slide shows, and what is said meanwhile.

    Points may appear one by one with the speech: `narration` then has one part per point, after
    a first part for the heading.
    """

    id: ItemId
    heading: Line
    points: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    formula: Annotated[str, StringConstraints(max_length=2_000)] = ""
    """LaTeX without delimiters, shown large."""
    code: Code | None = None
    table: Table | None = None
    plot: Plot | None = None
    figure: Figure | None = None
    narration: Annotated[tuple[Markdown, ...], Field(max_length=9)] = ()
    """What is said, in parts; the slide deck shows it as speaker notes."""
    sources: Sources = ()

    @model_validator(mode="after")
    def _narration_fits_the_points(self) -> Self:
        if len(self.narration) > len(self.points) + 1:
            raise ValueError("narration has at most one part for the heading and one per point")
        return self


class SlideDeck(Content):
    """Slides in their order; their ids are unique."""

    title: Line
    language: Language = "en"
    theme: Theme = "light"
    slides: Annotated[tuple[Slide, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [slide.id for slide in self.slides]
        if len(set(ids)) != len(ids):
            raise ValueError("two slides have the same id")
        return self


class Storyboard(SlideDeck):
    """A deck whose every slide is narrated: the plan of a video, a scene per slide."""

    voice: Annotated[str, StringConstraints(max_length=60)] = ""
    """A voice of the speech service; empty for the one of the language."""

    @model_validator(mode="after")
    def _every_scene_is_narrated(self) -> Self:
        for slide in self.slides:
            if not slide.narration:
                raise ValueError(f"scene {slide.id} has no narration")
        return self
