"""Cards fall due, are reviewed, and fall due again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from storage.database import MAINTENANCE
from tests.api.learning.conftest import LearningCourse
from tests.support.service import Person

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]


async def due(course: LearningCourse, who: Person | None = None, **params: Any) -> dict[str, Any]:
    headers = (who or course.learner).headers
    response = await course.http.get(
        "/cards/due", headers=headers, params={"course": course.slug, **params}
    )
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def review(
    course: LearningCourse, card: str, recall: str, key: str | None = None, **more: Any
) -> httpx2.Response:
    headers = course.learner.headers | ({"Idempotency-Key": key} if key else {})
    body = {"recall": recall, **more}
    return await course.http.post(f"/cards/{card}/reviews", json=body, headers=headers)


async def test_new_cards_are_shown_in_the_order_of_their_deck(course: LearningCourse) -> None:
    found = await due(course)

    assert [card["front"] for card in found["items"]] == ["Unit of force?", "Unit of energy?"]
    assert (found["due_count"], found["new_count"]) == (0, 2)
    assert found["items"][0]["memory"] is None


async def test_a_reviewed_card_is_due_when_the_scheduler_says(course: LearningCourse) -> None:
    first, second = (await due(course))["items"]

    good = await review(course, first["id"], "good")
    easy = await review(course, second["id"], "easy")
    after = await due(course)

    days = [
        datetime.fromisoformat(r.json()["memory"]["due_at"]) - datetime.now(UTC)
        for r in (good, easy)
    ]
    assert good.status_code == 201
    assert timedelta(minutes=5) < days[0] < timedelta(minutes=11)
    assert timedelta(days=7) < days[1] < timedelta(days=9)
    assert (after["items"], after["due_count"], after["new_count"]) == ([], 0, 0)


async def test_a_card_of_long_ago_is_due_with_how_likely_it_is_remembered(
    course: LearningCourse,
) -> None:
    card = (await due(course))["items"][0]
    long_ago = datetime.now(UTC) - timedelta(days=60)

    await review(course, card["id"], "easy", reviewed_at=long_ago.isoformat())
    found = await due(course, new=0)

    assert [item["id"] for item in found["items"]] == [card["id"]]
    assert 0.5 < found["items"][0]["chance_of_recall"] < 0.9


async def test_a_review_sent_twice_counts_once(course: LearningCourse) -> None:
    card = (await due(course))["items"][0]

    first, second = await asyncio.gather(
        review(course, card["id"], "good", key="r1"), review(course, card["id"], "good", key="r1")
    )
    other = await review(course, card["id"], "again", key="r1")
    async with course.database.transaction(MAINTENANCE) as session:
        kept = await session.scalar(
            text("SELECT count(*) FROM card_reviews WHERE course_id = :course"),
            {"course": course.id},
        )

    assert first.json() == second.json()
    assert other.json()["code"] == "idempotency_key_reused"
    assert kept == 1


async def test_a_key_that_stands_for_a_review_in_another_course_is_refused(
    course: LearningCourse, elsewhere: LearningCourse
) -> None:
    first = await review(course, f"{course.deck_id}.c1", "good", key="once")
    other = await review(elsewhere, f"{elsewhere.deck_id}.c1", "good", key="once")

    assert first.status_code == 201, first.text
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_every_learner_has_a_memory_of_their_own(course: LearningCourse) -> None:
    card = (await due(course))["items"][0]
    await review(course, card["id"], "easy")

    assert (await due(course, course.other))["new_count"] == 2


@pytest.mark.parametrize(
    "moment",
    [
        (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ],
    ids=["tomorrow", "first day", "last day"],
)
async def test_a_review_from_another_time_is_refused(course: LearningCourse, moment: str) -> None:
    card = (await due(course))["items"][0]

    refused = await review(course, card["id"], "good", reviewed_at=moment)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "reviewed_at"


async def test_a_card_that_is_not_there_is_not_found(course: LearningCourse) -> None:
    cards = [f"{course.deck_id}.c9", f"{course.quiz_id}.mass", f"{course.teacher.id}.c1"]

    found = [(await review(course, card, "good")).status_code for card in cards]

    assert found == [404, 404, 404]


async def test_a_deck_that_is_taken_back_has_no_due_cards(course: LearningCourse) -> None:
    async with course.database.transaction(course.scope) as session:
        await session.execute(
            text("UPDATE contents SET published_version = NULL WHERE id = :id"),
            {"id": course.deck_id},
        )

    assert (await due(course))["new_count"] == 0
    assert (await review(course, f"{course.deck_id}.c1", "good")).status_code == 404
