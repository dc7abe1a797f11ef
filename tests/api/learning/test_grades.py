"""Grades are set anew by those who teach, appealed against by learners, and kept in a record."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from storage.database import MAINTENANCE
from tests.api.learning.conftest import QUESTIONS, RIGHT, WRONG, LearningCourse
from tests.support.service import Person

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

RECORD = text("""
SELECT revision, score, judged_by FROM question_grades
WHERE attempt_id = :attempt AND question_id = 'fall' ORDER BY revision
""")


async def set_grade(course: LearningCourse, attempt: str, **body: Any) -> httpx2.Response:
    path = f"/attempts/{attempt}/grades/fall"
    return await course.http.put(path, json=body, headers=course.teacher.headers)


async def appeal(
    course: LearningCourse, attempt: str, who: Person | None = None
) -> httpx2.Response:
    body = {"question_id": "fall", "message": "It is the same in other units."}
    headers = (who or course.learner).headers
    return await course.http.post(f"/attempts/{attempt}/appeals", json=body, headers=headers)


async def test_a_grade_set_by_a_teacher_moves_score_and_mastery(course: LearningCourse) -> None:
    attempt = await course.attempted(WRONG)
    before = await course.known()

    response = await set_grade(course, attempt["id"], score=2, reason="The working is right.")
    after = await course.known()

    grade = next(g for g in response.json()["grades"] if g["question_id"] == "fall")
    assert (response.json()["score"], grade["judged_by"], grade["revision"]) == (2, "teacher", 2)
    assert grade["reason"] == "The working is right."
    assert after["Acceleration"]["probability"] > before["Acceleration"]["probability"]
    assert after["Mass"] == before["Mass"]


async def test_earlier_grades_stay_in_the_record_and_the_audit_trail_says_who(
    course: LearningCourse,
) -> None:
    attempt = await course.attempted(WRONG)
    await set_grade(course, attempt["id"], score=1, reason="Half.")

    async with course.database.transaction(MAINTENANCE) as session:
        record = (await session.execute(RECORD, {"attempt": attempt["id"]})).all()
        audited = await session.execute(
            text("SELECT actor_id, details FROM audit_events WHERE action = 'grade.set'"
                 " AND course_id = :course"),
            {"course": course.id},
        )  # fmt: skip
        ((actor_id, details),) = audited.all()

    assert [tuple(row) for row in record] == [(1, 0, "key"), (2, 1, "teacher")]
    assert str(actor_id) == str(course.teacher.id)
    assert details["reason"] == "Half."


async def test_a_grade_set_back_leaves_no_trace_in_mastery(course: LearningCourse) -> None:
    attempt = await course.attempted(WRONG)
    before = await course.known()

    await set_grade(course, attempt["id"], score=2, reason="By mistake.")
    await set_grade(course, attempt["id"], score=0, reason="Put right.")

    assert await course.known() == before


async def test_no_grade_is_above_what_the_question_is_worth(course: LearningCourse) -> None:
    attempt = await course.attempted(WRONG)

    refused = await set_grade(course, attempt["id"], score=3, reason="Generous.")

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "score"


async def test_learners_set_no_grades(course: LearningCourse) -> None:
    attempt = await course.attempted(WRONG)
    path = f"/attempts/{attempt['id']}/grades/fall"
    body = {"score": 2, "reason": "Mine."}

    own, foreign = [
        (await course.http.put(path, json=body, headers=who.headers)).status_code
        for who in (course.learner, course.other)
    ]

    assert (own, foreign) == (403, 404)


async def test_a_mended_key_grades_again_but_not_what_a_teacher_set(
    course: LearningCourse,
) -> None:
    attempt = await course.attempted(RIGHT)
    await set_grade(course, attempt["id"], score=1, reason="Units are sloppy.")
    turned = [{**choice, "is_right": choice["id"] == "b"} for choice in QUESTIONS[0]["choices"]]
    await course.edit_quiz(
        [QUESTIONS[0] | {"choices": turned}, QUESTIONS[1] | {"value": 1.0}, QUESTIONS[2]]
    )

    regraded = await course.http.post(
        f"/attempts/{attempt['id']}/regrade", headers=course.teacher.headers
    )

    scores = {g["question_id"]: (g["score"], g["revision"]) for g in regraded.json()["grades"]}
    assert scores == {"mass": (0, 2), "fall": (1, 2), "energy": (3, 1)}


async def test_an_accepted_appeal_sets_the_score(course: LearningCourse) -> None:
    attempt = await course.attempted(WRONG)
    made = await appeal(course, attempt["id"])
    waiting = await course.http.get(
        f"/courses/{course.slug}/appeals", headers=course.teacher.headers, params={"status": "open"}
    )
    body = {"is_accepted": True, "reply": "You are right.", "score": 2}
    path = f"/appeals/{made.json()['id']}"
    decided = await course.http.put(path, json=body, headers=course.teacher.headers)
    again = await course.http.put(path, json=body, headers=course.teacher.headers)
    seen = await course.http.get(f"/attempts/{attempt['id']}", headers=course.learner.headers)

    assert made.status_code == 201
    assert [item["id"] for item in waiting.json()["items"]] == [made.json()["id"]]
    assert decided.json()["status"] == "accepted"
    assert again.status_code == 409
    assert seen.json()["score"] == 2
    assert seen.json()["appeals"][0]["reply"] == "You are right."


async def test_a_rejected_appeal_changes_no_grade(course: LearningCourse) -> None:
    attempt = await course.attempted(WRONG)
    made = await appeal(course, attempt["id"])
    body = {"is_accepted": False, "reply": "Kilograms are no speed.", "score": 2}

    await course.http.put(
        f"/appeals/{made.json()['id']}", json=body, headers=course.teacher.headers
    )

    seen = await course.http.get(f"/attempts/{attempt['id']}", headers=course.learner.headers)
    assert (seen.json()["score"], seen.json()["appeals"][0]["status"]) == (0, "rejected")


async def test_one_appeals_once_at_a_time_against_ones_own(course: LearningCourse) -> None:
    attempt = await course.attempted(WRONG)

    first, second = await appeal(course, attempt["id"]), await appeal(course, attempt["id"])
    foreign = await appeal(course, attempt["id"], course.other)
    teachers = await appeal(course, attempt["id"], course.teacher)

    statuses = [response.status_code for response in (first, second, foreign, teachers)]
    assert statuses == [201, 409, 404, 404]


async def test_no_application_may_change_a_grade_that_is_written(course: LearningCourse) -> None:
    async with course.database.transaction(MAINTENANCE) as session:
        may = await session.scalar(
            text("SELECT has_table_privilege('neuroshiksha_app', 'question_grades', 'UPDATE')"
                 " OR has_table_privilege('neuroshiksha_app', 'learning_events', 'DELETE')")
        )  # fmt: skip

    assert may is False
