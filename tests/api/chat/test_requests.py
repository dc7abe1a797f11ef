"""What may be asked, by whom, and what is remembered of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ai.chat.grounded import GroundedChatModel
from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from models import Message
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Tutoring
from tests.support.service import People
from tests.support.statements import recorded_round_trips, recorded_statements

pytestmark = pytest.mark.server


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "message"),
        ({"message": ""}, 422, "message"),
        ({"message": "  \n"}, 422, "message"),
        ({"message": "x" * 8_001}, 422, "message"),
        ({"message": "x" * 100_000}, 413, None),
        ({"message": "a\u0000b"}, 422, "message"),
        ({"message": ["What?"]}, 422, "message"),
        ({"message": "What?", "mode": "sing"}, 422, "mode"),
        ({"message": "What?", "conversation_id": "12"}, 422, "conversation_id"),
        ({"message": "What?", "model": "m" * 300}, 422, "model"),
        ({"message": "What?", "tone": "kind"}, 422, "tone"),
        ({"message": "What?", "conversation_id": str(uuid4())}, 404, None),
    ],
)
async def test_bad_input_is_a_problem_that_names_the_field_and_saves_nothing(
    tutoring: Tutoring,
    chat_adapters: Adapters,
    body: dict[str, Any],
    status: int,
    field: str | None,
) -> None:
    async def count_messages() -> int | None:
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            return await session.scalar(select(func.count()).select_from(Message))

    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        before = await count_messages()
        response = await tutor.http.post(f"/courses/{tutor.course.slug}/chat", json=body)
        after = await count_messages()
        next_one = await tutor.ask("What is work?")

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    if field is not None:
        assert [error["field"] for error in response.json()["errors"]] == [field]
    assert before == after
    assert next_one.text == "Work."


async def test_the_limit_and_the_modes_are_named(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        path = f"/courses/{tutor.course.slug}/chat"
        long = await tutor.http.post(path, json={"message": "x" * 8_001})
        sung = await tutor.http.post(path, json={"message": "What?", "mode": "sing"})

    assert "8000" in long.json()["detail"]
    assert "explain" in sung.json()["detail"]


async def test_the_longest_question_is_answered(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        answer = await tutor.ask("é" * 8_000)

    assert answer.names[-1] == "done"


async def test_an_unknown_course_and_one_of_others_look_alike(
    tutoring: Tutoring, people: People
) -> None:
    stranger = await people.add("student")
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        unknown = await tutor.http.post("/courses/alchemy/chat", json={"message": "What?"})
        foreign = await tutor.http.post(
            f"/courses/{tutor.course.slug}/chat",
            json={"message": "What?"},
            headers=stranger.headers,
        )
        nobody = await tutor.http.post(
            f"/courses/{tutor.course.slug}/chat",
            json={"message": "What?"},
            headers={"Authorization": "Bearer nonsense"},
        )

    assert (unknown.status_code, foreign.status_code, nobody.status_code) == (404, 404, 401)
    assert unknown.json()["code"] == foreign.json()["code"] == "not_found"


async def test_messages_and_conversations_of_others_do_not_exist(
    tutoring: Tutoring, people: People
) -> None:
    other = await people.add("admin")
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        answer = await tutor.ask("What is work?")
        conversation = answer.data("start")["conversation_id"]
        statuses = [
            (await tutor.http.request(method, path, json=body, headers=other.headers)).status_code
            for method, path, body in (
                ("GET", f"/messages/{answer.message_id}", None),
                ("GET", f"/messages/{answer.message_id}/events", None),
                ("POST", f"/messages/{answer.message_id}/stop", None),
                ("GET", f"/conversations/{conversation}", None),
                ("PATCH", f"/conversations/{conversation}", {"title": "Mine"}),
                ("DELETE", f"/conversations/{conversation}", None),
                (
                    "POST",
                    f"/courses/{tutor.course.slug}/chat",
                    {"message": "What?", "conversation_id": conversation},
                ),
            )
        ]

    assert statuses == [404] * 7


async def test_a_follow_up_is_told_its_history_and_looked_up_with_it(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([["Power is the rate of work [1]."], ["The watt [1]."]])
    async with tutoring(model) as tutor:
        first = await tutor.ask("What is power?")
        conversation = first.data("start")["conversation_id"]
        second = await tutor.ask("And its unit?", conversation_id=conversation)

    assert second.data("start")["conversation_id"] == conversation
    assert [turn.content for turn in model.requests[1].history] == [
        "What is power?",
        "Power is the rate of work.",
    ]
    assert second.data("sources")["sources"][0]["document_title"] == "Power"
    assert "And its unit?" in model.requests[1].prompt.user


async def test_the_grounded_model_understands_a_follow_up(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        first = await tutor.ask("What is power?")
        conversation = first.data("start")["conversation_id"]
        second = await tutor.ask("What is its unit?", conversation_id=conversation)

    assert "watt" in second.text


async def test_conversations_are_listed_read_renamed_and_deleted(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        ids = [
            (await tutor.ask(f"What is work?\nNumber {n}")).data("start")["conversation_id"]
            for n in range(3)
        ]
        listed = await tutor.http.get(
            "/conversations", params={"course": tutor.course.slug, "size": 2}
        )
        cursor = listed.json()["next_cursor"]
        following = await tutor.http.get("/conversations", params={"cursor": cursor, "size": 2})
        renamed = await tutor.http.patch(f"/conversations/{ids[0]}", json={"title": " Joules "})
        read = await tutor.http.get(f"/conversations/{ids[0]}")
        deleted = await tutor.http.delete(f"/conversations/{ids[1]}")
        gone = await tutor.http.get(f"/conversations/{ids[1]}")
        left = await tutor.http.get("/conversations")

    assert [item["id"] for item in listed.json()["items"]] == [ids[2], ids[1]]
    assert listed.json()["items"][0]["title"] == "What is work? Number 2"
    assert [item["id"] for item in following.json()["items"]] == [ids[0]]
    assert renamed.json()["title"] == read.json()["title"] == "Joules"
    assert [message["role"] for message in read.json()["messages"]] == ["user", "assistant"]
    assert (deleted.status_code, gone.status_code) == (204, 404)
    assert {item["id"] for item in left.json()["items"]} == {ids[0], ids[2]}


async def test_a_chat_takes_few_round_trips(tutoring: Tutoring, chat_adapters: Adapters) -> None:
    """Accept and find: begin, one statement, commit each. Save: one statement between a session's.

    The driver logs of a session its begin and commit only. Looks at leases, budgets and prompts
    run beside the chats by the clock; they only ever add, so that the fewest count.
    """
    round_trips, saves = [], []
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        await tutor.ask("What is work?")
        for _ in range(8):
            database = chat_adapters.database
            with recorded_round_trips(database) as sent, recorded_statements(database) as session:
                await tutor.ask("What is work?")
            round_trips.append([" ".join(sql.split())[:60] for sql in sent])
            texts = [" ".join(statement.text.split()) for statement in session.statements]
            saves.append(sum("UPDATE messages SET status" in text for text in texts))

    assert min(map(len, round_trips)) == 8, round_trips
    assert saves == [1] * 8


async def test_an_answer_that_an_earlier_version_left_is_told_anew(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        answer = await tutor.ask("What is work?")
    await chat_adapters.redis.flushdb()
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        message = await session.get(Message, answer.message_id)
        assert message is not None
        message.status, message.content, message.delta_ends = "streaming", "", []
        message.epoch, message.lease_until, message.question_id = 0, None, None
        message.created_at -= timedelta(minutes=6)
        question = await session.scalar(
            select(Message).where(
                Message.conversation_id == message.conversation_id, Message.role == "user"
            )
        )
        assert question is not None
        question.created_at -= timedelta(minutes=6)
    async with tutoring(ScriptedChatModel([["Told anew."]])) as tutor:
        heard = await tutor.listen(answer.message_id, f"{answer.message_id}-7")
        stored = await tutor.stored(answer.message_id)

    assert stored["status"] == "complete"
    assert heard.text == stored["content"] == "Told anew."
