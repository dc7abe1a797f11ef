"""The writer with a chat model: it proposes, the passages decide what is kept."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from ai.chat.attribution import UNATTRIBUTED, Attribution
from ai.chat.chat_model import Allowance, ChatModel
from ai.embedding.embedder import Embedder
from ai.prompts.registry import PromptRegistry
from ai.validation.structured import StructuredChat
from ai.writing import chat_lesson, chat_quiz, chat_slides
from ai.writing.brief import Brief, SourcePassage
from ai.writing.on_topic import passages_on
from ai.writing.parts import PartLimits, PartWriter
from ai.writing.source_lines import with_sentences
from ai.writing.titles import title_of
from ai.writing.writer import Drafts, Progress
from content.cards import Deck
from content.lessons import Lesson, StudyGuide
from content.questions import Quiz
from content.slides import SlideDeck, Storyboard

Written = TypeVar("Written")
_Write = Callable[
    [PartWriter, Embedder | None, Brief, Sequence[SourcePassage], str], Awaitable[Written]
]


class ChatWriter:
    """A `Writer` that has a chat model write parts, and keeps what the passages bear out.

    The chat model cites passages by number; spans and quotes are found by code. A statement with
    support below 0.3 is left out. Ids, counts and lengths are the code's. A part that stays broken
    after its repair and a second asking ends the work with an `OutputInvalidError`; parts that
    were done are kept, so that only what is missing is paid for when it is begun again.

    Args:
        chat_model: Already bounded by whatever budget holds for the job.
        structured: Asks for JSON, with one repair.
        prompts: The writers' prompts.
        embedder: The one that made the sentence vectors; None to go by words.
        drafts: Keeps parts that are done; None keeps nothing.
        progress: Is told how far the work is, and may stop it.
        limits: What a part may take.
        attribution: On whose account it is written.
        allowance: What may be spent.
    """

    def __init__(
        self,
        chat_model: ChatModel,
        structured: StructuredChat,
        prompts: PromptRegistry,
        *,
        embedder: Embedder | None = None,
        drafts: Drafts | None = None,
        progress: Progress | None = None,
        limits: PartLimits | None = None,
        attribution: Attribution = UNATTRIBUTED,
        allowance: Allowance | None = None,
    ) -> None:
        self._embedder = embedder
        self._parts = PartWriter(
            chat_model,
            structured,
            prompts,
            drafts=drafts,
            progress=progress,
            limits=limits,
            attribution=attribution,
            allowance=allowance,
        )

    async def lesson(self, brief: Brief, passages: Sequence[SourcePassage]) -> Lesson:
        """An outline, then its sections at the same time."""
        return await self._written(chat_lesson.write_lesson, brief, passages)

    async def study_guide(self, brief: Brief, passages: Sequence[SourcePassage]) -> StudyGuide:
        """Key ideas, terms, formulas, pitfalls and questions."""
        return await self._written(chat_lesson.write_study_guide, brief, passages)

    async def quiz(self, brief: Brief, passages: Sequence[SourcePassage]) -> Quiz:
        """Questions of several kinds, from all parts of the passages."""
        return await self._written(chat_quiz.write_quiz, brief, passages)

    async def deck(self, brief: Brief, passages: Sequence[SourcePassage]) -> Deck:
        """Flashcards from all parts of the passages."""
        return await self._written(chat_quiz.write_deck, brief, passages)

    async def slides(self, brief: Brief, passages: Sequence[SourcePassage]) -> SlideDeck:
        """Slides with what is said to each point."""
        return await self._written(chat_slides.write_slides, brief, passages)

    async def storyboard(self, brief: Brief, passages: Sequence[SourcePassage]) -> Storyboard:
        """Narrated scenes."""
        return await self._written(chat_slides.write_storyboard, brief, passages)

    async def _written(
        self, write: _Write[Written], brief: Brief, passages: Sequence[SourcePassage]
    ) -> Written:
        found = await passages_on(brief.topic, passages, self._embedder)
        chosen = [with_sentences(passage) for passage in found]
        title = title_of(brief, chosen)
        written = await write(self._parts, self._embedder, brief, chosen, title)
        await self._parts.reached("written", 1.0)
        return written
