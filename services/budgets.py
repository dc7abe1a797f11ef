"""Budgets for chat models: reserved before a call, settled after it."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from uuid_utils.compat import uuid7

from ai.chat.attribution import Attribution
from services.actors import Actor
from services.errors import InvalidValueError
from storage.database import MAINTENANCE, Database
from storage.errors import StorageUnavailableError
from storage.repositories.audit import AuditRepository
from storage.repositories.budgets import BudgetRepository, StoredBudget

BudgetScope = Literal["school", "course", "user", "job"]
BudgetPeriod = Literal["day", "month", "total"]
Standing = Literal["free", "past_soft_limit", "exhausted"]

REFRESH_SECONDS = 3.0
"""How old the list of budgets may be that tells a call whether it has any to ask."""
STALE_SECONDS = 30.0
"""How long after that a call still goes by the list, while a new one is fetched beside it."""
RESERVED_FOR = timedelta(minutes=10)
"""Longer than any call; what is still reserved then belonged to a process that died."""

logger = logging.getLogger(__name__)


class _ExhaustedError(Exception):
    """Rolls a reservation back."""


@dataclass(slots=True)
class Reservation:
    """Money set aside for one call.

    Attributes:
        standing: `exhausted`: nothing is reserved, and no upstream may be asked.
        budgets: In how many budgets it is set aside; with none the call may cost what it will.
        reserved_micro_usd: How much, in each of them.
        cost_micro_usd: What the call did cost, to be set before the reservation ends.
    """

    id: UUID
    standing: Standing
    budgets: int = 0
    reserved_micro_usd: int = 0
    cost_micro_usd: int = 0


class BudgetService:
    """The budgets of the installation. Without any, a call asks nothing of the database."""

    def __init__(self, database: Database, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._monotonic = monotonic
        self._budgets: Sequence[StoredBudget] = ()
        self._known_until = -math.inf
        self._reading = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Ends a look at the budgets that is under way."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait([self._refreshing])

    async def every(self, actor: Actor) -> Sequence[StoredBudget]:
        """Every budget, for an admin.

        Raises:
            PermissionDeniedError: for anyone else.
        """
        actor.require("admin", action="see budgets")
        async with self._database.transaction(MAINTENANCE) as session:
            return await BudgetRepository(session).all()

    async def put(
        self,
        actor: Actor,
        scope: BudgetScope,
        subject_id: UUID | None,
        period: BudgetPeriod,
        *,
        soft_limit_micro_usd: int,
        hard_limit_micro_usd: int,
    ) -> StoredBudget:
        """Sets a budget's limits.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            InvalidValueError: when the subject or the limits do not fit.
        """
        actor.require("admin", action="set budgets")
        if (scope == "school") != (subject_id is None):
            message = "A school's budget has no subject; every other one needs its id."
            raise InvalidValueError("subject_id", message)
        if soft_limit_micro_usd > hard_limit_micro_usd:
            message = "The soft limit must not be above the hard limit."
            raise InvalidValueError("soft_limit_micro_usd", message)
        async with self._database.transaction(MAINTENANCE) as session:
            budget = await BudgetRepository(session).put(
                scope, subject_id, period, soft=soft_limit_micro_usd, hard=hard_limit_micro_usd
            )
            await AuditRepository(session).record(
                "budget.put",
                actor_id=actor.user_id,
                subject=str(budget.id),
                details={"scope": scope, "period": period, "hard": hard_limit_micro_usd},
            )
        self._known_until = -math.inf
        return budget

    async def limit_job(self, job_id: UUID, limit_micro_usd: int) -> None:
        """Gives a job a budget of its own; what it has spent of it before counts."""
        async with self._database.transaction(MAINTENANCE) as session:
            await BudgetRepository(session).put(
                "job", job_id, "total", soft=limit_micro_usd, hard=limit_micro_usd
            )
        self._known_until = -math.inf

    async def remove(self, actor: Actor, budget_id: UUID) -> None:
        """Removes a budget.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            NotFoundError: there is no such budget.
        """
        actor.require("admin", action="remove budgets")
        async with self._database.transaction(MAINTENANCE) as session:
            await BudgetRepository(session).remove(budget_id)
            await AuditRepository(session).record(
                "budget.remove", actor_id=actor.user_id, subject=str(budget_id)
            )
        self._known_until = -math.inf

    @asynccontextmanager
    async def reserve(
        self, made_for: Attribution, estimate_micro_usd: int
    ) -> AsyncIterator[Reservation]:
        """Sets the estimate aside in every budget the call falls under; settles at the end.

        Raises:
            StorageUnavailableError: a budget applies and PostgreSQL cannot be asked.
        """
        budgets = await self._budgets_of(made_for)
        if not budgets or estimate_micro_usd == 0:
            yield Reservation(uuid7(), "free")
            return
        reservation = await self._reserve([budget.id for budget in budgets], estimate_micro_usd)
        try:
            yield reservation
        finally:
            if reservation.standing != "exhausted":
                await self._settle(reservation)

    async def extend(self, reservation: Reservation, total_micro_usd: int) -> bool:
        """Sets aside so much in all for a call under way.

        False where a budget has not so much left: what was reserved before stays.

        Raises:
            StorageUnavailableError: PostgreSQL cannot be asked.
        """
        missing = total_micro_usd - reservation.reserved_micro_usd
        if reservation.budgets == 0 or missing <= 0:
            return True
        try:
            async with self._database.transaction(MAINTENANCE) as session:
                repository = BudgetRepository(session)
                granted = await repository.extend(reservation.id, missing, RESERVED_FOR)
                _require_all(granted, reservation.budgets)
        except _ExhaustedError:
            return False
        reservation.reserved_micro_usd = total_micro_usd
        return True

    async def sweep(self) -> int:
        """Frees what dead processes left reserved; in how many budgets."""
        async with self._database.transaction(MAINTENANCE) as session:
            return await BudgetRepository(session).sweep()

    async def _budgets_of(self, made_for: Attribution) -> list[StoredBudget]:
        overdue_seconds = self._monotonic() - self._known_until
        if overdue_seconds >= STALE_SECONDS:
            await self._refresh()
        elif overdue_seconds >= 0 and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh_if_possible())
        subjects = {
            "school": None,
            "course": made_for.course_id,
            "user": made_for.user_id,
            "job": made_for.job_id,
        }
        return [
            budget
            for budget in self._budgets
            if budget.scope == "school"
            or (budget.subject_id is not None and budget.subject_id == subjects[budget.scope])
        ]

    async def _refresh(self) -> None:
        """Reads the list of budgets; calls at the same time read it once."""
        async with self._reading:
            if self._monotonic() < self._known_until:
                return
            async with self._database.transaction(MAINTENANCE) as session:
                repository = BudgetRepository(session)
                self._budgets = await repository.all()
                if any(budget.reserved_micro_usd for budget in self._budgets):
                    await repository.sweep()
            self._known_until = self._monotonic() + REFRESH_SECONDS

    async def _refresh_if_possible(self) -> None:
        try:
            await self._refresh()
        except StorageUnavailableError:
            logger.warning("The list of budgets stays as it is for now: PostgreSQL is away")

    async def _reserve(self, budgets: Sequence[UUID], amount: int) -> Reservation:
        reservation = Reservation(uuid7(), "free", len(budgets), amount)
        try:
            async with self._database.transaction(MAINTENANCE) as session:
                granted = await BudgetRepository(session).reserve(
                    reservation.id, budgets, amount, RESERVED_FOR
                )
                _require_all(len(granted), len(budgets))
        except _ExhaustedError:
            reservation.standing, reservation.reserved_micro_usd = "exhausted", 0
        else:
            if any(granted.values()):
                reservation.standing = "past_soft_limit"
        return reservation

    async def _settle(self, reservation: Reservation) -> None:
        try:
            async with self._database.transaction(MAINTENANCE) as session:
                await BudgetRepository(session).settle(reservation.id, reservation.cost_micro_usd)
        except StorageUnavailableError:
            logger.exception("Reservation %s waits for the sweep", reservation.id)


def _require_all(granted: int, budgets: int) -> None:
    if granted < budgets:
        raise _ExhaustedError
