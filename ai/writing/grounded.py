"""The built-in writer: content in the words of the sources, with no network and no key."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from ai.embedding.embedder import Embedder
from ai.writing.background import with_background
from ai.writing.brief import Brief, SourcePassage
from ai.writing.errors import NothingToWriteError
from ai.writing.extractive_cards import write_deck
from ai.writing.extractive_lesson import write_lesson, write_study_guide
from ai.writing.extractive_quiz import write_quiz
from ai.writing.extractive_slides import write_slides, write_storyboard
from ai.writing.headings import is_glossary
from ai.writing.material import Material, read_material
from ai.writing.on_topic import passages_on
from ai.writing.titles import title_of
from ai.writing.topic_names import kept_to_topic
from ai.writing.writer import Progress
from content.cards import Deck
from content.lessons import Lesson, StudyGuide
from content.questions import Quiz
from content.slides import SlideDeck, Storyboard

Written = TypeVar("Written")


class GroundedWriter:
    """Writes what the passages say, sentence by sentence; a `Writer` without a chat model.

    The same brief and passages always give the same content. It is in the language of the
    passages: where some are in the language of the brief, of those. What it says in words of its
    own says nothing about the subject.

    Args:
        embedder: The one that made the sentence vectors, to find what is about a topic; None to
            go by words.
        progress: Is told how far the work is; None for nobody.
    """

    def __init__(self, embedder: Embedder | None = None, progress: Progress | None = None) -> None:
        self._embedder = embedder
        self._progress = progress

    async def lesson(self, brief: Brief, passages: Sequence[SourcePassage]) -> Lesson:
        """Sections of key sentences, with the material's own examples, exercises and terms."""
        return await self._written(write_lesson, brief, passages)

    async def study_guide(self, brief: Brief, passages: Sequence[SourcePassage]) -> StudyGuide:
        """Key sentences by topic as points, terms, and questions with what the material answers."""
        return await self._written(write_study_guide, brief, passages)

    async def quiz(self, brief: Brief, passages: Sequence[SourcePassage]) -> Quiz:
        """Questions whose keys stand in the material, with distractors from the same course."""
        return await self._written(write_quiz, brief, passages)

    async def deck(self, brief: Brief, passages: Sequence[SourcePassage]) -> Deck:
        """Cards on terms, formulas, questions of the material, and gaps in its sentences."""
        return await self._written(write_deck, brief, passages)

    async def slides(self, brief: Brief, passages: Sequence[SourcePassage]) -> SlideDeck:
        """Slides of short points, with the whole sentences as speaker notes."""
        return await self._written(write_slides, brief, passages)

    async def storyboard(self, brief: Brief, passages: Sequence[SourcePassage]) -> Storyboard:
        """Scenes of short points, narrated in whole sentences."""
        return await self._written(write_storyboard, brief, passages)

    async def _written(
        self,
        write: Callable[[Brief, Material, str], Written],
        brief: Brief,
        passages: Sequence[SourcePassage],
    ) -> Written:
        await self._reached("reading", 0.0)
        chosen = await passages_on(brief.topic, passages, self._embedder)
        material = await asyncio.to_thread(_read, brief, chosen, passages)
        if not material.statements and not material.definitions:
            raise NothingToWriteError(brief.topic)
        await self._reached("writing", 0.3)
        written = await asyncio.to_thread(
            write, brief, material, title_of(brief, material.passages)
        )
        await self._reached("written", 1.0)
        return written

    async def _reached(self, stage: str, share: float) -> None:
        if self._progress is not None:
            await self._progress.reached(stage, share)


def _read(
    brief: Brief, chosen: Sequence[SourcePassage], passages: Sequence[SourcePassage]
) -> Material:
    """What is about the topic, against the background of all passages.

    A glossary explains the whole course: it is background, but where nothing else was chosen.
    """
    about = [each for each in chosen if not any(is_glossary(name) for name in each.heading)]
    if len(chosen) == len(passages) or not about:
        return kept_to_topic(read_material(chosen, brief.language), brief.topic)
    numbers = {each.chunk_id for each in about}
    others = [each for each in passages if each.chunk_id not in numbers]
    material = kept_to_topic(read_material(about, brief.language), brief.topic)
    return with_background(material, others, brief.topic)
