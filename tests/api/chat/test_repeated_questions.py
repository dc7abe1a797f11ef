"""A question sent again under its Idempotency-Key: asked once, answered the same each time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid4

from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from models import Course, Enrollment
from services.answering.keeper import AnswerKeeper
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Answered, Tutor, Tutoring, spoken
from tests.support.event_source import received_events
from tests.support.service import People, Person

pytestmark = pytest.mark.server

SAID = "Work is the product of force and displacement [1]."


def a_key() -> str:
    return uuid4().hex


@asynccontextmanager
async def streaming(
    tutor: Tutor, key: str, message: str = "What is work?", **fields: Any
) -> AsyncIterator[Any]:
    path = f"/courses/{tutor.course.slug}/chat"
    headers = {"Idempotency-Key": key}
    body = {"message": message, **fields}
    async with tutor.http.stream("POST", path, json=body, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        yield received_events(response)


async def ask(tutor: Tutor, key: str, message: str = "What is work?", **fields: Any) -> Answered:
    async with streaming(tutor, key, message, **fields) as events:
        return Answered([event async for event in events])


async def post(
    tutor: Tutor, key: str, message: str = "What is work?", **extra: Any
) -> httpx2.Response:
    headers = {"Accept": "application/json", "Idempotency-Key": key, **extra.pop("headers", {})}
    path = f"/courses/{extra.pop('course', tutor.course.slug)}/chat"
    return await tutor.http.post(path, json={"message": message, **extra}, headers=headers)


async def count_questions(adapters: Adapters, learner: Person) -> int:
    statement = text(
        "SELECT count(*) FROM messages JOIN conversations ON conversations.id = conversation_id"
        " WHERE user_id = :user AND messages.role = 'user'"
    )
    async with adapters.database.transaction(MAINTENANCE) as session:
        counted: int = await session.scalar(statement, {"user": learner.id})
    return counted


async def test_the_same_question_under_the_same_key_is_the_same_object_and_one_call(
    tutoring: Tutoring, chat_adapters: Adapters, learner: Person
) -> None:
    model, key = ScriptedChatModel([[SAID], ["something else"]]), a_key()
    async with tutoring(model) as tutor:
        first = await post(tutor, key)
        again = await post(tutor, key)
        by_id = await post(tutor, key, course=str(tutor.course.id).upper())

    assert first.status_code == 200
    assert first.json() == again.json() == by_id.json()
    assert first.json()["content"] == SAID
    assert len(model.requests) == 1
    assert await count_questions(chat_adapters, learner) == 1


async def test_a_second_stream_tells_the_same_events_from_the_first_while_it_is_live(
    tutoring: Tutoring,
) -> None:
    model, key = ScriptedChatModel([spoken(SAID, pause_seconds=0.05)]), a_key()
    async with tutoring(model) as tutor, streaming(tutor, key) as events:
        seen = [await anext(events) for _ in range(4)]
        second = asyncio.create_task(ask(tutor, key))
        seen += [event async for event in events]
        live = await second
        stored = await ask(tutor, key)

    assert live.events == stored.events == seen
    assert seen[0].id.endswith("-1")
    assert len(model.requests) == 1


async def test_a_row_from_an_earlier_process_tells_the_same_events(tutoring: Tutoring) -> None:
    key, never = a_key(), ScriptedChatModel([["never asked"]])
    async with tutoring(ScriptedChatModel([spoken(SAID)])) as tutor:
        told = await ask(tutor, key)
    async with tutoring(never) as tutor:
        again = await ask(tutor, key)
        whole = await post(tutor, key)

    assert again.events == told.events
    assert whole.json()["content"] == told.text
    assert never.requests == []


async def test_both_at_the_same_instant_are_one_question(
    tutoring: Tutoring, chat_adapters: Adapters, learner: Person
) -> None:
    model, key = ScriptedChatModel([spoken(SAID)]), a_key()
    async with tutoring(model) as tutor:
        answers = await asyncio.gather(*(ask(tutor, key) for _ in range(8)))

    assert all(answer.events == answers[0].events for answer in answers)
    assert len(model.requests) == 1
    assert await count_questions(chat_adapters, learner) == 1


async def test_both_at_the_same_instant_on_two_replicas_are_one_question(
    tutoring: Tutoring, chat_adapters: Adapters, learner: Person
) -> None:
    models = [ScriptedChatModel([spoken(SAID)]) for _ in range(2)]
    keys = [a_key() for _ in range(3)]
    async with tutoring(models[0]) as one, tutoring(models[1]) as other:
        for key in keys:
            here, there = await asyncio.gather(ask(one, key), ask(other, key))
            assert here.events == there.events
            assert here.names[-1] == "done"

    assert len(models[0].requests) + len(models[1].requests) == len(keys)
    assert await count_questions(chat_adapters, learner) == len(keys)


async def test_another_question_under_the_key_is_refused(
    tutoring: Tutoring, chat_adapters: Adapters, learner: Person
) -> None:
    other = Course(id=UUID(int=uuid4().int), slug=f"other-{a_key()}", title="Other")
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        session.add(other)
        await session.flush()
        session.add(Enrollment(course_id=other.id, user_id=learner.id))
    model, key = ScriptedChatModel([[SAID]]), a_key()
    async with tutoring(model) as tutor:
        first = await post(tutor, key)
        conversation = first.json()["conversation_id"]
        refused = [
            await post(tutor, key, "What is power?"),
            await post(tutor, key, model="another"),
            await post(tutor, key, conversation_id=conversation),
            await post(tutor, key, course=other.slug),
        ]

    assert [response.status_code for response in refused] == [409] * 4
    assert {response.json()["code"] for response in refused} == {"idempotency_key_reused"}
    assert len(model.requests) == 1


async def test_a_key_is_its_owners_alone(
    tutoring: Tutoring, chat_adapters: Adapters, people: People
) -> None:
    other = await people.add("student")
    model, key = ScriptedChatModel([[SAID]]), a_key()
    async with tutoring(model) as tutor:
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            session.add(Enrollment(course_id=tutor.course.id, user_id=other.id))
        mine = await post(tutor, key)
        theirs = await post(tutor, key, headers=other.headers)

    assert theirs.status_code == 200
    assert mine.json()["message_id"] != theirs.json()["message_id"]


async def test_a_refused_question_keeps_no_key(tutoring: Tutoring) -> None:
    key = a_key()
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        refused = await post(tutor, key, conversation_id=str(uuid4()))
        unknown = await post(tutor, key, course="alchemy")
        asked = await post(tutor, key)

    assert (refused.status_code, unknown.status_code, asked.status_code) == (404, 404, 200)


async def test_a_turn_sent_twice_stands_in_its_conversation_once(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        conversation = (await ask(tutor, a_key())).data("start")["conversation_id"]
        key = a_key()
        for _ in range(2):
            await ask(tutor, key, "And its unit?", conversation_id=conversation)
        read = await tutor.http.get(f"/conversations/{conversation}")

    assert [message["role"] for message in read.json()["messages"]] == ["user", "assistant"] * 2


async def test_after_a_day_the_key_is_new_and_the_old_one_is_cleared_away(
    tutoring: Tutoring, chat_adapters: Adapters, learner: Person
) -> None:
    async def age() -> None:
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            statement = "UPDATE question_keys SET expires_at = now() WHERE user_id = :user"
            await session.execute(text(statement), {"user": learner.id})

    key = a_key()
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        first = await post(tutor, key)
        await age()
        second = await post(tutor, key, "What is power?")
        await age()
        keeper: AnswerKeeper = tutor.app.state.services.answering._keeper
        await keeper.clean()
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        statement = "SELECT count(*) FROM question_keys WHERE user_id = :user"
        left = await session.scalar(text(statement), {"user": learner.id})

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["message_id"] != second.json()["message_id"]
    assert left == 0


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_key_of_an_impossible_length_is_named(tutoring: Tutoring, key: str) -> None:
    async with tutoring(ScriptedChatModel([["never asked"]])) as tutor:
        response = await post(tutor, key)

    assert response.status_code == 422
    assert "dempotency" in response.json()["errors"][0]["field"]
