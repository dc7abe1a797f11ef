"""What is believed of learners is traced from grades, said in words, and theirs to correct."""

from typing import Any

import httpx2
import pytest

from content.questions import Quiz
from pedagogy.mastery.knowledge_tracing import DEFAULT_PARAMETERS, for_question, traced
from tests.api.learning.conftest import QUESTIONS, RIGHT, WRONG, LearningCourse

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]


async def put_concepts(course: LearningCourse, *concepts: dict[str, Any]) -> httpx2.Response:
    return await course.http.put(
        f"/courses/{course.slug}/concepts",
        json={"concepts": concepts},
        headers=course.teacher.headers,
    )


async def concepts_of(course: LearningCourse) -> list[dict[str, Any]]:
    path = f"/courses/{course.slug}/concepts"
    found = await course.http.get(path, headers=course.learner.headers)
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def test_mastery_is_what_knowledge_tracing_gives(course: LearningCourse) -> None:
    await course.rules(shows_key="never")
    await course.attempted(RIGHT)
    await course.attempted(WRONG)
    choice = Quiz.model_validate({"title": "t", "questions": QUESTIONS}).questions[1]

    known = await course.known()

    expected = traced([1, 0], for_question(DEFAULT_PARAMETERS, choice))
    assert known["Acceleration"]["probability"] == pytest.approx(expected.probability, abs=1e-4)
    assert known["Acceleration"]["answer_count"] == 2
    assert known["Acceleration"]["uncertainty"] == pytest.approx(expected.uncertainty, abs=1e-3)


async def test_answers_after_the_key_was_shown_show_nothing(course: LearningCourse) -> None:
    await course.attempted(WRONG)
    before = await course.known()

    await course.attempted(RIGHT)

    assert await course.known() == before


async def test_progress_is_said_in_words(course: LearningCourse) -> None:
    await course.attempted(RIGHT)

    known = await course.known()

    assert known["Mass"]["explanation"].startswith("You ")
    assert "2 answers" in known["Mass"]["explanation"]
    assert known["Mass"]["level"] in {"nearly", "mastered"}


async def test_what_to_practise_comes_with_what_stands_in_the_way(course: LearningCourse) -> None:
    await put_concepts(
        course, {"name": "Mass"}, {"name": "Acceleration"},
        {"name": "Energy", "prerequisites": ["Mass", "Acceleration"]},
    )  # fmt: skip
    await course.attempted(WRONG)

    progress = await course.http.get("/users/me/progress", headers=course.learner.headers)

    following = progress.json()["courses"][0]["next_concepts"]
    assert [one["concept"] for one in following][-1] == "Energy"
    assert following[-1]["weak_prerequisites"] == ["Mass", "Acceleration"]


async def test_a_learner_corrects_what_is_believed_and_answers_move_on(
    course: LearningCourse,
) -> None:
    await course.rules(shows_key="never")
    await course.attempted(WRONG)
    concept = (await course.known())["Acceleration"]["concept_id"]
    path = f"/courses/{course.slug}/concepts/{concept}/mastery"

    claimed = await course.http.put(path, json={"probability": 0.9}, headers=course.learner.headers)
    await course.attempted(WRONG)
    after = (await course.known())["Acceleration"]

    assert (claimed.json()["probability"], claimed.json()["is_claimed"]) == (0.9, True)
    assert 0.3 < after["probability"] < 0.9


async def test_teachers_see_what_learners_see_and_no_mean_of_few(
    course: LearningCourse,
) -> None:
    await course.attempted(RIGHT)
    path = f"/courses/{course.slug}/progress"
    few = (await course.http.get(path, headers=course.teacher.headers)).json()
    for _ in range(4):
        person = await course.people.add("student")
        enrol = f"/courses/{course.slug}/enrollments/{person.id}"
        await course.http.put(enrol, headers=course.teacher.headers, json={"role": "learner"})
        await course.attempted(WRONG, who=person)
    many = (await course.http.get(path, headers=course.teacher.headers)).json()

    seen = {
        concept["concept"]: concept
        for learner in few["items"]
        if learner["learner_id"] == str(course.learner.id)
        for concept in learner["concepts"]
    }
    assert (few["total"], many["total"]) == (2, 6)
    assert seen == await course.known()
    assert {one["mean_probability"] for one in few["concepts"]} == {None}
    assert {one["learners"] for one in many["concepts"]} == {5}


async def test_learners_do_not_see_one_another(course: LearningCourse) -> None:
    path = f"/courses/{course.slug}/progress"

    assert (await course.http.get(path, headers=course.learner.headers)).status_code == 403


@pytest.mark.parametrize(
    ("concepts", "reason"),
    [
        (
            [{"name": "A", "prerequisites": ["B"]}, {"name": "B", "prerequisites": ["A"]}],
            "a -> b -> a",
        ),
        ([{"name": "A", "prerequisites": ["a"]}], "a -> a"),
        ([{"name": "A", "prerequisites": ["Unknown"]}], "'unknown' is no concept"),
        ([{"name": "Mass"}, {"name": "  MASS. "}], "twice"),
    ],
)
async def test_concepts_that_make_no_order_are_refused(
    course: LearningCourse, concepts: list[dict[str, Any]], reason: str
) -> None:
    refused = await put_concepts(course, *concepts)

    assert refused.status_code == 422
    assert reason in refused.json()["detail"]
    assert await concepts_of(course) == []


async def test_concepts_are_found_in_content_and_what_is_taken_out_stays_out(
    course: LearningCourse,
) -> None:
    path = f"/courses/{course.slug}/concepts/extract"
    found = await course.http.post(path, headers=course.teacher.headers)
    await put_concepts(course, {"name": "Mass"}, {"name": "Momentum"})

    again = await course.http.post(path, headers=course.teacher.headers)

    assert [one["name"] for one in found.json()["items"]] == ["Mass", "Acceleration", "Energy"]
    assert [one["name"] for one in again.json()["items"]] == ["Mass", "Momentum"]


async def test_editing_concepts_keeps_what_was_learned(course: LearningCourse) -> None:
    await course.attempted(RIGHT)
    before = await course.known()

    await put_concepts(course, {"name": "MASS"}, {"name": "Energy", "prerequisites": ["mass"]})
    after = await course.known()

    assert after["MASS"]["concept_id"] == before["Mass"]["concept_id"]
    assert after["MASS"]["probability"] == before["Mass"]["probability"]
    assert "Acceleration" not in after
