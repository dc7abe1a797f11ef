"""A learner goes through a whole course by the API alone, from the first lesson to the last row."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from ai.embedding.onnx import OnnxEmbedder
from bootstrap.adapters import Adapters
from bootstrap.notifications import build_telling
from bootstrap.settings import Settings
from services.learning.projecting import EventProjector
from storage.database import MAINTENANCE, Database
from tests.api.learning.course_of_motion import CourseOfMotion, taught_course
from tests.support.learning_log import settled
from tests.support.material import session_encoder
from tests.support.service import People

__all__ = ["session_encoder"]

pytestmark = pytest.mark.server

READ_MODELS = (
    "learning_days",
    "learner_standings",
    "learner_items",
    "learner_concepts",
    "mastery_days",
)
PENDULUM = "What does the period of a pendulum depend on?"
ANSWER = "length"
WRONG = {
    "mass": {"kind": "choice", "chosen": ["b"]},
    "fall": {"kind": "written", "text": "3 m/s"},
    "energy": {"kind": "gaps", "gaps": {"kind": "potential"}},
    "order": {"kind": "order", "items": ["light", "horse", "snail"]},
}
RIGHT = {
    "mass": {"kind": "choice", "chosen": ["a"]},
    "fall": {"kind": "written", "text": "35.3 km/h"},
    "energy": {"kind": "gaps", "gaps": {"kind": "Kinetic"}},
    "order": {"kind": "order", "items": ["snail", "horse", "light"]},
}
KNOWN = {"Mass": 0.6287, "Acceleration": 0.9902, "Energy": 0.9902, "Speed": 0.9902}
"""After one wrong and two right answers, by equations 1 to 4 of Corbett and Anderson with prior
1/4, learn 0.15, slip 0.1; guess 1/2 for two choices, 0.05 for what is typed."""


@pytest.fixture
def settings(settings: Settings, own_database_url: str) -> Settings:
    """Of a database of this module alone, whose read models are made anew."""
    return settings.model_copy(update={"database_url": SecretStr(own_database_url)})


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> OnnxEmbedder:
    return session_encoder


async def test_a_learner_goes_through_a_whole_course(
    adapters: Adapters, client: httpx2.AsyncClient, people: People
) -> None:
    course = await taught_course(adapters, client, people)
    await the_way_begins_with_the_lesson(course)
    await the_lesson_is_read_and_asked_about(course)
    await a_problem_is_solved_by_hints(course)
    await work_is_checked_against_the_course(course)
    await the_video_is_watched(course)
    await the_quiz_is_tried_and_passed(course)
    await cards_are_reviewed_as_they_fall_due(course)
    await a_goal_is_chosen(course)
    await read_models_follow(course)
    await knowledge_is_told_to_learner_and_teacher(course)
    await the_certificate_is_given_and_checked(course)
    await notices_have_come(course)
    await the_read_models_made_anew_are_the_same(adapters.database)


async def the_way_begins_with_the_lesson(course: CourseOfMotion) -> None:
    way = await course.learner.got("GET", f"{course.path}/path")

    assert [item["id"] for item in way["items"]] == [course.lesson, course.video, course.quiz]
    assert (way["next"]["why"], way["next"]["item"]["id"]) == ("in_order", course.lesson)
    assert [one["is_met"] for one in way["certificate"]["requirements"]] == [False] * 3
    assert await course.learner.refused("POST", f"{course.path}/certificate") == "wrong_state"


async def the_lesson_is_read_and_asked_about(course: CourseOfMotion) -> None:
    shown = await course.learner.got("GET", f"/lessons/{course.lesson}")
    body = {"share": 1, "seconds": 150}
    read = await course.learner.got("POST", f"/lessons/{course.lesson}/readings", body)
    told = await asked(course, "What is power?", mode="explain")

    assert "fall alike" in str(shown)
    assert read["finished_at"] is not None
    assert "rate at which work is done" in told["content"]
    assert told["citations"]


async def a_problem_is_solved_by_hints(course: CourseOfMotion) -> None:
    first = await asked(course, PENDULUM, mode="hints")
    early = await asked(course, "Just tell me", first)
    second = await asked(course, "Another hint", first)
    shown = await asked(course, "Show me the solution", first)

    assert early["content"] == "The solution waits for 1 more hint."
    assert not any(ANSWER in told["content"] for told in (first, early, second))
    assert ANSWER in shown["content"]


async def work_is_checked_against_the_course(course: CourseOfMotion) -> None:
    work = "Power is the rate at which work is done.\nPower is a fruit that grows on trees."
    told = await asked(course, work, mode="check_my_work")

    borne_out, other = told["content"].splitlines()[-2:]
    assert "the course says so" in borne_out
    assert "I do not find this in the course" in other


async def the_video_is_watched(course: CourseOfMotion) -> None:
    for start, end in ((0, 40), (30, 95)):
        body = {"from_seconds": start, "to_seconds": end, "duration_seconds": 100}
        seen = await course.learner.got("POST", f"/videos/{course.video}/watchings", body)

    assert (seen["share"], seen["seconds"]) == (0.95, 105)
    assert seen["finished_at"] is not None


async def the_quiz_is_tried_and_passed(course: CourseOfMotion) -> None:
    path = f"/quizzes/{course.quiz}/attempts"
    wrong = await course.learner.got("POST", path, {"answers": WRONG})
    way = await course.learner.got("GET", f"{course.path}/path")
    right = [await course.learner.got("POST", path, {"answers": RIGHT}) for _ in range(2)]

    feedback = {grade["question_id"]: grade["feedback"] for grade in wrong["grades"]}
    assert (wrong["score"], wrong["maximum"]) == (0, 10)
    assert feedback["mass"] == ["Weight depends on where you are."]
    assert all(grade["key"] is None for grade in wrong["grades"])
    assert (way["next"]["why"], way["next"]["item"]["id"]) == ("tried", course.quiz)
    assert [one["score"] for one in right] == [10, 10]


async def cards_are_reviewed_as_they_fall_due(course: CourseOfMotion) -> None:
    query = {"course": course.path.removeprefix("/courses/")}
    new = await course.learner.got("GET", "/cards/due", **query)
    first, second = (card["id"] for card in new["items"])
    long_ago = datetime.now(UTC) - timedelta(days=60)
    await reviewed(course, first, "easy", reviewed_at=long_ago.isoformat())
    due = await course.learner.got("GET", "/cards/due", **query)
    way = await course.learner.got("GET", f"{course.path}/path")
    await reviewed(course, first, "good")
    await reviewed(course, second, "easy")
    left = await course.learner.got("GET", "/cards/due", **query)

    assert (new["due_count"], new["new_count"]) == (0, 2)
    assert (due["due_count"], due["items"][0]["id"]) == (1, first)
    assert (way["due_cards"], way["next"]["why"]) == (1, "due")
    assert (left["due_count"], left["new_count"], left["items"]) == (0, 0, [])


async def a_goal_is_chosen(course: CourseOfMotion) -> None:
    goal = {"unit": "items", "per_week": 15}
    assert (await course.learner.got("PUT", "/users/me/goal", goal))["goal"] == goal


async def read_models_follow(course: CourseOfMotion) -> None:
    await projected(course.adapters.database)
    habits = await course.learner.got("GET", "/users/me/habits")
    way = await course.learner.got("GET", f"{course.path}/path")

    assert habits["week"] == {"minutes": 4, "items": 16, "days": 1}
    assert (habits["streak"]["days"], habits["streak"]["is_today_done"]) == (1, True)
    assert (way["done"], way["due_cards"], way["next"]["why"]) == (3, 0, "all_done")


async def knowledge_is_told_to_learner_and_teacher(course: CourseOfMotion) -> None:
    own = await course.learner.got("GET", "/users/me/progress")
    seen = await course.teacher.got("GET", f"{course.path}/progress")
    cockpit = await course.teacher.got("GET", f"{course.path}/activity")
    history = await course.learner.got("GET", f"{course.path}/history")

    assert known(own["courses"][0]) == known(seen["items"][0]) == KNOWN
    assert own["courses"][0]["mastered"] == seen["items"][0]["mastered"] == 3
    assert last_points(history) == KNOWN
    (standing,) = cockpit["items"]
    assert standing["learner_id"] == str(course.learner.person.id)
    assert standing["activity"] == {
        "asked": 6,
        "attempts": 3,
        "answers": 12,
        "mean_share": pytest.approx(2 / 3, abs=0.001),
        "hints": 0,
        "solutions": 0,
        "reviews": 3,
        "recalled": 3,
        "lessons_read": 1,
        "videos_watched": 1,
        "minutes": 4,
    }


async def the_certificate_is_given_and_checked(course: CourseOfMotion) -> None:
    given = await course.learner.got("POST", f"{course.path}/certificate")
    file = await course.learner.ask("GET", f"{course.path}/certificate/file")
    checked = await course.learner.http.get(f"/certificates/{given['code']}")

    assert file.content.startswith(b"%PDF")
    assert (checked.json()["is_valid"], checked.json()["learner"]) == (True, "Student")


async def notices_have_come(course: CourseOfMotion) -> None:
    telling = build_telling(course.adapters.database, course.adapters.settings)
    while await telling.events.tell_waiting():
        pass
    await telling.close()
    notices = (await course.learner.got("GET", "/users/me/notifications"))["items"]

    told = {(one["kind"], one["payload"].get("title")) for one in notices}
    titles = ("Motion", "Units", "A fall in slow motion")
    assert told >= {("content.published", title) for title in titles}


async def the_read_models_made_anew_are_the_same(database: Database) -> None:
    await projected(database)
    before = await rows(database)
    await EventProjector(database, ZoneInfo("UTC")).rebuild()

    assert all(before.values())
    assert await rows(database) == before


async def asked(
    course: CourseOfMotion, message: str, after: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """The tutor's answer, in the conversation of an earlier one where that is given."""
    body = {"message": message, **more}
    if after is not None:
        body["conversation_id"] = after["conversation_id"]
    answer: dict[str, Any] = await course.learner.got("POST", f"{course.path}/chat", body)
    return answer


async def reviewed(course: CourseOfMotion, card: str, recall: str, **more: Any) -> None:
    await course.learner.got("POST", f"/cards/{card}/reviews", {"recall": recall, **more})


def known(progress: dict[str, Any]) -> dict[str, float]:
    """What is believed of a learner, by concept."""
    return {one["concept"]: round(one["probability"], 4) for one in progress["concepts"]}


def last_points(history: dict[str, Any]) -> dict[str, float]:
    """What was believed at the end of the last day, by concept."""
    items = history["items"]
    return {one["concept"]: round(one["points"][-1]["probability"], 4) for one in items}


async def projected(database: Database) -> None:
    await settled(database)
    await EventProjector(database, ZoneInfo("UTC")).project()


async def rows(database: Database) -> dict[str, list[str]]:
    """Every row of every read model."""
    found = {}
    async with database.transaction(MAINTENANCE) as session:
        for table in READ_MODELS:
            statement = text(f"SELECT row_to_json(kept)::text FROM {table} AS kept ORDER BY 1")
            found[table] = list(await session.scalars(statement))
    return found
