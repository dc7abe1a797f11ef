"""Answers given again: to the same question, to one that means the same, and when not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from ai.chat.scripted import ScriptedChatModel
from api.app import create_app
from bootstrap.adapters import Adapters
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Answered, TaughtCourse, Tutor, spoken
from tests.support.chat_models import router_over
from tests.support.running_app import running_app
from tests.support.service import Person

pytestmark = pytest.mark.server

WORK = "Work is the product of force and displacement [1]. Its unit is the joule [1]."
OTHER = "Something else about work and force and displacement [1]."
SCRIPT = [["Work is the product of ", "force and displacement [1]. Its unit is the joule [1]."]]
THEN = [[OTHER]]


@pytest.fixture
async def cache(chat_adapters: Adapters) -> Redis:
    """The cache's Redis, empty; so is the list of questions."""
    await chat_adapters.redis_cache.flushdb()
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(text("DELETE FROM cached_questions"))
    return chat_adapters.redis_cache


@pytest.fixture
def caching(
    chat_adapters: Adapters, course: TaughtCourse, learner: Person, cache: Redis, tmp_path: Path
) -> Any:
    """Runs the service with its cache, and a chat model that says its scripts in turn."""

    @asynccontextmanager
    async def run(scripts: Any, **changed: Any) -> AsyncIterator[Tutor]:
        settings = chat_adapters.settings.model_copy(update={"answer_cache": True})
        model = ScriptedChatModel(scripts, name="gpt")
        adapters = replace(chat_adapters, settings=settings, router=router_over(model), **changed)
        app = create_app(lambda _: nullcontext(adapters), settings)
        async with (
            running_app(app) as address,
            httpx2.AsyncClient(
                base_url=f"{address}/api/v1", headers=learner.headers, timeout=60, verify=False
            ) as http,
        ):
            yield Tutor(http, course, app)

    return run


def is_cached(answer: Answered) -> bool:
    assert answer.data("start")["cached"] == answer.data("done")["cached"]
    return bool(answer.data("done")["cached"])


async def test_the_same_question_gets_the_same_events_without_the_model(caching: Any) -> None:
    async with caching(SCRIPT + THEN) as tutor:
        first = await tutor.ask("What is work?")
        again = await tutor.ask("  what is work ")
        late = await tutor.listen(again.message_id)
        stored = await tutor.stored(again.message_id)

    assert [is_cached(first), is_cached(again)] == [False, True]
    assert again.message_id != first.message_id
    assert again.names == first.names == late.names
    assert again.text == first.text == stored["content"]
    assert again.data("sources") == first.data("sources")
    assert again.data("done")["citations"] == first.data("done")["citations"]
    assert again.data("done")["usage"] == {
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "cost_micro_usd": 0,
    }
    assert [event.data for event in late.events] == [event.data for event in again.events]


async def test_an_answer_told_anew_is_not_the_one_from_the_cache(caching: Any) -> None:
    async with caching(SCRIPT + THEN) as tutor:
        first = await tutor.ask("What is work?")
        anew = await tutor.http.post(
            f"/messages/{first.message_id}/regenerate", headers={"Accept": "application/json"}
        )

    assert anew.json()["cached"] is False
    assert anew.json()["content"] == OTHER


async def test_a_question_that_means_the_same_is_answered_from_the_cache(caching: Any) -> None:
    async with caching(SCRIPT + THEN) as tutor:
        await tutor.ask("What is the unit of work?")
        again = await tutor.ask("What's the unit of work?")

    assert is_cached(again)


async def test_a_near_miss_is_asked_anew_and_counted(caching: Any, admin: Person) -> None:
    async with caching(SCRIPT + THEN) as tutor:
        await tutor.ask("How much work do 10 newtons over 2 metres?")
        other = await tutor.ask("How much work do 10 newtons over 3 metres?")
        response = await tutor.http.get("/admin/cache", headers=admin.headers)

    assert not is_cached(other)
    assert other.text == OTHER
    statistics = response.json()
    assert statistics["rejected"] == 1
    assert statistics["misses"] == statistics["fills"] == 2


async def test_a_changed_corpus_never_yields_an_old_answer(
    caching: Any, chat_adapters: Adapters, course: TaughtCourse
) -> None:
    async with caching(SCRIPT + THEN) as tutor:
        await tutor.ask("What is work?")
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            statement = "UPDATE courses SET corpus_revision = corpus_revision + 1 WHERE id = :id"
            await session.execute(text(statement), {"id": course.id})
        same = await tutor.ask("What is work?")
        alike = await tutor.ask("So what exactly is work?", model="gpt")

    assert not is_cached(same)
    assert same.text == OTHER
    assert alike.text != WORK


async def test_an_answer_from_a_corpus_that_changed_meanwhile_is_not_kept(
    caching: Any, chat_adapters: Adapters, course: TaughtCourse, cache: Redis
) -> None:
    async with caching([spoken(WORK)]) as tutor, tutor.streaming("What is work?") as events:
        async for event in events:
            if event.name == "sources":
                async with chat_adapters.database.transaction(MAINTENANCE) as session:
                    statement = "UPDATE courses SET corpus_revision = corpus_revision + 1"
                    await session.execute(text(statement))

    assert await cache.keys("neuroshiksha:answers:answer:*") == []


async def test_later_turns_and_personal_questions_are_not_shared(caching: Any) -> None:
    async with caching([[WORK], [WORK], [WORK], [OTHER]]) as tutor:
        first = await tutor.ask("What is the unit of work?")
        conversation = first.data("start")["conversation_id"]
        second = await tutor.ask("What is the unit of work?", conversation_id=conversation)
        mine = await tutor.ask("Is my answer about work right?")
        mine_again = await tutor.ask("Is my answer about work right?")

    assert not any(map(is_cached, [first, second, mine, mine_again]))


async def test_identical_questions_at_once_ask_the_model_once(caching: Any) -> None:
    async with caching([spoken(WORK), [OTHER]]) as tutor:
        answers = await asyncio.gather(*(tutor.ask("What is work?") for _ in range(4)))

    assert sorted(map(is_cached, answers)) == [False, True, True, True]
    assert {answer.text.strip() for answer in answers} == {WORK}


async def test_what_is_marked_in_an_answer_is_marked_where_it_is_told_again(caching: Any) -> None:
    async with caching([[f"{WORK} I like trains."], [OTHER]]) as tutor:
        first = await tutor.ask("What is the unit of work?")
        again = await tutor.ask("What is the unit of work?")
        late = await tutor.listen(again.message_id)

    assert is_cached(again)
    assert first.data("notice")["code"] == "low_support"
    assert first.data("notice") == again.data("notice") == late.data("notice")
    assert again.events == late.events


async def test_a_weak_answer_is_repeated_to_its_own_question_only(caching: Any) -> None:
    async with caching([["I like trains."], [OTHER]]) as tutor:
        await tutor.ask("What is the unit of work?")
        same = await tutor.ask("What is the unit of work?")
        alike = await tutor.ask("What's the unit of work?")

    assert is_cached(same)
    assert not is_cached(alike)


async def test_without_redis_answers_are_made_and_nothing_waits_long(
    caching: Any, caplog: pytest.LogCaptureFixture
) -> None:
    dead = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=2)
    async with caching([[WORK], [OTHER]], redis_cache=dead) as tutor:
        answers = [await tutor.ask("What is work?") for _ in range(2)]
    await dead.aclose()

    assert [answer.text for answer in answers] == [WORK, OTHER]
    warnings = [text for text in caplog.messages if text.startswith("The answer cache is left")]
    assert len(warnings) == 1


@pytest.mark.parametrize("by", ["course", "tag", "all"])
async def test_purged_answers_are_made_anew(
    caching: Any, admin: Person, course: TaughtCourse, by: str
) -> None:
    named = {"course": {"course": course.slug}, "tag": {"tag": "model:tutor"}, "all": {}}[by]
    async with caching(SCRIPT + THEN) as tutor:
        await tutor.ask("What is work?")
        path = "/admin/cache/purge"
        response = await tutor.http.post(path, json=named, headers=admin.headers)
        refused = await tutor.http.post(path, json=named)
        anew = await tutor.ask("What is work?")

    assert response.json() == {"answers": 1}
    assert refused.status_code == 403
    assert not is_cached(anew)


async def test_the_oldest_questions_of_a_course_leave(
    chat_adapters: Adapters, caching: Any, course: TaughtCourse
) -> None:
    chat_adapters = replace(chat_adapters)
    async with caching([[WORK], [WORK], [WORK]]) as tutor:
        tutor.app.state.services.answer_cache._limits = replace(
            tutor.app.state.services.answer_cache._limits, questions=2
        )
        for question in ("What is work?", "What is power?", "What does friction do?"):
            await tutor.ask(question)
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            rows = await session.scalars(
                text("SELECT question FROM cached_questions WHERE course_id = :id ORDER BY id"),
                {"id": UUID(str(course.id))},
            )

    assert rows.all() == ["What is power?", "What does friction do?"]
