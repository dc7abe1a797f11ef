"""Learning record stores are told everything in order, whatever comes between."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid4, uuid7

from connectors.xapi.statements import StatementWriter
from pedagogy.events.kinds import (
    AnyEvent,
    CertificateAwarded,
    LessonRead,
    QuestionAsked,
    VideoWatched,
)
from services.actors import Actor
from services.keyring import KeyRing
from services.learning.events import tell
from services.learning.record_stores import NewRecordStore, RecordStoreLog, RecordStoreService
from services.learning.statement_delivery import StatementDelivery
from services.secret_box import SecretBox
from storage.database import MAINTENANCE, Database, Scope
from tests.support.learning_log import settled
from tests.support.record_store import KEY, SECRET, RecordStore, record_store
from tests.support.service import SECRET_KEY

pytestmark = pytest.mark.server

ADMIN, COURSE, LEARNER = UUID(int=41), UUID(int=42), UUID(int=43)
NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
BOX = SecretBox(KeyRing.of_setting(SECRET_KEY), "stores of tests")
SCHOOL = (
    "INSERT INTO courses (id, slug, title) VALUES (:course, 'told', 'Told') ON CONFLICT DO NOTHING",
    "INSERT INTO users (id, email, display_name, role) VALUES"
    " (CAST(:learner AS uuid), 'told@school.edu', 'Asha', 'student'),"
    " (CAST(:admin AS uuid), 'a@school.edu', 'A', 'admin')"
    " ON CONFLICT DO NOTHING",
    "DELETE FROM learning_record_stores",
    "DELETE FROM learning_events",
)


class School:
    """An installation that tells one store."""

    def __init__(self, database: Database, lrs: RecordStore) -> None:
        self.database, self.lrs = database, lrs
        self.delivery = StatementDelivery(database, BOX, StatementWriter("https://school.edu"))
        self.service = RecordStoreService(database, BOX, self.delivery)
        self.admin = Actor(ADMIN, "a@school.edu", "admin")
        self.store_id = UUID(int=0)

    async def add(self, secret: str = SECRET, *, names: bool = False, past: bool = False) -> None:
        await settled(self.database)
        new = NewRecordStore(
            uuid4().hex, self.lrs.endpoint, KEY, secret, names_learners=names, from_the_start=past
        )
        self.store_id = (await self.service.add(self.admin, new)).id

    async def tell(self, *events: AnyEvent) -> None:
        async with self.database.transaction(Scope(course_ids=(COURSE,))) as session:
            await tell(session, COURSE, LEARNER, NOW, events)

    async def deliver(self) -> int:
        await settled(self.database)
        return await self.delivery.deliver()

    async def log(self) -> RecordStoreLog:
        return await self.service.log(self.admin, self.store_id)

    async def due_now(self) -> None:
        """Lets the pause after a failure be over."""
        await self.service.change(self.admin, self.store_id, {"is_active": True})


@pytest.fixture
def lrs() -> Iterator[RecordStore]:
    with record_store() as running:
        yield running


@pytest.fixture
async def school(own_database_url: str, lrs: RecordStore) -> AsyncIterator[School]:
    database = Database(own_database_url)
    async with database.transaction(MAINTENANCE) as session:
        values = {"course": COURSE, "learner": LEARNER, "admin": ADMIN}
        for statement in map(text, SCHOOL):
            named = {name: values[name] for name in statement.compile().params}
            await session.execute(statement, named)
    yield School(database, lrs)
    await database.close()


def asked() -> QuestionAsked:
    return QuestionAsked(message_id=uuid7(), conversation_id=uuid7(), mode="explain")


READ = LessonRead(lesson_id=UUID(int=1), share=0.5, seconds=60, is_finished=False)
WATCHED = VideoWatched(
    video_id=UUID(int=1), from_seconds=0, to_seconds=9, duration_seconds=60, is_finished=False
)
AWARDED = CertificateAwarded(certificate_id=UUID(int=5))


async def test_a_store_is_told_in_order_from_when_it_was_added(school: School) -> None:
    await school.tell(asked())
    await school.add()
    await school.tell(READ, WATCHED)
    await school.tell(AWARDED)

    taken = await school.deliver()
    log = await school.log()

    assert taken == 3
    assert school.lrs.verbs == ["progressed", "experienced", "passed"]
    assert school.lrs.headers[0]["x-experience-api-version"] == "1.0.3"
    assert [line.outcome for line in log.deliveries] == ["sent"]
    assert log.store.statement_count == 3


async def test_a_store_may_be_told_what_happened_before(school: School) -> None:
    await school.tell(asked())
    await school.add(past=True)

    assert await school.deliver() == 1
    assert await school.deliver() == 0


async def test_nobody_is_named_unless_the_store_may_know(school: School) -> None:
    await school.tell(READ)
    await school.add(past=True)
    await school.deliver()
    pseudonymous = str(school.lrs.taken)
    school.lrs.taken.clear()
    await school.add(names=True, past=True)

    await school.deliver()

    assert "progressed" in pseudonymous
    assert "Asha" not in pseudonymous
    assert "told@" not in pseudonymous
    assert school.lrs.taken[0]["actor"]["mbox"] == "mailto:told@school.edu"


async def test_a_store_that_is_away_is_told_later_with_nothing_out_of_order(
    school: School,
) -> None:
    await school.add()
    await school.tell(READ)
    school.lrs.answers.append(503)

    first = await school.deliver()
    await school.tell(WATCHED)
    too_early = await school.deliver()
    postponed = (await school.log()).store
    await school.due_now()
    later = await school.deliver()

    assert (first, too_early, later) == (0, 0, 2)
    assert (postponed.failures, postponed.last_error) == (1, "503: ")
    assert school.lrs.verbs == ["progressed", "experienced"]
    assert (await school.log()).store.failures == 0


async def test_what_was_taken_but_not_acknowledged_is_not_there_twice(school: School) -> None:
    await school.add()
    await school.tell(READ, WATCHED)
    school.lrs.loses_answers = True

    await school.deliver()
    school.lrs.loses_answers = False
    await school.due_now()
    await school.deliver()

    assert school.lrs.verbs == ["progressed", "experienced"]
    assert school.lrs.requests == [2, 2]


async def test_a_statement_that_is_refused_is_put_aside_and_the_rest_goes_on(
    school: School,
) -> None:
    await school.add()
    await school.tell(READ, WATCHED, AWARDED)
    school.lrs.refuses.add("experienced")

    taken = await school.deliver()
    log = await school.log()
    school.lrs.refuses.clear()
    after = await school.service.retry(school.admin, school.store_id)

    assert taken == 2
    assert [(one.status, one.detail) for one in log.refused] == [(400, "400: ")]
    assert after.refused == ()
    assert school.lrs.verbs == ["progressed", "passed", "experienced"]


async def test_a_wrong_key_loses_nothing(school: School) -> None:
    await school.add(secret="wrong")
    await school.tell(READ)

    await school.deliver()
    refused = await school.log()
    await school.service.change(school.admin, school.store_id, {"secret": SECRET})
    await school.deliver()

    assert refused.store.last_error == "401: "
    assert refused.refused == ()
    assert school.lrs.verbs == ["progressed"]
