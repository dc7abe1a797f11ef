"""What learners say of their answers, and what teachers learn of it."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import insert

from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from models import Enrollment
from storage.database import MAINTENANCE
from tests.api.chat.conftest import TaughtCourse, Tutor, Tutoring
from tests.support.service import People, Person

pytestmark = pytest.mark.server


@pytest.fixture
async def course_teacher(people: People, course: TaughtCourse, chat_adapters: Adapters) -> Person:
    teacher = await people.add("teacher")
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(
            insert(Enrollment).values(course_id=course.id, user_id=teacher.id, role="teacher")
        )
    return teacher


async def rate(tutor: Tutor, message_id: str, **body: Any) -> httpx2.Response:
    return await tutor.http.put(f"/messages/{message_id}/feedback", json=body)


async def list_feedback(tutor: Tutor, teacher: Person, **params: Any) -> dict[str, Any]:
    path = f"/courses/{tutor.course.slug}/feedback"
    response = await tutor.http.get(path, params=params, headers=teacher.headers)
    assert response.status_code == 200, response.text
    listed: dict[str, Any] = response.json()
    return listed


async def test_a_rating_stands_with_its_answer_until_it_is_taken_back(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        answer = await tutor.ask("What is work?")
        given = await rate(
            tutor,
            answer.message_id,
            rating="down",
            reasons=["unclear", "other", "unclear"],
            comment=" Which work? ",
        )
        rated = await tutor.stored(answer.message_id)
        path = f"/conversations/{rated['conversation_id']}"
        question, in_conversation = (await tutor.http.get(path)).json()["messages"]
        taken = [
            (await tutor.http.delete(f"/messages/{answer.message_id}/feedback")).status_code
            for _ in range(2)
        ]
        unrated = await tutor.stored(answer.message_id)

    assert given.status_code == 200, given.text
    assert given.json() == rated["feedback"] == in_conversation["feedback"]
    assert given.json()["reasons"] == ["unclear", "other"]
    assert given.json()["comment"] == "Which work?"
    assert question["feedback"] is None
    assert taken == [204, 204]
    assert unrated["feedback"] is None


async def test_a_second_rating_replaces_the_first(
    tutoring: Tutoring, course_teacher: Person
) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        answer = await tutor.ask("What is work?")
        await rate(tutor, answer.message_id, rating="down", reasons=["wrong"])
        await rate(tutor, answer.message_id, rating="up")
        rated = await tutor.stored(answer.message_id)
        listed = await list_feedback(tutor, course_teacher)

    assert (rated["feedback"]["rating"], rated["feedback"]["reasons"]) == ("up", [])
    ratings = [item["rating"] for item in listed["items"] if item["message_id"] == rated["id"]]
    assert ratings == ["up"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "rating"),
        ({"rating": "sideways"}, "rating"),
        ({"rating": "down", "reasons": ["ugly"]}, "reasons.0"),
        ({"rating": "down", "comment": "x" * 2_001}, "comment"),
        ({"rating": "down", "comment": "a\u0000b"}, "comment"),
        ({"rating": "down", "stars": 1}, "stars"),
    ],
)
async def test_a_bad_rating_is_a_problem_that_names_the_field(
    tutoring: Tutoring, body: dict[str, Any], field: str
) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        answer = await tutor.ask("What is work?")
        response = await rate(tutor, answer.message_id, **body)
        unrated = await tutor.stored(answer.message_id)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert unrated["feedback"] is None


async def test_only_finished_answers_of_ones_own_are_rated(
    tutoring: Tutoring, people: People
) -> None:
    other = await people.add("admin")
    async with tutoring(ScriptedChatModel([["Work.", 30.0, " More."]])) as tutor:
        async with tutor.streaming("What is work?") as events:
            start = await anext(events)
            message_id = start.data["message_id"]
            unfinished = await rate(tutor, message_id, rating="up")
            await tutor.http.post(f"/messages/{message_id}/stop")
        path = f"/conversations/{start.data['conversation_id']}"
        question, _ = (await tutor.http.get(path)).json()["messages"]
        of_question = await rate(tutor, question["id"], rating="up")
        unknown = await rate(tutor, str(uuid4()), rating="up")
        foreign = await tutor.http.put(
            f"/messages/{message_id}/feedback", json={"rating": "up"}, headers=other.headers
        )
        finished = await rate(tutor, message_id, rating="up")

    assert (unfinished.status_code, unfinished.json()["code"]) == (409, "wrong_state")
    assert [r.status_code for r in (of_question, unknown, foreign)] == [404] * 3
    assert finished.status_code == 200


async def test_teachers_read_ratings_newest_first_and_without_names(
    tutoring: Tutoring, course_teacher: Person, learner: Person
) -> None:
    async with tutoring(ScriptedChatModel([["Work."], ["Power."], ["Heat."]])) as tutor:
        ids = [
            (await tutor.ask(f"What is {noun}?")).message_id for noun in ("work", "power", "heat")
        ]
        for message_id, rating in zip(ids, ("down", "up", "down"), strict=True):
            await rate(tutor, message_id, rating=rating, comment="So.")
        first = await list_feedback(tutor, course_teacher, size=2)
        second = await list_feedback(tutor, course_teacher, size=1, cursor=first["next_cursor"])
        bad = await list_feedback(tutor, course_teacher, rating="down", size=2)

    def ids_of(items: Sequence[dict[str, Any]]) -> list[str]:
        return [item["message_id"] for item in items]

    assert ids_of(first["items"]) == [ids[2], ids[1]]
    assert ids_of(second["items"]) == [ids[0]]
    assert ids_of(bad["items"]) == [ids[2], ids[0]]
    assert first["items"][0] | {"updated_at": None} == {
        "message_id": ids[2],
        "question": "What is heat?",
        "answer": "Heat.",
        "rating": "down",
        "reasons": [],
        "comment": "So.",
        "model": first["items"][0]["model"],
        "prompt": first["items"][0]["prompt"],
        "groundedness": first["items"][0]["groundedness"],
        "updated_at": None,
    }
    assert str(learner.id) not in str(first)


async def test_learners_and_strangers_do_not_read_the_ratings_of_a_course(
    tutoring: Tutoring, people: People
) -> None:
    stranger = await people.add("teacher")
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        path = f"/courses/{tutor.course.slug}/feedback"
        as_learner = await tutor.http.get(path)
        as_stranger = await tutor.http.get(path, headers=stranger.headers)

    assert (as_learner.status_code, as_stranger.status_code) == (403, 404)


async def test_ratings_of_a_deleted_conversation_are_not_listed(
    tutoring: Tutoring, course_teacher: Person
) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        answer = await tutor.ask("What is work?")
        await rate(tutor, answer.message_id, rating="down")
        before = await list_feedback(tutor, course_teacher)
        conversation = answer.data("start")["conversation_id"]
        await tutor.http.delete(f"/conversations/{conversation}")
        after = await list_feedback(tutor, course_teacher)

    assert answer.message_id in {item["message_id"] for item in before["items"]}
    assert answer.message_id not in {item["message_id"] for item in after["items"]}
