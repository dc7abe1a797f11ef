"""Owns the answers of this process: each is a task of its own, whoever listens or leaves."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from ai.embedding.errors import EmbeddingError
from services.answering.answer_log import AnswerLog
from services.answering.draft import AnswerDraft
from services.answering.payloads import done_payload
from storage.database import Database, Scope
from storage.errors import StorageUnavailableError
from storage.repositories.messages import INTERRUPTED, FinishedAnswer, MessageRepository

ANSWER_TIME_LIMIT_SECONDS = 300.0
KEPT_SECONDS = 60.0
"""How long the events of a finished answer stay in memory for readers who come back."""
KEPT_ANSWERS = 64
"""Finished answers in memory at most; older ones are told from their rows, with the same ids."""
SHUTDOWN_GRACE_SECONDS = 3.0
SAVE_PAUSES_SECONDS = (0.1, 0.3, 1.0, 2.0, 4.0)
"""Waits between attempts to save an answer while PostgreSQL does not answer."""

INTERNAL_ERROR = ("internal_error", "The answer failed for a reason that is logged.")

Ending = Literal["stopped", "interrupted"]
Telling = Callable[[], Coroutine[Any, Any, FinishedAnswer]]

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class RunningAnswer:
    """An answer being told, or told a moment ago.

    Attributes:
        user_id: Who asked, and alone may listen.
        ending: Why its telling was broken off from outside, if it was.
    """

    message_id: UUID
    conversation_id: UUID
    user_id: UUID
    log: AnswerLog
    telling: asyncio.Task[FinishedAnswer] | None = None
    ending: Ending | None = None

    def end(self, ending: Ending) -> None:
        """Breaks off the telling; what was said is saved. Nothing happens once it is over."""
        if self.telling is not None and not self.telling.done():
            self.ending = self.ending or ending
            self.telling.cancel()


class AnswerEngine:
    """Runs, keeps and closes answers; each ends saved, and with a last event."""

    def __init__(self, database: Database, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self._database = database
        self._kept_seconds = kept_seconds
        self._answers: dict[UUID, RunningAnswer] = {}
        self._finished: deque[UUID] = deque()
        self._owners: set[asyncio.Task[None]] = set()

    def run(
        self, draft: AnswerDraft, conversation_id: UUID, scope: Scope, telling: Telling
    ) -> RunningAnswer:
        """Starts telling an answer whose row is saved, and returns at once."""
        assert scope.user_id is not None  # noqa: S101 - an answer always has a reader
        answer = RunningAnswer(draft.message_id, conversation_id, scope.user_id, draft.log)
        self._answers[draft.message_id] = answer
        answer.telling = asyncio.create_task(_tell_within_limit(telling))
        owner = asyncio.create_task(self._own(answer, draft, scope))
        self._owners.add(owner)
        owner.add_done_callback(self._owners.discard)
        return answer

    def find(self, message_id: UUID, user_id: UUID) -> RunningAnswer | None:
        """The answer, if it is that user's and this process tells it or told it lately."""
        answer = self._answers.get(message_id)
        return answer if answer is not None and answer.user_id == user_id else None

    async def close(self) -> None:
        """Lets running answers end within the grace, then saves them with what they have."""
        if self._owners:
            await asyncio.wait(self._owners, timeout=SHUTDOWN_GRACE_SECONDS)
        for answer in self._answers.values():
            answer.end("interrupted")
        await asyncio.gather(*self._owners)

    async def _own(self, answer: RunningAnswer, draft: AnswerDraft, scope: Scope) -> None:
        """Sees one answer to its end: waits for the telling, saves the row, says the last event."""
        row = await self._saved(answer, draft, scope)
        if row.error is None:
            draft.log.append("done", done_payload(draft.message_id, row))
        else:
            payload = {"code": row.error["code"], "detail": row.error["detail"]}
            draft.log.append("error", payload)
        answer.telling = None
        self._keep_a_while(draft.message_id)

    async def _saved(
        self, answer: RunningAnswer, draft: AnswerDraft, scope: Scope
    ) -> FinishedAnswer:
        """The row as its readers are told of it: a failure where it could not be saved."""
        telling = answer.telling
        assert telling is not None  # noqa: S101 - set by `run`
        await asyncio.wait({telling})
        try:
            row = await self._outcome(answer, draft, telling)
            await self._save(draft.message_id, row, scope)
        except StorageUnavailableError as error:
            logger.exception("Answer %s could not be saved", draft.message_id)
            return draft.failed(error.code, str(error))
        except Exception:  # the edge of the task: its readers must get a last event
            logger.exception("Answer %s could not be saved", draft.message_id)
            return draft.failed(*INTERNAL_ERROR)
        return row

    def _keep_a_while(self, message_id: UUID) -> None:
        self._finished.append(message_id)
        if len(self._finished) > KEPT_ANSWERS:
            self._answers.pop(self._finished.popleft(), None)
        asyncio.get_running_loop().call_later(
            self._kept_seconds, self._answers.pop, message_id, None
        )

    async def _outcome(
        self, answer: RunningAnswer, draft: AnswerDraft, telling: asyncio.Task[FinishedAnswer]
    ) -> FinishedAnswer:
        if telling.cancelled():
            if answer.ending == "stopped":
                return await draft.completed("stopped")
            return draft.failed(INTERRUPTED, "The server stopped before the answer was complete.")
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

    async def _save(self, message_id: UUID, row: FinishedAnswer, scope: Scope) -> None:
        for pause_seconds in SAVE_PAUSES_SECONDS:
            try:
                await self._save_once(message_id, row, scope)
            except StorageUnavailableError:
                await asyncio.sleep(pause_seconds)
            else:
                return
        await self._save_once(message_id, row, scope)

    async def _save_once(self, message_id: UUID, row: FinishedAnswer, scope: Scope) -> None:
        async with self._database.transaction(scope) as session:
            await MessageRepository(session).finish(message_id, row)


async def _tell_within_limit(telling: Telling) -> FinishedAnswer:
    async with asyncio.timeout(ANSWER_TIME_LIMIT_SECONDS):
        return await telling()
