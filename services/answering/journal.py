"""The durable log of this process's answers: one write for all of them, then readers are shown."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextvars import Context
from functools import partial
from typing import Protocol
from uuid import UUID

import orjson

from services.answering.answer_log import AnswerEvent, AnswerLog
from services.measuring.answers import AnswerMeasures
from storage.answer_streams import StreamBatch, StreamEntry
from storage.errors import StorageUnavailableError

RETRY_SECONDS = 1.0
"""Between attempts while Redis does not answer; readers do not wait for it then."""

logger = logging.getLogger(__name__)


class DurableLog(Protocol):
    """Where events are kept; `storage.answer_streams.AnswerStreams` is one."""

    async def append(self, batches: Sequence[StreamBatch]) -> list[int | None]:
        """Appends to many answers; see `AnswerStreams.append`."""
        ...


class _Writing:
    """A log on its way to be durable; its first `written` events are."""

    def __init__(self, message_id: UUID, epoch: int) -> None:
        self.message_id = message_id
        self.epoch = epoch
        self.log = AnswerLog()
        self.written = 0
        self._sent = (0, 0)

    def batch(self) -> StreamBatch:
        """What is to be written next: all that waits, or as much of it as numbers go on by one."""
        events = self.log.since(self.written)
        first, last = events[0], events[-1]
        if last.sequence - first.sequence >= len(events):
            gap = next(n for n, event in enumerate(events) if n and event.follows is not None)
            events, last = events[:gap], events[gap - 1]
        self._sent = (last.sequence, self.written + len(events))
        return StreamBatch(
            self.message_id,
            self.epoch,
            self.log.first_sequence - 1,
            first.previous,
            first.sequence,
            [_encoded(event) for event in events],
            last.is_last,
        )

    def acknowledge(self, last: int) -> None:
        """Notes how far the durable log reaches."""
        sequence, count = self._sent
        self.written = count if last == sequence else self.log.count_to(last)


class AnswerJournal:
    """Writes the logs of all answers together, and shows events once they are durable.

    One write is under way at a time; all that is said meanwhile goes out in the next one, so that
    the busier the process, the more each of them takes. While the durable log cannot be reached,
    readers are shown events from memory, and what it lacks is written once it is back.
    """

    def __init__(
        self,
        durable: DurableLog,
        on_refused: Callable[[UUID], None],
        measures: AnswerMeasures | None = None,
    ) -> None:
        """Opens nothing yet.

        Args:
            durable: Where events are kept.
            on_refused: Told of an answer that a later owner has.
            measures: Counts the writes.
        """
        self._durable = durable
        self._on_refused = on_refused
        self._measures = measures or AnswerMeasures()
        self._waiting: dict[UUID, _Writing] = {}
        self._is_down = False
        self._retry: asyncio.TimerHandle | None = None
        self._commit: asyncio.Task[None] | None = None

    def open(
        self,
        message_id: UUID,
        epoch: int,
        events: Sequence[AnswerEvent] = (),
        *,
        next_sequence: int = 1,
    ) -> AnswerLog:
        """A log of an answer in that epoch; `events` of earlier ones are durable already."""
        writing = _Writing(message_id, epoch)
        writing.log = AnswerLog(
            events, next_sequence=next_sequence, recorder=partial(self._note, writing)
        )
        writing.written = len(events)
        return writing.log

    async def flush(self) -> None:
        """Writes all that waits, as far as that is possible now."""
        await self._under_way()
        self._start()
        await self._under_way()
        if self._retry is not None:
            self._retry.cancel()

    def _note(self, writing: _Writing) -> None:
        self._waiting[writing.message_id] = writing
        if self._is_down:
            writing.log.show()
        self._schedule()

    def _schedule(self) -> None:
        """Sees to it that what waits is written: now, after the write under way, or in a while."""
        if not self._is_down:
            self._start()
        elif self._retry is None and self._waiting:
            self._retry = asyncio.get_running_loop().call_later(RETRY_SECONDS, self._start)

    def _start(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if self._commit is None and self._waiting:
            # In a context of its own: it belongs to all answers, and to no request.
            loop = asyncio.get_running_loop()
            self._commit = loop.create_task(self._write(), context=Context())

    async def _under_way(self) -> None:
        if self._commit is not None:
            await self._commit

    async def _write(self) -> None:
        writings, self._waiting = list(self._waiting.values()), {}
        try:
            reached = await self._durable.append([writing.batch() for writing in writings])
            for writing, last in zip(writings, reached, strict=True):
                self._acknowledge(writing, last)
            self._measures.wrote_log(is_stored=True)
            self._is_down = False
        except StorageUnavailableError as error:
            if not self._is_down:
                logger.warning("Answers are told from memory: %s", error)
            self._go_on_without(writings)
        except Exception:  # the edge of the task: readers wait for what it writes
            logger.exception("Answers are told from memory")
            self._go_on_without(writings)
        finally:
            self._commit = None
        self._schedule()

    def _acknowledge(self, writing: _Writing, last: int | None) -> None:
        if last is None:
            self._waiting.pop(writing.message_id, None)
            self._on_refused(writing.message_id)
            return
        writing.acknowledge(last)
        writing.log.show(writing.written)
        if writing.log.since(writing.written):
            self._waiting[writing.message_id] = writing

    def _go_on_without(self, writings: Sequence[_Writing]) -> None:
        """Shows what could not be made durable; of answers that are over the row is enough."""
        self._measures.wrote_log(is_stored=False)
        self._is_down = True
        for writing in (*writings, *self._waiting.values()):
            writing.log.show()
        unfinished = [writing for writing in writings if not writing.log.is_closed]
        self._waiting = {writing.message_id: writing for writing in unfinished} | self._waiting


def _encoded(event: AnswerEvent) -> bytes:
    follows = () if event.follows is None else (event.follows,)
    return orjson.dumps((event.name, event.payload, *follows))


def decoded(entries: Sequence[StreamEntry]) -> list[AnswerEvent]:
    """The events that a journal wrote."""
    return [AnswerEvent(sequence, *orjson.loads(entry)) for sequence, entry in entries]
