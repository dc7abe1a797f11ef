"""What kinds of content are called in addresses, so that one route serves all that are alike.

`{collection:made}` in a path matches these names alone; any other address stays unknown.
"""

from enum import StrEnum
from typing import Annotated

from fastapi import Path
from starlette.convertors import StringConvertor, register_url_convertor

from content.kinds import ContentKind


class Made(StrEnum):
    """Content whose only home is its collection."""

    QUIZZES = "quizzes"
    DECKS = "decks"
    STUDY_GUIDES = "study-guides"
    SLIDE_DECKS = "slide-decks"
    VIDEOS = "videos"


class Kept(StrEnum):
    """Content that is kept in versions; lessons have routes of their own beside these."""

    LESSONS = "lessons"
    QUIZZES = "quizzes"
    DECKS = "decks"
    STUDY_GUIDES = "study-guides"
    SLIDE_DECKS = "slide-decks"
    VIDEOS = "videos"


KINDS = {
    Kept.LESSONS: ContentKind.LESSON,
    Kept.QUIZZES: ContentKind.QUIZ,
    Kept.DECKS: ContentKind.DECK,
    Kept.STUDY_GUIDES: ContentKind.STUDY_GUIDE,
    Kept.SLIDE_DECKS: ContentKind.SLIDES,
    Kept.VIDEOS: ContentKind.VIDEO,
}
MADE, KEPT = "{collection:made}", "{collection:kept}"
"""The parameter as it stands in a path."""


def kind_of(collection: Made | Kept) -> ContentKind:
    """The kind of what a collection holds."""
    return KINDS[Kept(collection)]


class _MadeConvertor(StringConvertor):
    regex = "|".join(Made)


class _KeptConvertor(StringConvertor):
    regex = "|".join(Kept)


register_url_convertor("made", _MadeConvertor())
register_url_convertor("kept", _KeptConvertor())

MadeCollection = Annotated[Made, Path(alias="collection")]
KeptCollection = Annotated[Kept, Path(alias="collection")]
