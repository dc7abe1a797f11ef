"""Budgets: each reservation and each settlement is one conditional statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import Budget
from storage.errors import NotFoundError

PERIOD_START = """CASE period
    WHEN 'day' THEN (now() AT TIME ZONE 'UTC')::date
    WHEN 'month' THEN date_trunc('month', now() AT TIME ZONE 'UTC')::date
    ELSE period_start END"""

RESERVE = text(f"""
WITH changed AS (
    UPDATE budgets SET
        spent_micro_usd = CASE WHEN period_start < {PERIOD_START} THEN 0 ELSE spent_micro_usd END,
        period_start = {PERIOD_START},
        reserved_micro_usd = reserved_micro_usd + :amount,
        updated_at = now()
    WHERE id = ANY(:ids) AND reserved_micro_usd + :amount + CASE
        WHEN period_start < {PERIOD_START} THEN 0 ELSE spent_micro_usd END <= hard_limit_micro_usd
    RETURNING id, spent_micro_usd + reserved_micro_usd > soft_limit_micro_usd AS is_past_soft
), kept AS (
    INSERT INTO budget_reservations (id, budget_id, amount_micro_usd, expires_at)
    SELECT :reservation, id, :amount, now() + :lifetime FROM changed
)
SELECT id, is_past_soft FROM changed
""")  # noqa: S608 - nothing but a constant is put in

LOCK = text("SELECT id FROM budgets WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
LOCK_RESERVED = text("""
SELECT id FROM budgets
WHERE id IN (SELECT budget_id FROM budget_reservations WHERE id = :reservation)
ORDER BY id FOR UPDATE
""")
"""In the order of ids, so that calls with several budgets in common cannot block each other."""

EXTEND = text(f"""
WITH changed AS (
    UPDATE budgets SET
        spent_micro_usd = CASE WHEN period_start < {PERIOD_START} THEN 0 ELSE spent_micro_usd END,
        period_start = {PERIOD_START},
        reserved_micro_usd = reserved_micro_usd + :amount,
        updated_at = now()
    WHERE id IN (SELECT budget_id FROM budget_reservations WHERE id = :reservation)
      AND reserved_micro_usd + :amount + CASE
        WHEN period_start < {PERIOD_START} THEN 0 ELSE spent_micro_usd END <= hard_limit_micro_usd
    RETURNING id
)
UPDATE budget_reservations SET
    amount_micro_usd = amount_micro_usd + :amount, expires_at = now() + :lifetime
FROM changed
WHERE budget_reservations.id = :reservation AND budget_reservations.budget_id = changed.id
RETURNING budget_id
""")  # noqa: S608 - nothing but a constant is put in

SETTLE = text("""
WITH gone AS (
    DELETE FROM budget_reservations WHERE id = :reservation RETURNING budget_id, amount_micro_usd
)
UPDATE budgets SET
    reserved_micro_usd = greatest(reserved_micro_usd - gone.amount_micro_usd, 0),
    spent_micro_usd = spent_micro_usd + :cost, updated_at = now()
FROM gone WHERE budgets.id = gone.budget_id
""")

SWEEP = text("""
WITH gone AS (
    DELETE FROM budget_reservations WHERE expires_at < now() RETURNING budget_id, amount_micro_usd
), freed AS (
    SELECT budget_id, sum(amount_micro_usd) AS amount FROM gone GROUP BY budget_id
)
UPDATE budgets SET reserved_micro_usd = greatest(reserved_micro_usd - freed.amount, 0)
FROM freed WHERE budgets.id = freed.budget_id RETURNING budgets.id
""")

PUT = text("""
INSERT INTO budgets (id, scope, subject_id, period, soft_limit_micro_usd, hard_limit_micro_usd)
VALUES (:id, :scope, :subject_id, :period, :soft, :hard)
ON CONFLICT (scope, subject_id, period) DO UPDATE SET
    soft_limit_micro_usd = excluded.soft_limit_micro_usd,
    hard_limit_micro_usd = excluded.hard_limit_micro_usd, updated_at = now()
RETURNING id
""")


@dataclass(frozen=True, slots=True)
class StoredBudget:
    """A budget as its row says it; its period may be over, which the next call notices."""

    id: UUID
    scope: str
    subject_id: UUID | None
    period: str
    period_start: date
    soft_limit_micro_usd: int
    hard_limit_micro_usd: int
    spent_micro_usd: int
    reserved_micro_usd: int


_COLUMNS = tuple(getattr(Budget, name) for name in StoredBudget.__dataclass_fields__)


class BudgetRepository:
    """The rows of `budgets` and `budget_reservations`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[StoredBudget]:
        """Every budget, by scope and subject."""
        statement = select(*_COLUMNS).order_by(Budget.scope, Budget.subject_id, Budget.period)
        rows = (await self._session.execute(statement)).mappings()
        return [StoredBudget(**row) for row in rows]

    async def put(
        self, scope: str, subject_id: UUID | None, period: str, *, soft: int, hard: int
    ) -> StoredBudget:
        """Sets the limits of a budget; what is spent stays."""
        values = {"id": uuid7(), "scope": scope, "subject_id": subject_id, "period": period}
        budget_id = await self._session.scalar(PUT, values | {"soft": soft, "hard": hard})
        row = await self._session.execute(select(*_COLUMNS).where(Budget.id == budget_id))
        return StoredBudget(**row.mappings().one())

    async def remove(self, budget_id: UUID) -> None:
        """Removes a budget.

        Raises:
            NotFoundError: there is no such budget.
        """
        statement = delete(Budget).where(Budget.id == budget_id).returning(Budget.id)
        if await self._session.scalar(statement) is None:
            raise NotFoundError("budget", budget_id)

    async def reserve(
        self, reservation: UUID, budgets: Sequence[UUID], amount: int, lifetime: timedelta
    ) -> dict[UUID, bool]:
        """Sets money aside in each budget that has it; whether each is past its soft limit.

        A budget that lacks it is missing from what is given: roll back then, or the others stay
        reserved.
        """
        values = {"reservation": reservation, "amount": amount, "lifetime": lifetime}
        await self._session.execute(LOCK, {"ids": list(budgets)})
        rows = await self._session.execute(RESERVE, values | {"ids": list(budgets)})
        return {row.id: row.is_past_soft for row in rows}

    async def extend(self, reservation: UUID, amount: int, lifetime: timedelta) -> int:
        """Sets more aside in the budgets of a reservation; in how many of them.

        Where that is not all of them, roll back, or some stay reserved.
        """
        values = {"reservation": reservation, "amount": amount, "lifetime": lifetime}
        await self._session.execute(LOCK_RESERVED, {"reservation": reservation})
        return len((await self._session.execute(EXTEND, values)).all())

    async def settle(self, reservation: UUID, cost: int) -> None:
        """Puts what was spent in the place of what was set aside; the second time is nothing."""
        await self._session.execute(LOCK_RESERVED, {"reservation": reservation})
        await self._session.execute(SETTLE, {"reservation": reservation, "cost": cost})

    async def sweep(self) -> int:
        """Frees what dead processes left reserved; in how many budgets."""
        return len((await self._session.execute(SWEEP)).all())
