"""What calls cost, reserved and settled through real budgets, for answers and for jobs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatChunk, ChatRequest, Finished, TakenOver
from ai.chat.errors import UpstreamFailedError
from ai.chat.openai_compatible import TimeLimits
from ai.chat.providers import Endpoint, provide
from ai.chat.scripted import ScriptedChatModel
from ai.routing.deployment import Alias, Deployment, Price
from ai.routing.registry import Registry
from ai.routing.router import ModelRouter
from services.answering.spending import PaidCall, Spending
from services.budgets import BudgetService
from services.usage import UsageRecorder
from storage.database import MAINTENANCE, Database, PoolOptions
from tests.ai.chat.examples import request
from tests.support.chat_models import INSTRUCTION, definition, tools
from tests.support.openai_server import Behaviour, OpenAIServer, ReceivedRequest
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
    await forget_budgets(database)
    yield BudgetService(database, time.monotonic)
    await forget_budgets(database)


async def forget_budgets(database: Database) -> None:
    """Of this and of earlier tests: every test here looks at all there are."""
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


BREAKS_OFF = Behaviour(("Work ", "is "), fault="cut_off_in_mid_stream")
GOES_ON = Behaviour(("the ", "product ", "of ", "force."))
LOST = 10
"""“Work ” is two tokens by estimate, at five dollars per million."""


@asynccontextmanager
async def broken_off(database: Database, budgets: BudgetService) -> AsyncIterator[Spending]:
    """A real upstream: a cheap deployment breaks off in mid-answer, a dearer one goes on."""

    def behaviour(received: ReceivedRequest) -> Behaviour:
        return BREAKS_OFF if received.body["model"] == "cheap" else GOES_ON

    async with OpenAIServer(behaviour) as server:
        cheap = definition("cheap", price=Price(output=Decimal(5)))
        registry = Registry(
            {"cheap": cheap, "dear": definition("dear", price=DEAR)},
            {"tutor": Alias(deployments=("cheap", "dear"))},
        )

        def opened(name: str, of: Deployment):
            endpoint = Endpoint(of.provider, server.base_url, of.wire_model)
            return provide(name, endpoint, TimeLimits())

        hours = count(step=3600).__next__  # pass between calls, so that no breaker stays open
        with_server = replace(tools({}, monotonic=hours), open_chat_model=opened)
        router = ModelRouter(with_server, registry, instruction=INSTRUCTION)
        recorder = UsageRecorder(database)
        router.report_to(recorder)
        yield Spending(router, recorder, budgets)
        await recorder.close()
        await router.close()


async def answer(spending: Spending, asked: ChatRequest) -> tuple[PaidCall, list[ChatChunk]]:
    """One call as an answer makes it; what was streamed."""
    async with (
        spending.call(spending._router.choose("tutor"), asked) as call,
        aclosing(call.chosen.chat_model.stream(call.request)) as chunks,
    ):
        streamed = [chunk async for chunk in chunks]
    return call, streamed


def takeover(streamed: list[ChatChunk]) -> TakenOver:
    return next(chunk for chunk in streamed if isinstance(chunk, TakenOver))


async def test_a_dearer_deployment_does_not_go_on_where_only_one_of_both_is_reserved_for(
    database: Database, budgets: BudgetService, admin: Person
) -> None:
    asked = for_job()
    await limit(budgets, admin, asked, hard=RESERVED)

    async with broken_off(database, budgets) as spending:
        call, streamed = await answer(spending, asked)
    (budget,) = await budgets.every(admin.actor)

    assert (budget.spent_micro_usd, budget.reserved_micro_usd) == (LOST, 0)
    assert call.cost_micro_usd == LOST
    assert (takeover(streamed).by, takeover(streamed).cause) == ("grounded", "budget")
    assert isinstance(streamed[-1], Finished)


async def test_where_the_budget_covers_both_the_dearer_one_goes_on_and_both_are_counted(
    database: Database, budgets: BudgetService, admin: Person
) -> None:
    asked = for_job()
    await limit(budgets, admin, asked, hard=RESERVED + LOST)

    async with broken_off(database, budgets) as spending:
        call, streamed = await answer(spending, asked)
    (budget,) = await budgets.every(admin.actor)

    finished = streamed[-1]
    assert call.cost_micro_usd == RESERVED + LOST
    assert (budget.spent_micro_usd, budget.reserved_micro_usd) == (RESERVED + LOST, 0)
    assert (takeover(streamed).by, takeover(streamed).cause) == ("dear", "failure")
    assert isinstance(finished, Finished)
    assert finished.usage.completion_tokens == 2 + 4
    assert finished.usage.prompt_tokens > 42  # what the second read, and what the first did


async def test_two_hundred_calls_that_break_off_overspend_no_budget(
    database: Database, budgets: BudgetService, admin: Person
) -> None:
    asked = for_job()
    await limit(budgets, admin, asked, hard=1_000)

    async with broken_off(database, budgets) as spending:
        calls = await asyncio.gather(*(answer(spending, asked) for _ in range(200)))
    (budget,) = await budgets.every(admin.actor)

    assert budget.spent_micro_usd == sum(call.cost_micro_usd for call, _ in calls) <= 1_000
    assert budget.spent_micro_usd >= LOST * (1_000 // RESERVED)
    assert budget.reserved_micro_usd == 0
    assert all(isinstance(streamed[-1], Finished) for _, streamed in calls)


async def test_an_attempt_lost_with_its_process_counts_to_the_call_that_goes_on(
    spending: Spending, router: ModelRouter, budgets: BudgetService, admin: Person
) -> None:
    asked = for_job()
    await limit(budgets, admin, asked, hard=100)
    async with spending.call(router.choose("tutor"), asked) as call:
        spending.count_lost(call, "dear", len("Work is "))
        await speak(call)
    (budget,) = await budgets.every(admin.actor)

    assert call.cost_micro_usd == COST + 20
    assert (budget.spent_micro_usd, budget.reserved_micro_usd) == (COST + 20, 0)
