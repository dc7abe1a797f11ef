"""The kinds of content that a course keeps, and the value that the stored JSON of each is."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, TypeAdapter

from content.base import Content, SourceSpan
from content.cards import Deck
from content.lessons import Lesson, MarkdownLesson, StudyGuide
from content.questions import Quiz
from content.slides import SlideDeck, Storyboard


class ContentKind(StrEnum):
    """What a teacher keeps beside documents."""

    LESSON = "lesson"
    QUIZ = "quiz"
    DECK = "deck"
    STUDY_GUIDE = "study_guide"
    SLIDES = "slides"
    VIDEO = "video"


RENDERED = frozenset({ContentKind.VIDEO, ContentKind.SLIDES})
"""What comes with files of its own; other content becomes a file when one is asked for."""

AnyContent = Lesson | MarkdownLesson | Quiz | Deck | StudyGuide | SlideDeck | Storyboard

_LESSON: TypeAdapter[Lesson | MarkdownLesson] = TypeAdapter(Lesson | MarkdownLesson)
VALUES: Mapping[ContentKind, type[AnyContent]] = {
    ContentKind.LESSON: Lesson,
    ContentKind.QUIZ: Quiz,
    ContentKind.DECK: Deck,
    ContentKind.STUDY_GUIDE: StudyGuide,
    ContentKind.SLIDES: SlideDeck,
    ContentKind.VIDEO: Storyboard,
}
"""What each kind is kept as; a lesson may also be a `MarkdownLesson`."""


def content_of(kind: ContentKind, body: Mapping[str, Any]) -> AnyContent:
    """The value that stored or edited JSON stands for.

    Raises:
        pydantic.ValidationError: It is not one of that kind.
    """
    if kind is ContentKind.LESSON:
        return _LESSON.validate_python(body)
    return VALUES[kind].model_validate(body)


def spans_of(value: object) -> Iterator[SourceSpan]:
    """Every source span in a value, whichever part it stands in."""
    if isinstance(value, SourceSpan):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from spans_of(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from spans_of(item)


def parts_of(content: AnyContent) -> Mapping[str, Content]:
    """The parts that have an id, such as sections or questions, by that id and in their order."""
    found: dict[str, Content] = {}
    for name in type(content).model_fields:
        parts = getattr(content, name)
        if isinstance(parts, tuple):
            found |= {part.id: part for part in parts if hasattr(part, "id")}
    return found
