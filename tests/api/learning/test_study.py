"""A learner's way through a course: read, watched, practised, and certified in the end."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlalchemy import text

from content.kinds import ContentKind
from content.slides import Storyboard
from pedagogy.events.upcasting import read_event
from services.learning.projecting import EventProjector
from storage.database import MAINTENANCE
from tests.api.learning.conftest import RIGHT, WRONG, LearningCourse, published
from tests.support.learning_log import settled
from tests.support.service import Person

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

EVENTS = text("""
SELECT kind, version, payload::text FROM learning_events WHERE course_id = :course
ORDER BY sequence
""")
VIDEO = {
    "title": "Falling",
    "slides": [{"id": "s1", "heading": "Falling", "narration": ["It falls."]}],
}


async def lesson(course: LearningCourse, title: str = "Forces", status: str = "published") -> str:
    body = {"title": title, "content": "A force pulls.", "status": status}
    path = f"/courses/{course.slug}/lessons"
    made = await course.http.post(path, json=body, headers=course.teacher.headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def read(
    course: LearningCourse, lesson_id: str, key: str | None = None, **body: Any
) -> httpx2.Response:
    headers = course.learner.headers | ({"Idempotency-Key": key} if key else {})
    return await course.http.post(f"/lessons/{lesson_id}/readings", json=body, headers=headers)


async def path_of(course: LearningCourse, who: Person | None = None) -> dict[str, Any]:
    headers = (who or course.learner).headers
    found = await course.http.get(f"/courses/{course.slug}/path", headers=headers)
    assert found.status_code == 200, found.text
    path: dict[str, Any] = found.json()
    return path


async def rule(course: LearningCourse, **rule: Any) -> httpx2.Response:
    path = f"/courses/{course.slug}/certificate-rule"
    return await course.http.put(path, json=rule, headers=course.teacher.headers)


async def award(course: LearningCourse) -> httpx2.Response:
    path = f"/courses/{course.slug}/certificate"
    return await course.http.post(path, headers=course.learner.headers)


async def project(course: LearningCourse) -> None:
    await settled(course.database)
    await EventProjector(course.database, ZoneInfo("UTC")).project()


async def test_a_lesson_is_begun_then_read_and_the_next_step_follows(
    course: LearningCourse,
) -> None:
    first, second = await lesson(course), await lesson(course, "Energy")
    untouched = await path_of(course)
    await read(course, first, share=0.4, seconds=60)
    begun = await path_of(course)
    done = (await read(course, first, seconds=30)).json()
    after = await path_of(course)

    assert [item["kind"] for item in untouched["items"]] == ["lesson", "lesson", "quiz"]
    assert untouched["next"]["why"] == "in_order"
    assert (begun["next"]["why"], begun["next"]["item"]["id"]) == ("begun", first)
    assert (done["share"], done["seconds"]) == (1, 90)
    assert done["finished_at"] is not None
    assert (after["done"], after["next"]["item"]["id"]) == (1, second)


async def test_a_reading_that_is_sent_again_counts_once(course: LearningCourse) -> None:
    lesson_id = await lesson(course)
    await read(course, lesson_id, key="one", share=0.5, seconds=60)
    again = await read(course, lesson_id, key="one", share=0.5, seconds=60)

    assert again.json()["seconds"] == 60


async def test_a_draft_is_read_by_no_learner(course: LearningCourse) -> None:
    assert (await read(course, await lesson(course, status="draft"))).status_code == 404


async def test_a_video_is_watched_when_nearly_all_of_it_was_seen(course: LearningCourse) -> None:
    story = Storyboard.model_validate(VIDEO)
    video = await published(course.database, course.id, ContentKind.VIDEO, story)

    async def watch(start: int, end: int) -> dict[str, Any]:
        body = {"from_seconds": start, "to_seconds": end, "duration_seconds": 100}
        path = f"/videos/{video}/watchings"
        seen = await course.http.post(path, json=body, headers=course.learner.headers)
        assert seen.status_code == 200, seen.text
        position: dict[str, Any] = seen.json()
        return position

    first, again, last = await watch(0, 40), await watch(20, 60), await watch(60, 95)
    body = {"from_seconds": 9, "to_seconds": 200, "duration_seconds": 100}
    refused = await course.http.post(
        f"/videos/{video}/watchings", json=body, headers=course.learner.headers
    )

    assert (first["share"], again["share"]) == (0.4, 0.6)
    assert (again["finished_at"], again["position_seconds"]) == (None, 60)
    assert last["finished_at"] is not None
    assert refused.status_code == 422


async def test_days_of_learning_make_a_streak_and_fill_a_goal(course: LearningCourse) -> None:
    await course.attempted(RIGHT)
    goal = {"unit": "items", "per_week": 2}
    headers = course.learner.headers
    await course.http.put("/users/me/goal", json=goal, headers=headers)
    await project(course)
    found = (await course.http.get("/users/me/habits", headers=headers)).json()
    none = (await course.http.put("/users/me/goal", json={}, headers=headers)).json()
    too_much = await course.http.put(
        "/users/me/goal", json={"unit": "days", "per_week": 8}, headers=headers
    )

    assert found["goal"] == goal
    assert found["week"]["items"] == 3
    assert (found["streak"]["days"], found["streak"]["is_today_done"]) == (1, True)
    assert none["goal"] is None
    assert too_much.status_code == 422


async def test_a_certificate_is_given_once_the_rule_is_met_and_can_be_checked(
    course: LearningCourse,
) -> None:
    lesson_id = await lesson(course)
    before = await path_of(course)
    await rule(course, lessons_share=1, quiz_mark=0.6, signed_by="Dr Asha Rao")
    await course.attempted(WRONG)
    refused = await award(course)
    await read(course, lesson_id)
    await course.attempted(RIGHT)
    given = (await award(course)).json()
    again = (await award(course)).json()
    file = await course.http.get(
        f"/courses/{course.slug}/certificate/file", headers=course.learner.headers
    )
    checked = (await course.http.get(f"/certificates/{given['code'].lower()}")).json()

    assert before["certificate"] is None
    assert refused.status_code == 409
    assert given == again
    assert file.content.startswith(b"%PDF")
    assert (checked["is_valid"], checked["learner"]) == (True, "Student")
    assert (await path_of(course))["certificate"]["certificate"]["code"] == given["code"]


async def test_a_certificate_of_an_erased_account_is_valid_no_more_and_names_nobody(
    course: LearningCourse,
) -> None:
    await rule(course, lessons_share=1)
    await read(course, await lesson(course))
    code = (await award(course)).json()["code"]
    gone = await course.http.request(
        "DELETE",
        "/users/me",
        json={"email": course.learner.actor.email},
        headers=course.learner.headers,
    )
    checked = (await course.http.get(f"/certificates/{code}")).json()
    unknown = await course.http.get("/certificates/NOSUCHCODE")

    assert gone.status_code == 204
    assert (checked["is_valid"], checked["learner"]) == (False, None)
    assert checked["revoked_at"] is not None
    assert unknown.status_code == 404


async def test_only_those_who_teach_set_the_rule(course: LearningCourse) -> None:
    path = f"/courses/{course.slug}/certificate-rule"
    refused = await course.http.put(path, json={}, headers=course.learner.headers)

    assert refused.status_code == 403


async def test_every_event_that_is_written_can_be_read(course: LearningCourse) -> None:
    lesson_id = await lesson(course)
    await read(course, lesson_id)
    await course.attempted(WRONG)
    headers = course.learner.headers
    hints = f"/quizzes/{course.quiz_id}/questions/mass/hints"
    await course.http.post(hints, json={"wanted": "hint"}, headers=headers)
    async with course.http.stream(
        "POST", f"/courses/{course.slug}/chat", json={"message": "thanks"}, headers=headers
    ) as response:
        await response.aread()

    async with course.database.transaction(MAINTENANCE) as session:
        rows = (await session.execute(EVENTS, {"course": course.id})).all()
    kinds = {read_event(*row).kind for row in rows}

    assert kinds == {
        "lesson.read",
        "quiz.attempted",
        "answer.graded",
        "mastery.estimated",
        "hint.given",
        "question.asked",
        "question.answered",
    }


async def test_how_knowledge_has_changed_is_told_by_day(course: LearningCourse) -> None:
    await course.attempted(RIGHT)
    await project(course)
    path = f"/courses/{course.slug}/history"
    found = (await course.http.get(path, headers=course.learner.headers)).json()["items"]
    others = (await course.http.get(path, headers=course.other.headers)).json()["items"]
    known = await course.known()

    assert {one["concept"] for one in found} == {"Mass", "Acceleration", "Energy"}
    assert all(
        [round(point["probability"], 4) for point in one["points"]]
        == [known[one["concept"]]["probability"]]
        for one in found
    )
    assert others == []


async def test_those_who_teach_see_what_their_learners_do(course: LearningCourse) -> None:
    await course.attempted(RIGHT)
    await project(course)
    path = f"/courses/{course.slug}/activity"
    found = (await course.http.get(path, headers=course.teacher.headers)).json()
    refused = await course.http.get(path, headers=course.learner.headers)

    assert [UUID(one["learner_id"]) for one in found["items"]] == [course.learner.id]
    assert found["items"][0]["activity"]["answers"] == 3
    assert found["items"][0]["activity"]["mean_share"] == 1
    assert [day["activity"] for day in found["days"]] == [None]
    assert all(one["standing"] is None for one in found["concepts"])
    assert refused.status_code == 403
