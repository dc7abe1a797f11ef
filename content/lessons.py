"""A lesson as a document in parts: objectives, sections, examples, exercises, glossary, summary."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from content.base import Content, ItemId, Language, Line, Markdown, Sources
from content.figures import Figure


class Objective(Content):
    """What a learner can do afterwards."""

    id: ItemId
    text: Line


class Section(Content):
    """A part of the explanation."""

    id: ItemId
    heading: Line
    body: Markdown
    objectives: tuple[ItemId, ...] = ()
    """The objectives that it serves."""
    figures: Annotated[tuple[Figure, ...], Field(max_length=4)] = ()
    """Shown after the body."""
    sources: Sources = ()


class WorkedExample(Content):
    """A problem with each step of its solution."""

    id: ItemId
    problem: Markdown
    steps: Annotated[tuple[Markdown, ...], Field(min_length=1, max_length=20)]
    answer: Markdown
    sources: Sources = ()


class Exercise(Content):
    """A problem for the learner, with its solution."""

    id: ItemId
    problem: Markdown
    solution: Markdown
    sources: Sources = ()


class GlossaryEntry(Content):
    """A term and what it means."""

    term: Line
    definition: Markdown
    sources: Sources = ()


class Lesson(Content):
    """A whole lesson. The ids of its parts are unique."""

    title: Line
    language: Language = "en"
    objectives: Annotated[tuple[Objective, ...], Field(max_length=12)] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=40)]
    examples: Annotated[tuple[WorkedExample, ...], Field(max_length=20)] = ()
    exercises: Annotated[tuple[Exercise, ...], Field(max_length=40)] = ()
    glossary: Annotated[tuple[GlossaryEntry, ...], Field(max_length=100)] = ()
    summary: Annotated[str, Field(max_length=10_000)] = ""
    summary_sources: Sources = ()
    """What the summary stands on, where that is more than its sections do."""

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        parts: tuple[Objective | Section | WorkedExample | Exercise, ...] = (
            *self.objectives,
            *self.sections,
            *self.examples,
            *self.exercises,
        )
        ids = [part.id for part in parts]
        if len(set(ids)) != len(ids):
            raise ValueError("two parts of the lesson have the same id")
        return self


class MarkdownLesson(Content):
    """A lesson that a teacher wrote as one Markdown text, without parts."""

    title: Line
    summary: Annotated[str, Field(max_length=2_000)] = ""
    markdown: Annotated[str, Field(max_length=200_000)] = ""


class StudyGuide(Content):
    """What to know before an exam: key points by topic, terms, and questions to ask oneself."""

    title: Line
    language: Language = "en"
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=40)]
    glossary: Annotated[tuple[GlossaryEntry, ...], Field(max_length=100)] = ()
    questions: Annotated[tuple[Exercise, ...], Field(max_length=60)] = ()
