"""Runs the answers of this process: each is a task of its own, whoever listens or leaves."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from ai.embedding.errors import EmbeddingError
from connectors.telemetry.traces import Traces
from services.answering.answer_log import AnswerEvent, AnswerLog
from services.answering.draft import AnswerDraft
from services.answering.journal import AnswerJournal, DurableLog
from services.answering.payloads import done_payload
from services.measuring.answers import AnswerMeasures
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import StorageUnavailableError
from storage.repositories.answer_ownership import AnswerOwnershipRepository
from storage.repositories.messages import FinishedAnswer, MessageRepository

ANSWER_TIME_LIMIT_SECONDS = 300.0
SHUTDOWN_GRACE_SECONDS = 3.0
SAVE_PAUSES_SECONDS = (0.1, 0.3, 1.0, 2.0, 4.0)
"""Waits between attempts to save an answer while PostgreSQL does not answer; the last one again
until it does, for what was accepted is not given up."""

INTERRUPTED = "interrupted"
INTERNAL_ERROR = ("internal_error", "The answer failed for a reason that is logged.")

Ending = Literal["stopped", "handed_over", "lost"]
"""By its reader; by this process as it ends; by a later owner who took the answer."""
Telling = Callable[[], Coroutine[Any, Any, FinishedAnswer]]

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class RunningAnswer:
    """An answer being told.

    Attributes:
        user_id: Who asked, and alone may listen.
        epoch: In which this process owns it.
        ending: Why its telling was broken off from outside, if it was.
    """

    message_id: UUID
    conversation_id: UUID
    user_id: UUID
    log: AnswerLog
    epoch: int
    telling: asyncio.Task[FinishedAnswer] | None = None
    ending: Ending | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether another process goes on with it, or will."""
        return self.ending in ("handed_over", "lost")

    def end(self, ending: Ending) -> None:
        """Breaks off the telling. Nothing happens once it is over."""
        if self.telling is not None and not self.telling.done():
            self.ending = self.ending or ending
            self.telling.cancel()


class AnswerEngine:
    """Runs and closes answers; each ends saved, and with a last event, or goes on elsewhere.

    Who listens when it ends hears the last event; who comes later is told from its row, with the
    same ids.

    Attributes:
        owner: What this process is called in the rows of its answers.
    """

    def __init__(
        self,
        database: Database,
        durable: DurableLog,
        owner: str,
        measures: AnswerMeasures | None = None,
        traces: Traces | None = None,
    ) -> None:
        self._traces = traces
        self.owner = owner
        self._measures = measures or AnswerMeasures()
        self._database = database
        self._journal = AnswerJournal(durable, self.lose, self._measures)
        self._answers: dict[UUID, RunningAnswer] = {}
        self._owning: dict[UUID, asyncio.Task[None]] = {}
        self._is_closing = False

    @property
    def epochs(self) -> Mapping[UUID, int]:
        """The answers that this process owns, with the epoch of each."""
        return {message_id: self._answers[message_id].epoch for message_id in self._owning}

    def open_log(
        self,
        message_id: UUID,
        epoch: int,
        events: Sequence[AnswerEvent] = (),
        *,
        next_sequence: int = 1,
    ) -> AnswerLog:
        """A log for an answer, whose events are shown once they are durable."""
        return self._journal.open(message_id, epoch, events, next_sequence=next_sequence)

    def run(
        self,
        draft: AnswerDraft,
        conversation_id: UUID,
        scope: Scope,
        telling: Telling,
        *,
        epoch: int = 1,
    ) -> RunningAnswer:
        """Starts telling an answer whose row is saved, and returns at once."""
        assert scope.user_id is not None  # noqa: S101 - an answer always has a reader
        answer = RunningAnswer(draft.message_id, conversation_id, scope.user_id, draft.log, epoch)
        self._answers[draft.message_id] = answer
        self._measures.began()
        answer.telling = asyncio.create_task(self._tell(draft.message_id, telling))
        self._owning[draft.message_id] = asyncio.create_task(self._own(answer, draft, scope))
        return answer

    def find(self, message_id: UUID, user_id: UUID) -> RunningAnswer | None:
        """The answer, if it is that user's and this process tells it."""
        answer = self._answers.get(message_id)
        return answer if answer is not None and answer.user_id == user_id else None

    def stop(self, message_id: UUID) -> None:
        """Ends an answer where it is."""
        if message_id in self._answers:
            self._answers[message_id].end("stopped")

    def lose(self, message_id: UUID) -> None:
        """Lets go of an answer that a later owner has; one that is told is not lost any more."""
        answer = self._answers.get(message_id)
        if answer is None or answer.telling is None or answer.telling.done():
            return
        logger.warning("Answer %s was taken over by another process", message_id)
        answer.end("lost")

    async def close(self) -> None:
        """Lets running answers end within the grace, then hands the others over."""
        owning = list(self._owning.values())
        if owning:
            await asyncio.wait(owning, timeout=SHUTDOWN_GRACE_SECONDS)
        self._is_closing = True
        left = list(self._owning)
        for message_id in left:
            self._answers[message_id].end("handed_over")
        await asyncio.gather(*owning)
        await self._journal.flush()
        if left:
            with suppress(StorageUnavailableError):  # the leases run out by themselves
                async with self._database.transaction(MAINTENANCE) as session:
                    await AnswerOwnershipRepository(session).release(self.owner, left)

    async def _own(self, answer: RunningAnswer, draft: AnswerDraft, scope: Scope) -> None:
        """Sees one answer to its end: waits for the telling, saves the row, says the last event."""
        row: FinishedAnswer | None = None
        try:
            row = await self._saved(answer, draft, scope)
        finally:
            answer.telling = None
            del self._owning[draft.message_id]
            del self._answers[draft.message_id]
        if row is None:
            draft.log.abandon()
        elif row.error is None:
            draft.log.append("done", done_payload(draft.message_id, row))
        else:
            payload = {"code": row.error["code"], "detail": row.error["detail"]}
            draft.log.append("error", payload)
        self._measure(draft, row)

    async def _tell(self, message_id: UUID, telling: Telling) -> FinishedAnswer:
        told = {"neuroshiksha.message_id": str(message_id)}
        traced = (
            nullcontext() if self._traces is None else self._traces.span("answer", "INTERNAL", told)
        )
        with traced:
            async with asyncio.timeout(ANSWER_TIME_LIMIT_SECONDS):
                return await telling()

    def _measure(self, draft: AnswerDraft, row: FinishedAnswer | None) -> None:
        if row is None:
            self._measures.ended(draft.pace, "elsewhere")
            return
        self._measures.ended(
            draft.pace,
            row.finish_reason or row.status,
            is_cached=row.is_cached,
            groundedness=row.groundedness,
        )

    async def _saved(
        self, answer: RunningAnswer, draft: AnswerDraft, scope: Scope
    ) -> FinishedAnswer | None:
        """The row as its readers are told of it; None where the answer goes on elsewhere."""
        telling = answer.telling
        assert telling is not None  # noqa: S101 - set by `run`
        await asyncio.wait({telling})
        if answer.is_elsewhere:
            return None
        try:
            row = await self._outcome(answer, draft, telling)
            is_ours = await self._save(answer, row, scope)
        except Exception:  # the edge of the task: its readers must get a last event
            logger.exception("Answer %s could not be saved", draft.message_id)
            return draft.failed(*INTERNAL_ERROR)
        return row if is_ours else None

    async def _outcome(
        self, answer: RunningAnswer, draft: AnswerDraft, telling: asyncio.Task[FinishedAnswer]
    ) -> FinishedAnswer:
        if telling.cancelled():
            if answer.ending == "stopped":
                return await draft.completed("stopped")
            return draft.failed(INTERRUPTED, "The answer was broken off before it was complete.")
        error = telling.exception()
        if error is None:
            return telling.result()
        if isinstance(error, StorageUnavailableError | EmbeddingError):
            logger.warning("Answer %s failed: %s", draft.message_id, error)
            return draft.failed(error.code, str(error))
        if isinstance(error, TimeoutError):
            detail = f"The answer took longer than {ANSWER_TIME_LIMIT_SECONDS:g} seconds."
            return draft.failed("answer_timed_out", detail)
        logger.error("Answer %s failed", draft.message_id, exc_info=error)
        return draft.failed(*INTERNAL_ERROR)

    async def _save(self, answer: RunningAnswer, row: FinishedAnswer, scope: Scope) -> bool:
        """Saves the row, however long it takes; False where the answer is not ours any more."""
        pauses = iter(SAVE_PAUSES_SECONDS)
        pause_seconds = 0.0
        while True:
            try:
                async with self._database.transaction(scope) as session:
                    repository = MessageRepository(session)
                    return await repository.finish(answer.message_id, answer.epoch, row)
            except StorageUnavailableError as error:
                logger.warning("Answer %s waits to be saved: %s", answer.message_id, error)
                if self._is_closing:
                    return False
                pause_seconds = next(pauses, pause_seconds)
                await asyncio.sleep(pause_seconds)
