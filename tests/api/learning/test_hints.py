"""Hints climb a ladder that never gives the answer away, and solutions wait for their time."""

from typing import Any

import pytest
from uuid_utils.compat import uuid4

from tests.api.learning.conftest import QUESTIONS, RIGHT, WRONG, LearningCourse

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

SOURCE = {
    "document_id": str(uuid4()),
    "document_version": 1,
    "document_title": "Forces",
    "place": "page 3",
    "char_start": 0,
    "char_end": 70,
    "quote": "Mass is how much there is of a body. Gravity pulls differently on the Moon.",
}


async def ask(
    course: LearningCourse, wanted: str = "hint", question: str = "mass"
) -> dict[str, Any]:
    path = f"/quizzes/{course.quiz_id}/questions/{question}/hints"
    response = await course.http.post(path, json={"wanted": wanted}, headers=course.learner.headers)
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


async def test_hints_come_from_the_sources_without_the_answer(course: LearningCourse) -> None:
    await course.edit_quiz([QUESTIONS[0] | {"sources": [SOURCE]}, *QUESTIONS[1:]])

    told = [await ask(course) for _ in range(5)]

    assert [hint["level"] for hint in told] == [1, 2, 3, 4, 4]
    assert told[0]["text"] == "Look at “Forces”, page 3."
    assert told[1]["text"].startswith("Gravity pulls differently on the Moon.")
    assert not any("mass" in hint["text"].lower() for hint in told)
    assert [hint["key"] for hint in told] == [None] * 5


async def test_a_solution_waits_for_two_hints_and_an_answer(course: LearningCourse) -> None:
    early = await ask(course, "solution")
    await ask(course)
    await ask(course)
    hinted = await ask(course, "solution")
    await course.attempted({"mass": WRONG["mass"]})
    shown = await ask(course, "solution")

    assert early["text"] == "The solution waits for 2 more hints and 1 answer of your own."
    assert hinted["text"] == "The solution waits for 1 answer of your own."
    assert (early["key"], hinted["key"]) == (None, None)
    assert shown["move"] == "show_solution"
    assert shown["key"]["choices"][0]["is_right"]


async def test_a_solved_question_has_no_secret(course: LearningCourse) -> None:
    await course.attempted(RIGHT)

    assert (await ask(course))["move"] == "show_solution"


async def test_an_answer_after_the_solution_teaches_nothing_about_the_learner(
    course: LearningCourse,
) -> None:
    await course.attempted({"mass": WRONG["mass"]})
    for _ in range(2):
        await ask(course)
    await ask(course, "solution")
    before = await course.known()
    await course.rules(shows_key="never")

    await course.attempted({"mass": RIGHT["mass"], "fall": RIGHT["fall"]})
    after = await course.known()

    assert after["Mass"] == before["Mass"]
    assert after["Acceleration"]["answer_count"] == 1


async def test_a_quiz_that_keeps_its_key_back_gives_no_hints(course: LearningCourse) -> None:
    await course.rules(shows_key="never")
    path = f"/quizzes/{course.quiz_id}/questions/mass/hints"

    refused = await course.http.post(path, json={}, headers=course.learner.headers)

    assert refused.status_code == 409


async def test_a_question_that_is_not_there_has_no_hints(course: LearningCourse) -> None:
    path = f"/quizzes/{course.quiz_id}/questions/other/hints"

    refused = await course.http.post(path, json={}, headers=course.learner.headers)

    assert refused.status_code == 404


async def test_every_learner_climbs_alone(course: LearningCourse) -> None:
    await ask(course)
    path = f"/quizzes/{course.quiz_id}/questions/mass/hints"

    first = await course.http.post(path, json={}, headers=course.other.headers)

    assert first.json()["level"] == 1
