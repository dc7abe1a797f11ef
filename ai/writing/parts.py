"""Has a chat model write one part of a whole: kept when done, bounded, asked anew when broken."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from ai.chat.attribution import UNATTRIBUTED, Attribution
from ai.chat.chat_model import Allowance, ChatModel, ChatRequest
from ai.chat.errors import ChatModelError
from ai.prompts.language_names import LANGUAGE_NAMES
from ai.prompts.registry import PromptRegistry
from ai.validation.errors import OutputError, OutputInvalidError
from ai.validation.structured import StructuredChat
from ai.writing.brief import Brief
from ai.writing.writer import Drafts, Progress

Output = TypeVar("Output", bound=BaseModel)

ASKED_ANEW: Final = 1
"""So often a broken part is asked for from the beginning, after its repair failed too."""
_LEVELS: Final[Mapping[str, str]] = {
    "beginner": "beginners, who meet the subject for the first time",
    "intermediate": "learners who know the basics",
    "advanced": "advanced learners",
}
_TONE: Final = "warm and plain"


@dataclass(frozen=True, slots=True)
class PartLimits:
    """What a part may take.

    Attributes:
        at_once: Parts written at the same time.
        source_tokens: Of the passages in one prompt, about.
        output_tokens: Where the chat model must stop.
        temperature: 0 for the most likely words, up to 2.
    """

    at_once: int = 4
    source_tokens: int = 6_000
    output_tokens: int = 4_096
    temperature: float = 0.3


class PartWriter:
    """Asks one chat model for parts of content.

    Args:
        chat_model: Already bounded by whatever budget holds for the job.
        structured: Asks for JSON, with one repair.
        prompts: Renders what is asked.
        drafts: Keeps parts; None keeps nothing.
        progress: Is told of each part; None for nobody.
        limits: What a part may take.
        attribution: On whose account it is written.
        allowance: What may be spent; None where nobody counts.
    """

    def __init__(
        self,
        chat_model: ChatModel,
        structured: StructuredChat,
        prompts: PromptRegistry,
        *,
        drafts: Drafts | None = None,
        progress: Progress | None = None,
        limits: PartLimits | None = None,
        attribution: Attribution = UNATTRIBUTED,
        allowance: Allowance | None = None,
    ) -> None:
        self._chat_model = chat_model
        self._structured = structured
        self._prompts = prompts
        self._drafts = drafts
        self._progress = progress
        self.limits = limits or PartLimits()
        self._attribution = replace(attribution, purpose="jobs")
        self._allowance = allowance

    @property
    def model(self) -> str:
        """The name of the chat model."""
        return self._chat_model.name

    async def part(self, prompt: str, shape: type[Output], **variables: object) -> Output:
        """The part that a prompt asks for: as it was kept, else written and kept.

        It is kept by a hash of the chat model, the prompt with all it holds, and the shape; so a
        changed source or prompt writes it anew.

        Raises:
            OutputInvalidError: What was given fits the shape neither after a repair nor asked anew.
            ChatModelError: The chat model failed.
        """
        rendered = self._prompts.render(prompt, **variables)
        request = ChatRequest(
            prompt=rendered,
            question=rendered.user,
            question_vector=None,
            passages=(),
            max_output_tokens=self.limits.output_tokens,
            temperature=self.limits.temperature,
            attribution=self._attribution,
            allowance=self._allowance,
        )
        key = _key(self.model, rendered.reference, rendered.system, rendered.user, shape.__name__)
        kept = await self._kept(key, shape)
        if kept is not None:
            return kept
        output = await self._asked(request, shape)
        if self._drafts is not None:
            await self._drafts.keep(key, output.model_dump_json().encode())
        return output

    async def parts(
        self,
        prompt: str,
        shape: type[Output],
        each: Sequence[Mapping[str, object]],
        *,
        stage: str,
        shares: tuple[float, float],
    ) -> list[Output]:
        """Several parts, a bounded number at once, in the order of their variables.

        After one fails none is begun; those under way are finished and kept, then it is raised.

        Args:
            prompt: Of all of them.
            shape: Likewise.
            each: The variables of each.
            stage: Told to the progress.
            shares: How far the whole is before and after them.

        Raises:
            OutputInvalidError: As `part`, of the first that failed.
            ChatModelError: Likewise.
        """
        writing = _Writing[Output](len(each))
        begun = asyncio.Semaphore(self.limits.at_once)

        async def write(place: int, variables: Mapping[str, object]) -> None:
            async with begun:
                if writing.failures:
                    return
                try:
                    writing.outputs[place] = await self.part(prompt, shape, **variables)
                except (ChatModelError, OutputError) as error:
                    writing.failures.append(error)
                    return
                await self._told(stage, shares[0] + (shares[1] - shares[0]) * writing.share)

        try:
            async with asyncio.TaskGroup() as group:
                for place, variables in enumerate(each):
                    group.create_task(write(place, variables))
        except* _StoppedError:
            raise asyncio.CancelledError from None
        if writing.failures:
            raise writing.failures[0]
        return writing.in_order()

    async def _told(self, stage: str, share: float) -> None:
        """Tells the progress from within a task group, which would swallow that it says to stop."""
        try:
            await self.reached(stage, share)
        except asyncio.CancelledError:
            raise _StoppedError from None

    async def reached(self, stage: str, share: float) -> None:
        """Tells the progress, if anybody listens."""
        if self._progress is not None:
            await self._progress.reached(stage, min(1.0, share))

    async def _kept(self, key: str, shape: type[Output]) -> Output | None:
        """A part as it was kept; one that fits the shape no longer is written anew."""
        kept = await self._drafts.kept(key) if self._drafts is not None else None
        if kept is None:
            return None
        try:
            return shape.model_validate_json(kept)
        except ValidationError:
            return None

    async def _asked(self, request: ChatRequest, shape: type[Output]) -> Output:
        for _ in range(ASKED_ANEW):
            try:
                return (await self._structured.ask(self._chat_model, request, shape)).output
            except OutputInvalidError:
                continue
        return (await self._structured.ask(self._chat_model, request, shape)).output


class _StoppedError(Exception):
    """Whoever listens to the progress wants no more."""


class _Writing(Generic[Output]):
    """Parts that are being written at the same time."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.outputs: dict[int, Output] = {}
        self.failures: list[ChatModelError | OutputError] = []

    @property
    def share(self) -> float:
        """How many of them are done, 0..1."""
        return len(self.outputs) / self._count

    def in_order(self) -> list[Output]:
        """The parts by their places."""
        return [self.outputs[place] for place in range(self._count)]


def audience(brief: Brief) -> dict[str, str]:
    """The variables that say for whom and how to write, as all prompts of writers take them."""
    return {
        "level": _LEVELS[brief.level],
        "language": LANGUAGE_NAMES.get(brief.language, brief.language),
        "tone": " ".join(brief.style.split())[:200] or _TONE,
    }


def _key(*inputs: str) -> str:
    return hashlib.sha256("\0".join(inputs).encode()).hexdigest()
