"""What calls cost, reserved and settled through real budgets, for answers and for jobs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatRequest
from ai.chat.errors import UpstreamFailedError
from ai.chat.scripted import ScriptedChatModel
from ai.routing.deployment import Alias, Price
from ai.routing.registry import Registry
from ai.routing.router import ModelRouter
from services.answering.spending import PaidCall, Spending
from services.budgets import BudgetService
from services.usage import UsageRecorder
from storage.database import MAINTENANCE, Database, PoolOptions
from tests.ai.chat.examples import request
from tests.support.chat_models import INSTRUCTION, definition, tools
from tests.support.service import Person

pytestmark = pytest.mark.server

DEAR = Price(output=Decimal(10))
SAID = ["Work ", "is ", "energy."]
COST = 30
"""Three tokens of the answer; what is read is free."""
RESERVED = 40
"""Four tokens may be written."""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """With a pool that two hundred callers may wait for, however slow the machine."""
    opened = Database(database_url, PoolOptions(size=5, max_overflow=0, timeout_seconds=120))
    yield opened
    await opened.close()


@pytest.fixture
async def budgets(database: Database) -> AsyncIterator[BudgetService]:
    yield BudgetService(database, time.monotonic)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text("DELETE FROM budgets"))


@pytest.fixture
def router() -> ModelRouter:
    broken = ScriptedChatModel([["Work ", UpstreamFailedError("broken", "cut off")]], name="broken")
    models = {"dear": ScriptedChatModel([SAID], name="dear"), "broken": broken}
    registry = Registry(
        {"dear": definition("dear", price=DEAR), "broken": definition("broken")},
        {"tutor": Alias(deployments=("dear",))},
    )
    return ModelRouter(tools(models), registry, instruction=INSTRUCTION)


@pytest.fixture
async def usage(database: Database, router: ModelRouter) -> AsyncIterator[UsageRecorder]:
    recorder = UsageRecorder(database)
    router.report_to(recorder)
    yield recorder
    await recorder.close()


@pytest.fixture
def spending(router: ModelRouter, usage: UsageRecorder, budgets: BudgetService) -> Spending:
    return Spending(router, usage, budgets)


def for_job() -> ChatRequest:
    asked = request("What is work?", max_output_tokens=4)
    return replace(asked, attribution=Attribution(purpose="jobs", job_id=uuid7()))


async def limit(budgets: BudgetService, admin: Person, asked: ChatRequest, hard: int) -> None:
    await budgets.put(
        admin.actor,
        "job",
        asked.attribution.job_id,
        "total",
        soft_limit_micro_usd=hard,
        hard_limit_micro_usd=hard,
    )


async def speak(call: PaidCall) -> None:
    async with aclosing(call.chosen.chat_model.stream(call.request)) as chunks:
        async for _ in chunks:
            pass


async def test_a_job_spends_its_own_budget_and_stops_where_it_is_used_up(
    spending: Spending, router: ModelRouter, budgets: BudgetService, admin: Person
) -> None:
    asked = for_job()
    await limit(budgets, admin, asked, hard=100)
    calls = []
    for _ in range(4):
        async with spending.call(router.choose("tutor"), asked) as call:
            if call.may_be_paid:
                await speak(call)
        calls.append(call)
    (budget,) = await budgets.every(admin.actor)

    assert [call.may_be_paid for call in calls] == [True, True, True, False]
    assert [call.cost_micro_usd for call in calls] == [COST, COST, COST, 0]
    assert (budget.spent_micro_usd, budget.reserved_micro_usd) == (3 * COST, 0)


async def test_calls_of_one_job_at_the_same_time_are_counted_apart(
    spending: Spending, router: ModelRouter
) -> None:
    asked = for_job()
    async with (
        spending.call(router.choose("tutor"), asked) as first,
        spending.call(router.choose("tutor"), asked) as second,
    ):
        await speak(first)
        await speak(second)
        await speak(second)

    assert (first.cost_micro_usd, second.cost_micro_usd) == (COST, 2 * COST)


async def test_two_hundred_calls_at_once_overspend_no_budget(
    spending: Spending, router: ModelRouter, budgets: BudgetService, admin: Person
) -> None:
    asked = for_job()
    await limit(budgets, admin, asked, hard=1_000)

    async def call_once() -> bool:
        async with spending.call(router.choose("tutor"), asked) as call:
            if call.may_be_paid:
                await speak(call)
        return call.may_be_paid

    paid = await asyncio.gather(*(call_once() for _ in range(200)))
    (budget,) = await budgets.every(admin.actor)

    assert budget.spent_micro_usd == COST * paid.count(True) <= 1_000
    assert paid.count(True) >= 1_000 // RESERVED  # as many as may be reserved at once
    assert budget.reserved_micro_usd == 0


async def test_usage_of_a_job_that_is_gone_is_written_without_it(
    database: Database, spending: Spending, router: ModelRouter, usage: UsageRecorder
) -> None:
    asked = for_job()  # there never was a row of this job, as if it had been deleted
    async with spending.call(router.choose("tutor"), asked) as call:
        await speak(call)

    await usage.flush()

    statement = "SELECT job_id, cost_micro_usd FROM usage_records ORDER BY id DESC LIMIT 1"
    async with database.transaction(MAINTENANCE) as session:
        (row,) = await session.execute(text(statement))
    assert tuple(row) == (None, COST)


async def test_what_may_stand_in_for_a_free_deployment_is_reserved_for(
    spending: Spending, router: ModelRouter, budgets: BudgetService, admin: Person
) -> None:
    asked = for_job()
    await limit(budgets, admin, asked, hard=COST)

    async with spending.call(router.choose("broken"), asked) as call:
        pass

    assert not call.may_be_paid
