"""What becomes of sentences that their sources do not bear out: by the course's policy."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from ai.chat.chat_model import ChatModel
from ai.chat.grounded import GroundedChatModel
from ai.chat.scripted import ScriptedChatModel
from ai.routing.deployment import Alias
from ai.routing.registry import Registry
from ai.routing.router import ModelRouter
from api.app import create_app
from bootstrap.adapters import Adapters
from models import Course
from services.access import SupportPolicy
from storage.database import MAINTENANCE
from tests.api.chat.conftest import TaughtCourse, Tutor, Tutoring
from tests.support.chat_models import INSTRUCTION, definition, tools
from tests.support.running_app import running_app
from tests.support.service import Person

pytestmark = pytest.mark.server

QUESTION = "What is work in physics?"
TRUE = "Work is the product of force and displacement [1]."
ALSO_TRUE = "Its unit is the joule [1]."
FALSE = "Work is not the product of force and displacement [1]."
UNCITED = "Napoleon measured it in 1805."
NOT_HELD = "probably does not hold the answer"
SAID = f"{TRUE} {FALSE} {ALSO_TRUE} {UNCITED}"

SetPolicy = Callable[[SupportPolicy], Any]


@pytest.fixture
async def set_policy(chat_adapters: Adapters, course: TaughtCourse) -> AsyncIterator[SetPolicy]:
    """Sets the policy of the course that all tests share, for one test."""

    async def put(policy: SupportPolicy) -> None:
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            await session.execute(
                update(Course).where(Course.id == course.id).values(support_policy=policy)
            )

    yield put
    await put("mark")


def notices(events: Any, code: str) -> list[dict[str, Any]]:
    return [e.data for e in events if e.name == "notice" and e.data["code"] == code]


async def test_low_support_is_marked_and_told_before_the_end(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        answered = await tutor.ask(QUESTION)
        again = await tutor.listen(answered.message_id)
        stored = await tutor.stored(answered.message_id)

    assert answered.text == SAID
    (notice,) = notices(answered.events, "low_support")
    marked = [SAID[s["char_start"] : s["char_end"]] for s in notice["sentences"]]
    assert marked == [FALSE, UNCITED]
    assert answered.names[-2:] == ["notice", "done"]
    assert again.events == answered.events
    assert stored["notices"][-1]["sentences"] == notice["sentences"]
    supports = {c["quote"]: c["support"] for c in stored["citations"]}
    assert max(supports.values()) == 1.0
    assert [s["support"] >= 0.5 for s in stored["sentences"]] == [True, False, True, False]


async def test_what_is_withheld_never_reaches_the_learner(
    tutoring: Tutoring, set_policy: SetPolicy
) -> None:
    await set_policy("withhold")
    pieces = [SAID[start : start + 9] for start in range(0, len(SAID), 9)]

    async with tutoring(ScriptedChatModel([pieces])) as tutor:
        answered = await tutor.ask(QUESTION)
        again = await tutor.listen(answered.message_id)
        stored = await tutor.stored(answered.message_id)

    assert answered.text == stored["content"] == f"{TRUE} {ALSO_TRUE}"
    assert [notice["detail"][:2] for notice in notices(answered.events, "withheld")] == ["2 "]
    assert notices(answered.events, "low_support") == []
    assert again.events == answered.events
    assert stored["groundedness"] == 1.0


async def test_where_all_is_withheld_the_tutor_says_so_and_names_topics(
    tutoring: Tutoring, set_policy: SetPolicy
) -> None:
    await set_policy("withhold")

    async with tutoring(ScriptedChatModel([[UNCITED]])) as tutor:
        answered = await tutor.ask(QUESTION)

    assert answered.text.startswith("I could not find an answer")
    assert "**Work**" in answered.text


async def test_what_is_allowed_is_shown_unmarked_and_its_support_stored(
    tutoring: Tutoring, set_policy: SetPolicy
) -> None:
    await set_policy("allow")

    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        answered = await tutor.ask(QUESTION)

    assert answered.text == SAID
    assert "notice" not in answered.names
    assert [s["support"] >= 0.5 for s in answered.data("done")["sentences"]] == [
        True, False, True, False,
    ]  # fmt: skip


async def test_every_quote_is_verbatim_at_its_place(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        done = (await tutor.ask(QUESTION)).data("done")
        stored = await tutor.stored(done["message_id"])

    sources = {source["n"]: source for source in stored["sources"]}
    for citation in done["citations"]:
        source = sources[citation["n"]]
        start = citation["char_start"] - source["locator"]["char_start"]
        end = citation["char_end"] - source["locator"]["char_start"]
        assert source["text"][start:end] == citation["quote"]


async def test_a_question_of_another_subject_is_not_answered_but_led_to_topics(
    tutoring: Tutoring,
) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        foreign = await tutor.ask("Which painter made the Mona Lisa in Florence?")
        hindi = await tutor.ask("मुग़ल साम्राज्य की राजधानी कहाँ थी?")

    assert foreign.text.startswith("I could not find an answer to this in the course material.")
    assert "The nearest topics it covers: **" in foreign.text
    assert hindi.text.startswith("पाठ्यक्रम की सामग्री में मुझे इसका उत्तर नहीं मिला।")
    assert foreign.data("done")["confidence"] == 0
    assert notices(foreign.events, "low_support") == []


async def test_a_chat_model_is_told_that_the_course_seems_not_to_hold_the_answer(
    tutoring: Tutoring,
) -> None:
    model = ScriptedChatModel([["The course does not hold that."]])
    async with tutoring(model) as tutor:
        await tutor.ask("Which painter made the Mona Lisa in Florence?")
        await tutor.ask(QUESTION)
        greeted = await tutor.ask("Hello!")
        conversation = greeted.data("start")["conversation_id"]
        await tutor.ask("Say that in simpler words, please.", conversation_id=conversation)

    warned = [NOT_HELD in request.prompt.system for request in model.requests]
    assert warned == [True, False, False, False]
    assert '"Work"' in model.requests[0].prompt.system


def judged_by(judge: ChatModel, tutor: ChatModel) -> ModelRouter:
    """A router with a deployment for each of the two aliases."""
    models = {"tutor-model": tutor, "judge-model": judge}
    deployments = {name: definition(name) for name in models}
    aliases = {
        "tutor": Alias(deployments=("tutor-model",)),
        "judge": Alias(deployments=("judge-model",)),
    }
    return ModelRouter(tools(models), Registry(deployments, aliases), instruction=INSTRUCTION)


@asynccontextmanager
async def running(adapters: Adapters, router: ModelRouter, course: TaughtCourse, by: Person) -> Any:
    app = create_app(lambda _: nullcontext(replace(adapters, router=router)), adapters.settings)
    async with (
        running_app(app) as address,
        httpx2.AsyncClient(base_url=f"{address}/api/v1", headers=by.headers, timeout=60) as http,
    ):
        yield Tutor(http, course, app)


async def test_a_judge_has_the_last_word_on_what_is_in_doubt(
    chat_adapters: Adapters, course: TaughtCourse, learner: Person
) -> None:
    doubtful = "Physicists multiply a force by how far it moves something [1]."
    tutor_model = ScriptedChatModel([[f"{TRUE} {doubtful}"]])
    judge = ScriptedChatModel([[json.dumps({"verdict": "supported"})]])
    router = judged_by(judge, tutor_model)

    async with running(chat_adapters, router, course, learner) as tutor:
        answered = await tutor.ask(QUESTION)

    first, second = answered.data("done")["sentences"]
    assert "verdict" not in first
    assert (second["verdict"], second["support"]) == ("supported", 0.95)
    assert doubtful.removesuffix(" [1].") in judge.requests[0].prompt.user
    assert notices(answered.events, "low_support") == []


async def test_a_judge_that_answers_nonsense_changes_nothing(
    chat_adapters: Adapters, course: TaughtCourse, learner: Person
) -> None:
    doubtful = "Physicists multiply a force by how far it moves something [1]."
    judge = ScriptedChatModel([["Hm."]])
    router = judged_by(judge, ScriptedChatModel([[doubtful]]))

    async with running(chat_adapters, router, course, learner) as tutor:
        answered = await tutor.ask(QUESTION)

    assert judge.requests
    assert "verdict" not in answered.data("done")["sentences"][0]


async def test_without_a_judge_of_its_own_nobody_is_asked(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([["Physicists multiply a force by how far it moves [1]."]])
    async with tutoring(model) as tutor:
        await tutor.ask(QUESTION)

    assert len(model.requests) == 1
