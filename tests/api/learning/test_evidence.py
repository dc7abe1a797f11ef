"""What moves mastery beside attempts, and parameters that are fitted to a course's answers."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from uuid_utils.compat import uuid7

from content.cards import Deck
from content.kinds import ContentKind
from models import Attempt, Concept, Enrollment, GradedConcept, QuestionGrade
from services.learning.knowledge_fitting import KnowledgeFitting
from storage.database import MAINTENANCE
from tests.api.learning.conftest import RIGHT, WRONG, LearningCourse, published

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

NOW = datetime.now(UTC)


async def reviewed(course: LearningCourse, deck: UUID, recall: str, days_ago: int = 0) -> None:
    at = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
    response = await course.http.post(
        f"/cards/{deck}.mass/reviews",
        json={"recall": recall, "reviewed_at": at},
        headers=course.learner.headers,
    )
    assert response.status_code == 201, response.text


async def deck_of(course: LearningCourse) -> UUID:
    card = {"id": "mass", "front": "What is mass?", "back": "How much there is.",
            "concepts": ["Mass"]}  # fmt: skip
    deck = Deck.model_validate({"title": "Mass", "cards": [card]})
    return await published(course.database, course.id, ContentKind.DECK, deck)


async def test_reviews_of_cards_move_mastery_and_never_reach_the_top(
    course: LearningCourse,
) -> None:
    concepts = {"concepts": [{"name": "Mass", "prerequisites": []}]}
    path = f"/courses/{course.slug}/concepts"
    await course.http.put(path, json=concepts, headers=course.teacher.headers)
    deck = await deck_of(course)
    await reviewed(course, deck, "good", 30)
    first = (await course.known())["Mass"]
    for days_ago in range(20, 0, -1):
        await reviewed(course, deck, "easy", days_ago)
    lifted = (await course.known())["Mass"]
    await reviewed(course, deck, "again")
    forgotten = (await course.known())["Mass"]

    assert 0.25 < first["probability"] < lifted["probability"] == 0.9
    assert lifted["level"] == "nearly"
    assert forgotten["probability"] < lifted["probability"]


async def test_a_card_counts_once_a_day(course: LearningCourse) -> None:
    await course.attempted({"mass": WRONG["mass"]})
    deck = await deck_of(course)
    await reviewed(course, deck, "good")
    once = (await course.known())["Mass"]
    await reviewed(course, deck, "good")

    assert (await course.known())["Mass"] == once


async def test_parameters_are_fitted_and_beliefs_follow(course: LearningCourse) -> None:
    await course.attempted({"fall": RIGHT["fall"]})
    before = (await course.known())["Acceleration"]
    await many_answers(course, learners=25, answers=6)

    fitted = await KnowledgeFitting(course.database, lambda: NOW).round()
    again = await KnowledgeFitting(course.database, lambda: NOW).round()
    after = (await course.known())["Acceleration"]

    stored = await parameters_of(course)
    assert fitted >= 1
    assert (again, stored["learners"], stored["answers"]) == (0, 26, 151)
    assert stored["log_likelihood"] > stored["default_log_likelihood"]
    assert after["probability"] != before["probability"]


async def parameters_of(course: LearningCourse) -> dict[str, float]:
    statement = text("SELECT * FROM knowledge_parameters WHERE course_id = :course")
    async with course.database.transaction(MAINTENANCE) as session:
        return dict((await session.execute(statement, {"course": course.id})).mappings().one())


async def many_answers(course: LearningCourse, learners: int, answers: int) -> None:
    """Answers of people who know nothing at first, and learn quickly."""
    draw = random.Random(1)
    concept = {"id": uuid7(), "course_id": course.id, "name": "Force", "key": "force"}
    people = [(await course.people.add("student")).id for _ in range(learners)]
    attempts, grades, graded = [], [], []
    for person in people:
        knows = False
        for number in range(answers):
            attempt_id = uuid7()
            is_right = draw.random() < (0.95 if knows else 0.05)
            knows = knows or draw.random() < 0.5
            attempts.append({
                "id": attempt_id, "course_id": course.id, "quiz_id": course.quiz_id,
                "quiz_version": 1, "learner_id": person, "number": number + 1,
                "submitted_at": NOW - timedelta(minutes=60 - number), "answers": {},
                "score": float(is_right), "maximum": 1.0,
            })  # fmt: skip
            grades.append({
                "attempt_id": attempt_id, "question_id": "q", "revision": 1,
                "course_id": course.id, "score": float(is_right), "maximum": 1.0,
                "judged_by": "key", "is_certain": True, "is_answered": True, "detail": {},
            })  # fmt: skip
            graded.append({
                "attempt_id": attempt_id, "question_id": "q", "concept_id": concept["id"],
                "learner_id": person, "course_id": course.id, "guess": 0.05,
            })  # fmt: skip
    enrolled = [{"course_id": course.id, "user_id": person} for person in people]
    async with course.database.transaction(MAINTENANCE) as session:
        await session.execute(insert(Concept).values(concept))
        await session.execute(insert(Enrollment), enrolled)
        await session.execute(insert(Attempt), attempts)
        await session.execute(insert(QuestionGrade), grades)
        await session.execute(insert(GradedConcept), graded)
