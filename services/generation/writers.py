"""Gives each job its writer: a chat model's where one may be asked, else the built-in one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from ai.chat.attribution import Attribution
from ai.chat.errors import ChatModelUnavailableError
from ai.chat.grounded import GROUNDED_NAME
from ai.embedding.embedder import Embedder
from ai.prompts.registry import PromptRegistry
from ai.routing.router import ModelRouter
from ai.validation.structured import StructuredChat
from ai.writing.brief import Brief, SourcePassage
from ai.writing.chat import ChatWriter
from ai.writing.grounded import GroundedWriter
from ai.writing.writer import Drafts, Writer
from content.cards import Deck
from content.lessons import Lesson, StudyGuide
from content.questions import Quiz
from content.slides import SlideDeck, Storyboard
from jobs.payloads import GenerationPayload
from services.answering.spending import Spending
from services.budgets import BudgetService
from services.generation.paid_chat import PaidChatModel
from services.generation.progress import PartialProgress, share_written
from services.job_running import JobNotice, JobProgress
from storage.repositories.job_values import ClaimedJob

Written = TypeVar("Written")

BUILT_IN = "Written by the built-in writer, in sentences of the material."
LAST_RESORT = "No chat model could write it, so the built-in writer did: {reason}"

JOBS = Attribution(purpose="jobs")


@dataclass(slots=True)
class Desk:
    """A writer at work on one job.

    Attributes:
        signature: Who has written, as the version says.
        notices: What a person should know of it.
        chat: What the quality gate may ask as well; None without a chat model.
    """

    writer: Writer
    signature: str
    notices: tuple[JobNotice, ...] = ()
    chat: PaidChatModel | None = None
    attribution: Attribution = JOBS


class LastResortWriter:
    """Has the built-in writer write what no chat model can be had for; a broken output is one."""

    def __init__(self, chat: Writer, built_in: Writer, tell: Callable[[str], None]) -> None:
        """Takes both writers, and who is told why the second had to write."""
        self._chat = chat
        self._built_in = built_in
        self._tell = tell

    async def lesson(self, brief: Brief, passages: Sequence[SourcePassage]) -> Lesson:
        """By the chat model's writer, else by the built-in one."""
        return await self._written(lambda writer: writer.lesson(brief, passages))

    async def study_guide(self, brief: Brief, passages: Sequence[SourcePassage]) -> StudyGuide:
        """By the chat model's writer, else by the built-in one."""
        return await self._written(lambda writer: writer.study_guide(brief, passages))

    async def quiz(self, brief: Brief, passages: Sequence[SourcePassage]) -> Quiz:
        """By the chat model's writer, else by the built-in one."""
        return await self._written(lambda writer: writer.quiz(brief, passages))

    async def deck(self, brief: Brief, passages: Sequence[SourcePassage]) -> Deck:
        """By the chat model's writer, else by the built-in one."""
        return await self._written(lambda writer: writer.deck(brief, passages))

    async def slides(self, brief: Brief, passages: Sequence[SourcePassage]) -> SlideDeck:
        """By the chat model's writer, else by the built-in one."""
        return await self._written(lambda writer: writer.slides(brief, passages))

    async def storyboard(self, brief: Brief, passages: Sequence[SourcePassage]) -> Storyboard:
        """By the chat model's writer, else by the built-in one."""
        return await self._written(lambda writer: writer.storyboard(brief, passages))

    async def _written(self, write: Callable[[Writer], Awaitable[Written]]) -> Written:
        try:
            return await write(self._chat)
        except ChatModelUnavailableError as error:
            self._tell(str(error))
        return await write(self._built_in)


class WriterDesks:
    """Opens desks."""

    def __init__(
        self,
        embedder: Embedder,
        router: ModelRouter,
        spending: Spending,
        budgets: BudgetService,
        prompts: PromptRegistry,
    ) -> None:
        self._embedder = embedder
        self._router = router
        self._spending = spending
        self._budgets = budgets
        self._prompts = prompts

    @asynccontextmanager
    async def open(
        self, job: ClaimedJob, payload: GenerationPayload, drafts: Drafts, progress: JobProgress
    ) -> AsyncIterator[Desk]:
        """A writer for as long as the context is open, with the job's own budget if it has one."""
        step = PartialProgress(progress, 0.05, share_written(job.kind) - 0.1)
        built_in = GroundedWriter(self._embedder, step)
        chosen = self._router.choose(payload.model)
        if chosen.chat_model.name == GROUNDED_NAME:
            yield Desk(built_in, BUILT_IN, (JobNotice("built_in_writer", BUILT_IN),))
            return
        if payload.budget_micro_usd is not None:
            await self._budgets.limit_job(job.id, payload.budget_micro_usd)
        attribution = Attribution(
            purpose="jobs", user_id=job.requested_by, course_id=job.course_id, job_id=job.id
        )
        chat = PaidChatModel(chosen, self._spending, progress)
        chat_writer = ChatWriter(
            chat,
            StructuredChat(self._prompts),
            self._prompts,
            embedder=self._embedder,
            drafts=drafts,
            progress=step,
            attribution=attribution,
        )
        known = chosen.notice
        notices = () if known is None else (JobNotice("unknown_model", known),)
        desk = Desk(chat_writer, f"Written by {chat.name}.", notices, chat, attribution)

        def tell(reason: str) -> None:
            desk.signature = BUILT_IN
            told = JobNotice("last_resort", LAST_RESORT.format(reason=reason))
            desk.notices = (*notices, told)

        desk.writer = LastResortWriter(chat_writer, built_in, tell)
        yield desk
