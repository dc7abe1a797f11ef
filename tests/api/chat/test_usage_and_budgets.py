"""Usage reconciles with what the upstream counted; a budget runs out in mid-conversation."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from ai.chat.errors import ChatModelError, UpstreamFailedError
from ai.chat.scripted import ScriptedChatModel
from ai.routing.deployment import Alias, Price, Tier
from ai.routing.registry import Registry
from ai.routing.router import ModelRouter
from api.app import create_app
from bootstrap.adapters import Adapters
from storage.database import MAINTENANCE
from tests.api.chat.conftest import TaughtCourse, Tutor
from tests.support.chat_models import definition, tools
from tests.support.running_app import running_app
from tests.support.service import Person

pytestmark = pytest.mark.server

PRICE = Price(input=Decimal(2), output=Decimal(10))
DEAR_CALL = 10 * 1024
"""As many tokens as an answer may have, at ten dollars per million."""
SAID = "Work is the product of force and displacement [1]."


@pytest.fixture
async def paid(
    chat_adapters: Adapters, course: TaughtCourse, learner: Person
) -> AsyncIterator[Any]:
    """Runs the service with a dear and a cheap deployment behind the tutor."""

    @asynccontextmanager
    async def run(
        dear: Price = PRICE,
        cheap_says: Sequence[str | ChatModelError] = (SAID,),
        dear_says: Sequence[str | float] = (SAID,),
    ) -> AsyncIterator[Tutor]:
        models = {
            "dear": ScriptedChatModel([dear_says], name="dear"),
            "cheap": ScriptedChatModel([cheap_says], name="cheap"),
        }
        registry = Registry(
            {
                "dear": definition("dear", price=dear, tier=Tier.COMPLEX),
                "cheap": definition("=cheap", price=Price(output=Decimal(1)), tier=Tier.SIMPLE),
            },
            {"tutor": Alias(deployments=("dear", "cheap"))},
        )
        router = ModelRouter(tools(models), registry, instruction="Go on.")
        adapters = replace(chat_adapters, router=router)
        app = create_app(lambda _: nullcontext(adapters), adapters.settings)
        async with (
            running_app(app) as address,
            httpx2.AsyncClient(
                base_url=f"{address}/api/v1", headers=learner.headers, timeout=60, verify=False
            ) as http,
        ):
            yield Tutor(http, course, app)

    yield run
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(text("DELETE FROM budgets"))


async def test_reports_add_up_to_what_the_answers_say(
    paid: Any, admin: Person, learner: Person
) -> None:
    async with paid() as tutor:
        answers = [await tutor.ask("What is work?", model=name) for name in ("dear", "cheap")]
        await tutor.app.state.services.usage_recorder.flush()
        own = (await tutor.http.get("/users/me/usage")).json()["totals"]
        table = await tutor.http.get(
            "/admin/usage.csv", params={"group_by": "model"}, headers=admin.headers
        )
        by_user = await tutor.http.get(
            "/admin/usage", params={"group_by": "user"}, headers=admin.headers
        )
        refused = await tutor.http.get("/admin/usage")

    told = [answer.data("done")["usage"] for answer in answers]
    dear = told[0]
    expected = round(dear["prompt_tokens"] * 2 + dear["completion_tokens"] * 10)
    assert dear["cost_micro_usd"] == expected > 0
    assert len(own) == 1
    for name in ("prompt_tokens", "completion_tokens", "cost_micro_usd"):
        assert own[0][name] == sum(usage[name] for usage in told)
    assert learner.actor.email in [total["name"] for total in by_user.json()["totals"]]
    assert "cheap,'=cheap," in table.text
    assert refused.status_code == 403


async def test_a_period_that_ends_before_it_begins_is_refused(paid: Any) -> None:
    now = datetime.now(UTC)
    async with paid() as tutor:
        period = {"from": now.isoformat(), "to": (now - timedelta(days=1)).isoformat()}
        response = await tutor.http.get("/users/me/usage", params=period)

    assert response.status_code == 422


async def test_a_budget_too_small_for_a_second_deployment_ends_the_answer_without_it(
    paid: Any, admin: Person, course: TaughtCourse
) -> None:
    cut = UpstreamFailedError("cheap", "cut off")
    body = {"scope": "course", "subject_id": str(course.id), "period": "day"}
    limits = {"soft_limit_micro_usd": DEAR_CALL, "hard_limit_micro_usd": DEAR_CALL}
    path = "/admin/budgets"
    async with paid(Price(output=Decimal(10)), ["Work is the product of ", cut]) as tutor:
        await tutor.http.put(path, json=body | limits, headers=admin.headers)
        answer = await tutor.ask("What is work?")
        (budget,) = (await tutor.http.get(path, headers=admin.headers)).json()["items"]

    done = answer.data("done")
    assert answer.data("notice")["code"] == "budget"
    assert "“dear” would cost more than the budget has left" in answer.data("notice")["detail"]
    assert answer.text.startswith("Work is the product of")
    assert done["model"] == "grounded"
    assert budget["spent_micro_usd"] == done["usage"]["cost_micro_usd"] > 0


async def test_a_budget_runs_out_in_the_middle_of_a_conversation(
    paid: Any, admin: Person, course: TaughtCourse
) -> None:
    body = {"scope": "course", "subject_id": str(course.id), "period": "day"}
    async with paid() as tutor:

        async def limit(soft: int, hard: int) -> dict[str, Any]:
            limits = {"soft_limit_micro_usd": soft, "hard_limit_micro_usd": hard}
            path = "/admin/budgets"
            response = await tutor.http.put(path, json=body | limits, headers=admin.headers)
            assert response.status_code == 200, response.text
            budget: dict[str, Any] = response.json()
            return budget

        await limit(10**9, 10**9)
        first = await tutor.ask("Prove, compare and calculate work = force * way; why? and how?")
        conversation = first.data("start")["conversation_id"]
        await limit(0, 10**9)
        second = await tutor.ask("What is the unit of work?", conversation_id=conversation)
        budget = await limit(0, 1)
        third = await tutor.ask("What is the unit of work?", conversation_id=conversation)
        listed = await tutor.http.get("/admin/budgets", headers=admin.headers)
        gone = await tutor.http.delete(f"/admin/budgets/{budget['id']}", headers=admin.headers)

    spent = first.data("done")["usage"]["cost_micro_usd"]
    spent += second.data("done")["usage"]["cost_micro_usd"]
    assert "notice" not in first.names
    assert second.data("notice")["code"] == third.data("notice")["code"] == "budget"
    assert second.data("done")["model"] == "cheap"
    assert third.data("done")["model"] == "grounded"
    assert third.data("done")["usage"]["cost_micro_usd"] == 0
    (read,) = listed.json()["items"]
    assert (read["spent_micro_usd"], read["reserved_micro_usd"]) == (spent, 0)
    assert gone.status_code == 204


async def test_a_stopped_answer_costs_what_was_streamed(paid: Any) -> None:
    async with paid(dear_says=[SAID, 30.0, "More."]) as tutor:
        async with tutor.streaming("What is work?", model="dear") as events:
            async for event in events:
                if event.name == "delta":
                    message_id = event.id.rpartition("-")[0]
                    await tutor.http.post(f"/messages/{message_id}/stop")
                last = event
        message = await tutor.stored(message_id)
        await tutor.app.state.services.usage_recorder.flush()
        (own,) = (await tutor.http.get("/users/me/usage")).json()["totals"]

    usage = message["usage"]
    assert message["status"] == "stopped"
    assert usage["completion_tokens"] == -(-len(message["content"]) // 4)
    assert usage["cost_micro_usd"] == own["cost_micro_usd"] > 0
    assert last.data["usage"] == usage
