"""What calls to chat models took: kept off the hot path, told in reports."""

import asyncio
import csv
import io
import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from ai.chat.chat_model import Usage
from ai.routing.deployment import Price
from ai.routing.metering import AttemptUsage
from services.actors import Actor
from services.ending_tasks import end_task
from services.errors import InvalidValueError
from services.spreadsheets import without_formula
from storage.database import MAINTENANCE, Database
from storage.errors import StorageUnavailableError
from storage.repositories.usage import (
    NewUsageRecord,
    UsageGrouping,
    UsageRepository,
    UsageTotal,
)

BUFFERED_AT_MOST = 10_000
"""Attempts that wait to be written; while PostgreSQL is away longer, the oldest are given up."""
FLUSH_SECONDS = 1.0
BATCH = 1_000

logger = logging.getLogger(__name__)


class UsageRecorder:
    """Takes note of attempts in memory and writes them in batches, each second and at the end.

    Nothing is lost when the process stops in order; a killed one loses its last second.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[NewUsageRecord] = deque()
        self._given_up = 0
        self._costs: dict[UUID, int] = {}
        self._flushing: asyncio.Task[None] | None = None

    def record(self, attempt: AttemptUsage) -> None:
        """Takes note of one attempt; returns at once and does not fail."""
        if len(self._waiting) >= BUFFERED_AT_MOST:
            self._waiting.popleft()
            self._given_up += 1
        record = _record_of(attempt)
        self._waiting.append(record)
        call_id = attempt.attribution.call_id
        if call_id is not None:
            while len(self._costs) >= BUFFERED_AT_MOST:
                del self._costs[next(iter(self._costs))]
            self._costs[call_id] = self._costs.pop(call_id, 0) + record.cost_micro_usd
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.get_running_loop().create_task(self._flush_soon())

    def cost_so_far(self, call_id: UUID) -> int:
        """What the attempts of a call cost until now, in millionths of a dollar."""
        return self._costs.get(call_id, 0)

    def take_cost(self, call_id: UUID) -> int:
        """What the attempts of a call cost so far, in millionths of a dollar; told once."""
        return self._costs.pop(call_id, 0)

    async def flush(self) -> None:
        """Writes all that waits.

        Raises:
            StorageUnavailableError: when it cannot be written; it waits on.
        """
        while self._waiting:
            batch = [self._waiting[i] for i in range(min(BATCH, len(self._waiting)))]
            await self._write(batch)
            written = {record.id for record in batch}
            while self._waiting and self._waiting[0].id in written:
                self._waiting.popleft()

    async def _write(self, batch: Sequence[NewUsageRecord]) -> None:
        try:
            async with self._database.transaction(MAINTENANCE) as session:
                await UsageRepository(session).add(batch)
        except IntegrityError:  # what a record names was deleted while it waited
            async with self._database.transaction(MAINTENANCE) as session:
                repository = UsageRepository(session)
                await repository.add(await repository.without_gone(batch))

    async def close(self) -> None:
        """Writes what waits, and ends; what PostgreSQL does not take is said in the log."""
        if self._flushing is not None:
            await end_task(self._flushing)
        try:
            await self.flush()
        except StorageUnavailableError:
            logger.exception("%d usage records are lost", len(self._waiting))

    async def _flush_soon(self) -> None:
        while self._waiting:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self.flush()
            except StorageUnavailableError as error:
                logger.warning("%d usage records wait: %s", len(self._waiting), error)
        if self._given_up:
            logger.error("%d usage records were given up", self._given_up)
            self._given_up = 0


class UsageService:
    """Reports of usage."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def report(
        self, actor: Actor, start: datetime, end: datetime, group_by: UsageGrouping
    ) -> Sequence[UsageTotal]:
        """Totals of everyone in `start <= time < end`, for an admin.

        Raises:
            PermissionDeniedError: for anyone else.
            InvalidValueError: when the end is not after the start.
        """
        actor.require("admin", action="see everyone's usage")
        _require_order(start, end)
        async with self._database.transaction(MAINTENANCE) as session:
            return await UsageRepository(session).totals(start, end, group_by)

    async def own(self, actor: Actor, start: datetime, end: datetime) -> Sequence[UsageTotal]:
        """The actor's own totals by day.

        Raises:
            InvalidValueError: when the end is not after the start.
        """
        _require_order(start, end)
        async with self._database.transaction(MAINTENANCE) as session:
            repository = UsageRepository(session)
            return await repository.totals(start, end, "day", user_id=actor.user_id)


def cost_micro_usd(usage: Usage, price: Price) -> int:
    """What an attempt costs in millionths of a dollar, rounded half to even once, at the end.

    A price in dollars per million tokens is the same number of micro-dollars per token. Tokens
    that the upstream read from its cache have a price of their own where one is named.
    """
    cached_price = price.input if price.cached_input is None else price.cached_input
    cost = (
        (usage.prompt_tokens - usage.cached_tokens) * price.input
        + usage.cached_tokens * cached_price
        + usage.completion_tokens * price.output
    )
    return int(Decimal(cost).to_integral_value(ROUND_HALF_EVEN))


def as_csv(totals: Sequence[UsageTotal]) -> str:
    """The totals as a table that a spreadsheet cannot take for formulas."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    names = list(UsageTotal.__dataclass_fields__)
    writer.writerow(names)
    for total in totals:
        writer.writerow([_harmless(getattr(total, name)) for name in names])
    return written.getvalue()


def _harmless(value: object) -> object:
    return without_formula(value) if isinstance(value, str) else value


def _require_order(start: datetime, end: datetime) -> None:
    if end <= start:
        raise InvalidValueError("to", "`to` must be later than `from`.")


def _record_of(attempt: AttemptUsage) -> NewUsageRecord:
    made_for = attempt.attribution
    first_token = attempt.first_token_seconds
    return NewUsageRecord(
        user_id=made_for.user_id,
        course_id=made_for.course_id,
        job_id=made_for.job_id,
        message_id=made_for.message_id,
        purpose=made_for.purpose,
        deployment=attempt.deployment,
        wire_model=attempt.wire_model,
        prompt=attempt.prompt,
        outcome=attempt.outcome,
        prompt_tokens=attempt.usage.prompt_tokens,
        cached_tokens=attempt.usage.cached_tokens,
        completion_tokens=attempt.usage.completion_tokens,
        cost_micro_usd=cost_micro_usd(attempt.usage, attempt.price),
        first_token_ms=None if first_token is None else first_token * 1000,
        latency_ms=attempt.latency_seconds * 1000,
    )
