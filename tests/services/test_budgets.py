"""Budgets under concurrent calls, over periods, and after a process died."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from ai.chat.attribution import Attribution
from services.budgets import BudgetService
from services.errors import InvalidValueError, PermissionDeniedError
from storage.database import MAINTENANCE, Database, PoolOptions
from storage.repositories.budgets import StoredBudget
from tests.support.service import Person

pytestmark = pytest.mark.server

COURSE = Attribution(course_id=UUID(int=7), user_id=UUID(int=8))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """With a pool that two hundred callers may wait for, however slow the machine."""
    opened = Database(database_url, PoolOptions(size=5, max_overflow=0, timeout_seconds=120))
    yield opened
    await opened.close()


@pytest.fixture
async def budgets(database: Database) -> AsyncIterator[BudgetService]:
    await forget_budgets(database)
    yield BudgetService(database, time.monotonic)
    await forget_budgets(database)


async def forget_budgets(database: Database) -> None:
    """Of this and of earlier tests: every test here looks at all there are."""
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text("DELETE FROM budgets"))


async def of_course(budgets: BudgetService, admin: Person, *, soft: int, hard: int) -> StoredBudget:
    return await budgets.put(
        admin.actor,
        "course",
        COURSE.course_id,
        "day",
        soft_limit_micro_usd=soft,
        hard_limit_micro_usd=hard,
    )


async def only(budgets: BudgetService, admin: Person) -> StoredBudget:
    (budget,) = await budgets.every(admin.actor)
    return budget


async def test_two_hundred_calls_at_once_never_overspend(
    budgets: BudgetService, admin: Person
) -> None:
    await of_course(budgets, admin, soft=500, hard=1_000)
    await budgets.put(
        admin.actor, "school", None, "day", soft_limit_micro_usd=0, hard_limit_micro_usd=10**6
    )

    async def call() -> str:
        async with budgets.reserve(COURSE, 30) as reservation:
            await asyncio.sleep(0)
            reservation.cost_micro_usd = 25
            return reservation.standing

    standings = await asyncio.gather(*(call() for _ in range(200)))
    school, course = sorted(await budgets.every(admin.actor), key=lambda budget: -len(budget.scope))

    assert course.spent_micro_usd == 25 * (200 - standings.count("exhausted")) <= 1_000
    assert course.spent_micro_usd >= 25 * (1_000 // 30)  # as many as may be reserved at once
    assert school.spent_micro_usd == course.spent_micro_usd
    assert school.reserved_micro_usd == course.reserved_micro_usd == 0


async def test_standing_follows_the_limits(budgets: BudgetService, admin: Person) -> None:
    await of_course(budgets, admin, soft=100, hard=200)
    standings = []
    for _ in range(4):
        async with budgets.reserve(COURSE, 60) as reservation:
            reservation.cost_micro_usd = 60
            standings.append(reservation.standing)

    assert standings == ["free", "past_soft_limit", "past_soft_limit", "exhausted"]
    assert (await only(budgets, admin)).spent_micro_usd == 180


async def test_a_reservation_is_raised_in_all_its_budgets_or_in_none(
    budgets: BudgetService, admin: Person
) -> None:
    await of_course(budgets, admin, soft=100, hard=100)
    await budgets.put(
        admin.actor, "school", None, "day", soft_limit_micro_usd=0, hard_limit_micro_usd=1_000
    )

    async with budgets.reserve(COURSE, 60) as reservation:
        is_raised = await budgets.extend(reservation, 100)
        is_raised_beyond = await budgets.extend(reservation, 101)
        needs_nothing = await budgets.extend(reservation, 30)
        meanwhile = [budget.reserved_micro_usd for budget in await budgets.every(admin.actor)]
        reservation.cost_micro_usd = 95

    afterwards = await budgets.every(admin.actor)
    assert (is_raised, is_raised_beyond, needs_nothing) == (True, False, True)
    assert meanwhile == [100, 100]
    assert [budget.spent_micro_usd for budget in afterwards] == [95, 95]
    assert [budget.reserved_micro_usd for budget in afterwards] == [0, 0]


async def test_a_reservation_that_was_swept_is_not_raised(
    budgets: BudgetService, admin: Person, database: Database
) -> None:
    await of_course(budgets, admin, soft=100, hard=100)

    async with budgets.reserve(COURSE, 10) as reservation:
        async with database.transaction(MAINTENANCE) as session:
            await session.execute(text("DELETE FROM budget_reservations"))
        is_raised = await budgets.extend(reservation, 20)

    assert not is_raised


async def test_another_course_is_free(budgets: BudgetService, admin: Person) -> None:
    await of_course(budgets, admin, soft=0, hard=0)

    async with budgets.reserve(Attribution(course_id=uuid7()), 10**6) as reservation:
        assert reservation.standing == "free"


async def test_a_new_period_begins_with_nothing_spent(
    budgets: BudgetService, admin: Person, database: Database
) -> None:
    await of_course(budgets, admin, soft=100, hard=100)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            text("UPDATE budgets SET spent_micro_usd = 100, period_start = period_start - 1")
        )

    async with budgets.reserve(COURSE, 40) as reservation:
        reservation.cost_micro_usd = 40

    assert reservation.standing == "free"
    assert (await only(budgets, admin)).spent_micro_usd == 40


async def test_the_sweep_frees_what_a_dead_process_reserved(
    budgets: BudgetService, admin: Person, database: Database
) -> None:
    await of_course(budgets, admin, soft=100, hard=100)
    reservation = await budgets._reserve([(await only(budgets, admin)).id], 70)
    assert await budgets.sweep() == 0
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            text("UPDATE budget_reservations SET expires_at = now() - '1 s'::interval")
        )

    assert await budgets.sweep() == 1
    await budgets._settle(reservation)

    budget = await only(budgets, admin)
    assert (budget.reserved_micro_usd, budget.spent_micro_usd) == (0, 0)


async def test_only_admins_set_budgets_that_make_sense(
    budgets: BudgetService, admin: Person, teacher: Person
) -> None:
    with pytest.raises(InvalidValueError, match="soft limit"):
        await of_course(budgets, admin, soft=2, hard=1)
    with pytest.raises(InvalidValueError, match="no subject"):
        await budgets.put(
            admin.actor, "user", None, "day", soft_limit_micro_usd=0, hard_limit_micro_usd=1
        )
    with pytest.raises(PermissionDeniedError):
        await of_course(budgets, teacher, soft=1, hard=1)
