"""Quizzes are attempted within their rules, and graded by their keys."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from content.kinds import ContentKind
from content.questions import Quiz
from storage.database import MAINTENANCE
from tests.api.learning.conftest import FORMULA, QUESTIONS, RIGHT, WRONG, LearningCourse, published

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

NOW = datetime.now(UTC)
EVENTS = text("""
SELECT kind, version, payload FROM learning_events WHERE course_id = :course ORDER BY sequence
""")


async def events_of(course: LearningCourse) -> list[tuple[str, int, dict[str, Any]]]:
    async with course.database.transaction(MAINTENANCE) as session:
        rows = await session.execute(EVENTS, {"course": course.id})
        return [(kind, version, payload) for kind, version, payload in rows]


async def test_right_answers_get_all_points_and_the_key(course: LearningCourse) -> None:
    attempt = await course.attempted(RIGHT)

    assert (attempt["score"], attempt["maximum"], attempt["number"]) == (6, 6, 1)
    assert [g["judged_by"] for g in attempt["grades"]] == ["key", "key", "key"]
    assert attempt["grades"][0]["explanation"] == QUESTIONS[0]["explanation"]
    assert attempt["grades"][1]["key"]["value"] == 9.81


async def test_wrong_answers_get_feedback_and_no_misconception(course: LearningCourse) -> None:
    attempt = await course.attempted(WRONG)
    path = f"/attempts/{attempt['id']}"
    seen = (await course.http.get(path, headers=course.teacher.headers)).json()

    assert attempt["score"] == 0
    assert attempt["grades"][0]["feedback"] == ["Weight depends on where you are."]
    assert attempt["grades"][0]["misconceptions"] is None
    assert seen["grades"][0]["misconceptions"] == ["weight taken for mass"]


async def test_what_is_left_out_scores_nothing_and_teaches_nothing(course: LearningCourse) -> None:
    attempt = await course.attempted({"mass": RIGHT["mass"]})

    known = await course.known()

    assert (attempt["score"], attempt["maximum"]) == (1, 6)
    assert known["Mass"]["answer_count"] == 1
    assert "Acceleration" not in known


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"fall": {"kind": "written", "text": "quick"}}, "answers.fall"),
        ({"fall": {"kind": "choice", "chosen": ["a"]}}, "answers.fall"),
        ({"energy": {"kind": "gaps", "gaps": {"other": "x"}}}, "answers.energy"),
        ({"mass": {"kind": "choice", "chosen": ["z"]}}, "answers.mass"),
        ({"other": {"kind": "written", "text": "1"}}, "answers.other"),
        ({"mass": {"kind": "choice", "chosen": ["a"], "score": 9}}, "answers.mass.choice.score"),
        ({"fall": {"kind": "written", "text": "9" * 5_001}}, "answers.fall.written.text"),
    ],
)
async def test_an_answer_that_cannot_be_read_is_named_and_nothing_is_kept(
    course: LearningCourse, answers: dict[str, Any], field: str
) -> None:
    refused = await course.attempt(RIGHT | answers)
    path = f"/quizzes/{course.quiz_id}/attempts"
    kept = (await course.http.get(path, headers=course.learner.headers)).json()

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert kept["total"] == 0
    assert await events_of(course) == []


@pytest.mark.parametrize(
    ("written", "status"), [("½ m v²", 201), ("m*c^2", 422), ("__import__('os')", 422)]
)
async def test_a_formula_is_right_in_any_form_and_never_run(
    course: LearningCourse, written: str, status: int
) -> None:
    await course.edit_quiz([FORMULA])

    response = await course.attempt({"formula": {"kind": "written", "text": written}})

    assert response.status_code == status
    assert status != 201 or response.json()["score"] == 1


async def test_ten_megabytes_are_refused(course: LearningCourse) -> None:
    answer = {"kind": "written", "text": "9" * 10_000_000}

    refused = await course.attempt({"fall": answer})

    assert refused.status_code in {413, 422}


async def test_the_same_key_is_the_same_attempt(course: LearningCourse) -> None:
    first, second = await asyncio.gather(
        course.attempt(RIGHT, key="mine"), course.attempt(RIGHT, key="mine")
    )
    other = await course.attempt(WRONG, key="mine")

    assert first.json()["id"] == second.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_key_that_stands_for_an_attempt_in_another_course_is_refused(
    course: LearningCourse, elsewhere: LearningCourse
) -> None:
    first = await course.attempt(RIGHT, key="once")
    other = await elsewhere.attempt(RIGHT, key="once")

    assert first.status_code == 201
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_attempts_at_the_same_time_are_numbered(course: LearningCourse) -> None:
    sent = await asyncio.gather(*(course.attempt(RIGHT) for _ in range(3)))

    assert sorted(response.json()["number"] for response in sent) == [1, 2, 3]


async def test_an_attempt_writes_its_events_under_a_pseudonym(course: LearningCourse) -> None:
    attempt = await course.attempted(RIGHT)

    events = await events_of(course)

    assert [kind for kind, _, _ in events] == [
        "quiz.attempted",
        *["answer.graded"] * 3,
        *["mastery.estimated"] * 3,
    ]
    assert events[0][2]["attempt_id"] == attempt["id"]
    assert str(course.learner.id) not in str(events)
    assert "km/h" not in str(events)


async def test_learners_see_their_own_attempts_and_teachers_all(course: LearningCourse) -> None:
    own = await course.attempted(RIGHT)
    others = await course.attempted(WRONG, who=course.other)
    path = f"/quizzes/{course.quiz_id}/attempts"

    listed = [
        {item["id"] for item in (await course.http.get(path, headers=who.headers)).json()["items"]}
        for who in (course.learner, course.other, course.teacher)
    ]
    foreign = await course.http.get(f"/attempts/{own['id']}", headers=course.other.headers)

    assert listed == [{own["id"]}, {others["id"]}, {own["id"], others["id"]}]
    assert foreign.status_code == 404


async def test_a_quiz_that_is_not_published_is_not_there_for_learners(
    course: LearningCourse,
) -> None:
    quiz = Quiz.model_validate({"title": "Draft", "questions": QUESTIONS})
    draft = await published(course.database, course.id, ContentKind.QUIZ, quiz)
    async with course.database.transaction(course.scope) as session:
        await session.execute(
            text("UPDATE contents SET published_version = NULL WHERE id = :id"), {"id": draft}
        )

    refused = await course.http.post(
        f"/quizzes/{draft}/attempts", json={"answers": {}}, headers=course.learner.headers
    )

    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"due_at": (NOW - timedelta(hours=1)).isoformat()}, "is over"),
        ({"opens_at": (NOW + timedelta(hours=1)).isoformat()}, "opens at"),
        ({"max_attempts": 1}, "are used"),
    ],
    ids=["too late", "too early", "too often"],
)
async def test_an_attempt_outside_the_rules_is_refused(
    course: LearningCourse, rules: dict[str, Any], reason: str
) -> None:
    await course.attempted(RIGHT)
    await course.rules(**rules)

    refused = await course.attempt(RIGHT)

    assert refused.status_code == 409
    assert reason in refused.json()["detail"]


async def test_a_late_attempt_is_marked_where_the_rules_take_it(course: LearningCourse) -> None:
    await course.rules(due_at=(NOW - timedelta(hours=1)).isoformat(), late_policy="mark")

    attempt = await course.attempted(RIGHT)

    assert attempt["is_late"]


async def test_the_key_is_kept_back_until_the_deadline(course: LearningCourse) -> None:
    await course.rules(due_at=(NOW + timedelta(hours=1)).isoformat(), shows_key="after_due")

    attempt = await course.attempted(WRONG)

    assert [grade["key"] for grade in attempt["grades"]] == [None] * 3
    assert [grade["parts"] for grade in attempt["grades"]] == [None] * 3


async def test_a_withdrawn_question_counts_for_nobody(course: LearningCourse) -> None:
    before = await course.attempted(WRONG | {"mass": RIGHT["mass"]})
    await course.rules(withdrawn_questions=["energy"])

    after = await course.attempted(RIGHT, who=course.other)
    path = f"/attempts/{before['id']}"
    again = (await course.http.get(path, headers=course.learner.headers)).json()

    assert (after["score"], after["maximum"]) == (3, 3)
    assert (again["score"], again["maximum"]) == (1, 3)
    assert again["withdrawn_questions"] == ["energy"]


async def test_an_answer_to_a_question_that_has_gone_does_not_count(course: LearningCourse) -> None:
    await course.edit_quiz(QUESTIONS[:2])

    taken = await course.attempted(RIGHT, version=1)
    refused = await course.attempt(RIGHT)

    assert (taken["score"], taken["maximum"], taken["quiz_version"]) == (3, 3, 2)
    assert refused.json()["errors"][0]["field"] == "answers.energy"


async def test_rules_that_close_before_they_open_are_refused(course: LearningCourse) -> None:
    refused = await course.rules(opens_at=NOW.isoformat(), due_at=NOW.isoformat())

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "due_at"


async def test_a_key_that_cannot_be_read_leaves_the_answer_to_a_teacher(
    course: LearningCourse,
) -> None:
    await course.edit_quiz([QUESTIONS[0], QUESTIONS[1] | {"unit": "bananas"}])

    attempt = await course.attempted({"fall": RIGHT["fall"]})
    path = f"/quizzes/{course.quiz_id}/attempts"
    waiting = await course.http.get(
        path, headers=course.teacher.headers, params={"needs_review": True}
    )

    assert attempt["needs_review"]
    assert [item["id"] for item in waiting.json()["items"]] == [attempt["id"]]
