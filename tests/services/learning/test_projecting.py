"""The projector reads every event of the log once, whatever the order and the cuts."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from uuid_utils.compat import uuid7

from pedagogy.events.kinds import (
    AnswerGraded,
    AnyEvent,
    CardReviewed,
    HintGiven,
    LessonRead,
    MasteryEstimated,
    QuestionAsked,
    QuizAttempted,
    VideoWatched,
)
from services.learning.events import tell
from services.learning.projecting import EventProjector
from storage.database import MAINTENANCE, Database, Scope
from tests.support.learning_log import settled

pytestmark = pytest.mark.server

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
TABLES = ("learning_days", "learner_standings", "learner_items", "learner_concepts", "mastery_days")
COURSE, LEARNERS, ITEMS = UUID(int=1), [UUID(int=n) for n in (11, 12)], [UUID(int=21), UUID(int=22)]
RAW = text("""
INSERT INTO learning_events (course_id, learner_key, kind, version, occurred_at, payload)
VALUES (:course, :learner, :kind, :version, :at, CAST(:payload AS jsonb))
""")
SCHOOL = (
    "INSERT INTO courses (id, slug, title) VALUES (:course, 'projected', 'Projected')"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO users (id, email, display_name, role) SELECT id, id::text || '@school.edu', 'L',"
    " 'student' FROM unnest(CAST(:learners AS uuid[])) AS l (id) ON CONFLICT DO NOTHING",
    "DELETE FROM learning_events",
)


@pytest.fixture
async def log(own_database_url: str) -> AsyncIterator[Database]:
    """A database of this module alone, with an empty log."""
    database = Database(own_database_url)
    await emptied(database)
    await projector(database).rebuild()
    yield database
    await database.close()


async def emptied(database: Database) -> None:
    async with database.transaction(MAINTENANCE) as session:
        for statement in map(text, SCHOOL):
            values = {"course": COURSE, "learners": LEARNERS}
            named = {name: values[name] for name in statement.compile().params}
            await session.execute(statement, named)


def projector(database: Database, zone: str = "UTC", **sizes: int) -> EventProjector:
    return EventProjector(database, ZoneInfo(zone), **sizes)


async def told(
    database: Database, *events: AnyEvent, learner: UUID = LEARNERS[0], at: datetime = NOW
) -> None:
    async with database.transaction(Scope(course_ids=(COURSE,))) as session:
        await tell(session, COURSE, learner, at, events)


async def projected(database: Database, zone: str = "UTC", **sizes: int) -> int:
    """Reads all that is written; how many events."""
    await settled(database)
    return await projector(database, zone, **sizes).project()


async def rows(database: Database) -> dict[str, list[str]]:
    """Every row of every read model, in an order of its own."""
    found = {}
    async with database.transaction(MAINTENANCE) as session:
        for table in TABLES:
            statement = text(f"SELECT t::text FROM {table} AS t ORDER BY 1")
            found[table] = list(await session.scalars(statement))
    return found


async def one(database: Database, statement: str) -> Any:
    async with database.transaction(MAINTENANCE) as session:
        return (await session.execute(text(statement))).one()


def asked() -> QuestionAsked:
    return QuestionAsked(message_id=uuid7(), conversation_id=uuid7(), mode="explain")


def graded(revision: int = 1, score: float = 1, replaced: float | None = None) -> AnswerGraded:
    return AnswerGraded(
        attempt_id=UUID(int=31),
        question_id="q",
        revision=revision,
        score=score,
        maximum=2,
        judged_by="key",
        concept_ids=(ITEMS[0],),
        is_answered=True,
        replaced_score=replaced,
        answered_at=NOW,
    )


def watched(start: int, end: int) -> VideoWatched:
    return VideoWatched(
        video_id=ITEMS[0],
        from_seconds=start,
        to_seconds=end,
        duration_seconds=100,
        is_finished=end == 100,
    )


MOMENTS = st.integers(-30, 30).map(lambda hours: NOW + timedelta(hours=hours))
SHARES = st.sampled_from([0.0, 0.1, 1 / 3, 0.5, 1.0])
EVENTS = st.one_of(
    st.builds(asked),
    st.builds(
        QuizAttempted,
        attempt_id=st.uuids(),
        quiz_id=st.sampled_from(ITEMS),
        quiz_version=st.just(1),
        number=st.just(1),
        score=SHARES,
        maximum=st.just(1.0),
        is_late=st.just(False),
    ),
    st.builds(
        AnswerGraded,
        attempt_id=st.uuids(),
        question_id=st.just("q"),
        revision=st.integers(1, 2),
        score=SHARES,
        maximum=st.just(1.0),
        judged_by=st.just("key"),
        concept_ids=st.lists(st.sampled_from(ITEMS), unique=True).map(tuple),
        is_answered=st.booleans(),
        replaced_score=st.none() | SHARES,
        answered_at=st.none() | MOMENTS,
    ),
    st.builds(
        HintGiven,
        quiz_id=st.uuids(),
        question_id=st.just("q"),
        help=st.sampled_from(["hint", "solution"]),
    ),
    st.builds(
        CardReviewed,
        deck_id=st.sampled_from(ITEMS),
        card_id=st.just("c"),
        recall=st.sampled_from(["again", "good"]),
        stability=st.just(1.0),
        due_at=st.just(NOW),
    ),
    st.builds(
        LessonRead,
        lesson_id=st.sampled_from(ITEMS),
        share=SHARES,
        seconds=st.integers(0, 90),
        is_finished=st.booleans(),
    ),
    st.builds(watched, st.integers(0, 50), st.integers(40, 100)),
    st.builds(
        MasteryEstimated,
        concept_id=st.sampled_from(ITEMS),
        probability=SHARES,
        answer_count=st.integers(0, 9),
    ),
)
TOLD = st.tuples(EVENTS, st.sampled_from(LEARNERS), MOMENTS)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(TOLD, max_size=12), max_size=5), size=st.integers(1, 5))
async def test_rows_made_anew_equal_those_made_bit_by_bit(
    log: Database, batches: list[list[tuple[AnyEvent, UUID, datetime]]], size: int
) -> None:
    await emptied(log)
    await projector(log).rebuild()
    for batch in batches:
        for event, learner, at in batch:
            await told(log, event, learner=learner, at=at)
        await projected(log, fetched_at_once=2, events_per_write=size)
    bit_by_bit = await rows(log)

    await projector(log).rebuild()
    anew = await rows(log)

    assert anew == bit_by_bit
    assert sum(map(len, batches)) == 0 or anew["learner_standings"]


async def test_events_of_a_transaction_that_commits_late_are_not_skipped(log: Database) -> None:
    async with log.transaction(Scope(course_ids=(COURSE,))) as slow:
        await tell(slow, COURSE, LEARNERS[0], NOW, [asked()])
        await told(log, asked(), learner=LEARNERS[1])
        early = await projector(log).project()
    late = await projected(log)

    assert (early, late) == (0, 2)


async def test_an_act_that_is_told_twice_counts_once(log: Database) -> None:
    event = graded()
    await told(log, event)
    await told(log, event)
    await projected(log)

    found = await one(log, "SELECT answers, share_thousandths FROM learning_days")

    assert tuple(found) == (1, 500)


async def test_two_projectors_at_once_count_nothing_twice(log: Database) -> None:
    for _ in range(5):
        await told(log, asked())

    await settled(log)
    counts = await asyncio.gather(*(projector(log, events_per_write=2).project() for _ in range(3)))
    await projected(log)
    found = await one(log, "SELECT asked FROM learner_standings")

    assert sum(counts) <= 5
    assert tuple(found) == (5,)


async def test_a_grade_that_is_replaced_moves_the_sum_and_no_count(log: Database) -> None:
    await told(log, graded())
    await told(log, graded(2, score=2, replaced=1), at=NOW + timedelta(days=9))
    await projected(log)

    found = await one(log, "SELECT day, answers, share_thousandths FROM learning_days")
    concept = await one(log, "SELECT answers, share_thousandths FROM learner_concepts")

    assert tuple(found) == (date(2026, 3, 1), 1, 1000)
    assert tuple(concept) == (1, 1000)


async def test_what_was_watched_twice_counts_its_seconds_once_as_seen(log: Database) -> None:
    await told(log, watched(0, 40), watched(30, 60), watched(90, 100))
    await projected(log)

    found = await one(log, "SELECT watched::text, seconds, finished_at FROM learner_items")

    assert tuple(found) == ("{[0,60),[90,100)}", 80, NOW)


async def test_the_latest_belief_counts_even_where_it_came_first(log: Database) -> None:
    for probability, at in ((0.9, NOW), (0.2, NOW - timedelta(hours=1))):
        event = MasteryEstimated(concept_id=ITEMS[0], probability=probability, answer_count=1)
        await told(log, event, at=at)
        await projected(log)

    now = await one(log, "SELECT probability FROM learner_concepts")
    day = await one(log, "SELECT probability FROM mastery_days")

    assert now.probability == day.probability == 0.9


async def written(database: Database, kind: str, version: int, payload: dict[str, Any]) -> None:
    """A row as another version of the program may have written it."""
    values = {"course": COURSE, "learner": LEARNERS[0], "kind": kind, "version": version, "at": NOW}
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(RAW, values | {"payload": json.dumps(payload)})


async def test_events_of_older_versions_count(log: Database) -> None:
    quiz = {"quiz_id": str(ITEMS[0]), "question_id": "q"}
    await written(log, "hint.given", 1, {**quiz, "level": 2})
    await written(log, "hint.given", 1, {**quiz, "level": 0})
    await projected(log)

    found = await one(log, "SELECT hints, solutions FROM learner_standings")

    assert tuple(found) == (1, 1)


async def test_what_cannot_be_read_is_named_and_stops_nothing(
    log: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await written(log, "soul.searched", 1, {})
    await written(log, "hint.given", 9, {})
    await written(log, "question.asked", 1, {"message_id": "none"})
    await told(log, asked())

    count = await projected(log)
    status = await projector(log).status()
    found = await one(log, "SELECT asked FROM learner_standings")

    assert count == 4
    assert status.unreadable == (
        ("hint.given", 9, 1),
        ("question.asked", 1, 1),
        ("soul.searched", 1, 1),
    )
    assert status.waiting == 0
    assert tuple(found) == (1,)
    assert "3 learning events cannot be read" in caplog.text


async def test_another_time_zone_makes_all_days_anew(log: Database) -> None:
    await told(log, asked())
    await projected(log)
    before = await one(log, "SELECT day FROM learning_days")

    count = await projected(log, "Asia/Kolkata")
    after = await one(log, "SELECT day FROM learning_days")

    assert (before.day, after.day) == (date(2026, 3, 1), date(2026, 3, 2))
    assert count == 1


async def test_events_restored_from_a_server_that_was_further_are_read_all(log: Database) -> None:
    await told(log, asked())
    await projected(log)
    async with log.transaction(MAINTENANCE) as session:
        for table in ("learning_events", "event_projections"):
            await session.execute(text(f"UPDATE {table} SET transaction_id = 10000000000"))

    await projector(log).project()
    await told(log, asked())
    await projected(log)
    found = await one(log, "SELECT asked FROM learner_standings")

    assert tuple(found) == (2,)
