"""Keeps the leases of this process's answers, hears of stops, finds answers without an owner.

What chats leave in the database for a while only, it clears away.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.exc import DBAPIError

from services.answering.engine import AnswerEngine
from services.ending_tasks import end_task
from storage.database import MAINTENANCE, Database
from storage.errors import StorageUnavailableError
from storage.repositories.answer_ownership import AnswerOwnershipRepository, TakenAnswer
from storage.repositories.question_keys import sweep_question_keys
from storage.repositories.socket_tickets import sweep_socket_tickets

TICK_SECONDS = 1.0
"""How long a stop from another process may take to be heard."""
RENEWALS_PER_LEASE = 3
TICKS_PER_SWEEP = 2
TAKEN_AT_ONCE = 64
TICKS_PER_CLEANING = 600

logger = logging.getLogger(__name__)


class AnswerKeeper:
    """One look at the rows each second, while there is something to look for.

    Attributes:
        lease_seconds: How long this process owns an answer without renewing.
    """

    def __init__(self, database: Database, engine: AnswerEngine, lease_seconds: float) -> None:
        self.lease_seconds = lease_seconds
        self._ticks_per_renewal = max(int(lease_seconds / RENEWALS_PER_LEASE / TICK_SECONDS), 1)
        self._database = database
        self._engine = engine
        self._take_up: Callable[[Sequence[TakenAnswer]], Awaitable[None]] | None = None
        self._places: Callable[[], int] = lambda: 0
        self._keeping: asyncio.Task[None] | None = None

    def keep(self) -> None:
        """Starts keeping leases; does nothing where that is under way."""
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())

    def sweep(
        self, take_up: Callable[[Sequence[TakenAnswer]], Awaitable[None]], places: Callable[[], int]
    ) -> None:
        """Starts looking for answers whose owner is gone, beginning now.

        Args:
            take_up: Goes on with answers that are this process's from now on.
            places: How many more this process can tell.
        """
        self._take_up, self._places = take_up, places
        self.keep()

    async def close(self) -> None:
        """Ends it."""
        if self._keeping is not None:
            await end_task(self._keeping)

    async def _keep(self) -> None:
        tick = 0
        while True:
            try:
                await self._tick(tick)
            except (StorageUnavailableError, DBAPIError) as error:
                logger.warning("Leases of answers are not kept just now: %s", error)
            except Exception:  # the edge of the task: its end would lose every answer
                logger.exception("Leases of answers are not kept just now")
            tick += 1
            await asyncio.sleep(TICK_SECONDS)

    async def _tick(self, tick: int) -> None:
        """Renews before it sweeps, so that an outage of PostgreSQL takes no answer from us."""
        ids = list(self._engine.epochs)
        if ids and tick % self._ticks_per_renewal == 0:
            await self._renew()
        if ids:
            async with self._database.transaction(MAINTENANCE) as session:
                for message_id in await AnswerOwnershipRepository(session).stop_requested(ids):
                    self._engine.stop(message_id)
        if self._take_up is not None and tick % TICKS_PER_SWEEP == 0:
            await self._sweep(self._take_up)
        if self._take_up is not None and tick % TICKS_PER_CLEANING == 0:
            await self.clean()

    async def clean(self) -> None:
        """Forgets keys of questions and tickets of sockets whose time is over."""
        async with self._database.transaction(MAINTENANCE) as session:
            await sweep_question_keys(session)
            await sweep_socket_tickets(session)

    async def _renew(self) -> None:
        ids = list(self._engine.epochs)
        async with self._database.transaction(MAINTENANCE) as session:
            repository = AnswerOwnershipRepository(session)
            kept = await repository.renew(self._engine.owner, ids, self.lease_seconds)
        for message_id in set(ids) - kept:
            self._engine.lose(message_id)

    async def _sweep(self, take_up: Callable[[Sequence[TakenAnswer]], Awaitable[None]]) -> None:
        limit = min(self._places(), TAKEN_AT_ONCE)
        if limit <= 0:
            return
        async with self._database.transaction(MAINTENANCE) as session:
            taken = await AnswerOwnershipRepository(session).take_over(
                self._engine.owner, self.lease_seconds, limit, running=self._engine.epochs
            )
        if taken:
            await take_up(taken)
