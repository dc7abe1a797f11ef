"""What every writer can do, and what it needs around it."""

from collections.abc import Sequence
from typing import Protocol

from ai.writing.brief import Brief, SourcePassage
from content.cards import Deck
from content.lessons import Lesson, StudyGuide
from content.questions import Quiz
from content.slides import SlideDeck, Storyboard


class Drafts(Protocol):
    """Keeps the parts that are done, so that a job begun again does not pay for them twice."""

    async def kept(self, key: str) -> bytes | None:
        """The part of this key as it was put, None where there is none."""

    async def keep(self, key: str, part: bytes) -> None:
        """Puts a part, durable on return. A key names its part's inputs, so it never changes."""


class Progress(Protocol):
    """Is told how far the work is."""

    async def reached(self, stage: str, share: float) -> None:
        """`share` of the whole is done, from 0 to 1, and `stage` is under way.

        Raises:
            CancelledError: The work is to stop; it is passed on.
        """


class Writer(Protocol):
    """Writes content from passages alone. Each item carries the spans that it stands on.

    All methods raise `ai.writing.errors.NothingToWriteError` where the passages do not hold the
    topic, and `ChatModelError` or `OutputInvalidError` where a chat model fails for good.
    """

    async def lesson(self, brief: Brief, passages: Sequence[SourcePassage]) -> Lesson:
        """Objectives, sections, examples, exercises, glossary and summary."""

    async def study_guide(self, brief: Brief, passages: Sequence[SourcePassage]) -> StudyGuide:
        """Key points by topic, terms, and questions to ask oneself."""

    async def quiz(self, brief: Brief, passages: Sequence[SourcePassage]) -> Quiz:
        """Questions of several kinds with their keys."""

    async def deck(self, brief: Brief, passages: Sequence[SourcePassage]) -> Deck:
        """Flashcards."""

    async def slides(self, brief: Brief, passages: Sequence[SourcePassage]) -> SlideDeck:
        """A slide deck with speaker notes."""

    async def storyboard(self, brief: Brief, passages: Sequence[SourcePassage]) -> Storyboard:
        """The narrated scenes of a video."""
