"""Listening to answers that other processes tell: one reader for all of them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, field
from uuid import UUID

from services.answering.answer_log import AnswerEvent, AnswerLog
from services.answering.journal import decoded
from services.ending_tasks import end_task
from storage.answer_streams import AnswerStreams
from storage.database import MAINTENANCE, Database
from storage.errors import StorageUnavailableError
from storage.repositories.answer_ownership import AnswerOwnershipRepository

WAIT_SECONDS = 0.1
"""How long the reader waits for news; a new listener waits no longer for what is there."""
LOOK_SECONDS = 1.0
"""Between looks whether an answer's row is finished, should its log be lost."""

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Mirror:
    """What is known here of an answer told elsewhere."""

    log: AnswerLog = field(default_factory=AnswerLog)
    position: int = 0
    listeners: int = 0


class AnswerFollower:
    """Mirrors the logs of answers as long as anybody listens to them."""

    def __init__(self, database: Database, streams: AnswerStreams) -> None:
        self._database = database
        self._streams = streams
        self._mirrors: dict[UUID, _Mirror] = {}
        self._reading: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def following(self, message_id: UUID) -> AsyncIterator[AnswerLog]:
        """The log of an answer, from its beginning, growing while the context is open.

        It is abandoned, without a last event, where the answer's row is finished and its log is
        lost, or where a successor goes on from a log that lacks what was read of it before.
        """
        mirror = self._mirrors.setdefault(message_id, _Mirror())
        mirror.listeners += 1
        if self._reading is None or self._reading.done():
            # In a context of its own: it reads for all listeners, and for no one request.
            self._reading = asyncio.create_task(self._read(), context=Context())
        try:
            yield mirror.log
        finally:
            mirror.listeners -= 1
            if mirror.listeners == 0 and self._mirrors.get(message_id) is mirror:
                del self._mirrors[message_id]

    async def close(self) -> None:
        """Stops reading; who still listens hears no more."""
        if self._reading is not None:
            await end_task(self._reading)
        for mirror in self._mirrors.values():
            mirror.log.abandon()

    async def _read(self) -> None:
        looked_at = asyncio.get_running_loop().time()
        while self._mirrors:
            try:
                await self._read_once()
                now = asyncio.get_running_loop().time()
                if now - looked_at >= LOOK_SECONDS:
                    looked_at = now
                    with suppress(StorageUnavailableError):
                        await self._look()
            except Exception:  # the edge of the task: its end would leave listeners waiting
                logger.exception("Answers that others tell are not followed just now")
                await asyncio.sleep(WAIT_SECONDS)

    async def _read_once(self) -> None:
        positions = {message_id: mirror.position for message_id, mirror in self._mirrors.items()}
        try:
            news = await self._streams.read(positions, WAIT_SECONDS)
        except StorageUnavailableError:
            await asyncio.sleep(WAIT_SECONDS)
            return
        for message_id, entries in news.items():
            mirror = self._mirrors.get(message_id)
            if mirror is None or mirror.position != positions[message_id]:
                continue  # its listeners left meanwhile, perhaps for new ones
            events = decoded(entries)
            if _contradict(mirror.log, events):
                self._mirrors.pop(message_id).log.abandon()
                continue
            mirror.log.extend(events)
            mirror.position = events[-1].sequence
            if mirror.log.is_closed:
                del self._mirrors[message_id]

    async def _look(self) -> None:
        """Lets go of answers that are over, once more read to the end of their logs."""
        async with self._database.transaction(MAINTENANCE) as session:
            repository = AnswerOwnershipRepository(session)
            finished = await repository.finished(list(self._mirrors))
        if finished:
            await self._read_once()
        for message_id in finished & self._mirrors.keys():
            self._mirrors.pop(message_id).log.abandon()


def _contradict(log: AnswerLog, news: Sequence[AnswerEvent]) -> bool:
    """Whether the news go on from another event than the one that is known as the last."""
    known = log.last_sequence
    for event in news:
        if event.follows is not None and event.follows != known:
            return True
        known = event.sequence
    return False
