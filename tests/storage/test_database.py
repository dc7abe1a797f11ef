"""Transactions: whole or not at all, with a scope that ends with them, on a server that may die."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from asgi_lifespan import LifespanManager
from sqlalchemy import func, select, text

from api.app import create_app
from bootstrap.adapters import Adapters
from bootstrap.embedded import embedded_servers
from bootstrap.embedded.state import read_state
from bootstrap.home import Home
from bootstrap.services import Services
from bootstrap.settings import Settings
from models import AuditEvent, Course, Enrollment
from services.courses import NewCourse
from storage.database import MAINTENANCE, Database, PoolOptions, Scope
from storage.errors import StorageUnavailableError
from storage.migrations import upgrade_to_head
from storage.repositories.courses import CourseRepository
from tests.support.service import People, Person

pytestmark = pytest.mark.server

SETTINGS = text(
    "SELECT current_user, current_setting('neuroshiksha.user_id', true),"
    " current_setting('neuroshiksha.course_ids', true), pg_backend_pid()"
)


@pytest.fixture
async def single(database_url: str) -> AsyncIterator[Database]:
    """A database with one pooled connection."""
    database = Database(database_url, PoolOptions(size=1, max_overflow=0))
    yield database
    await database.close()


async def test_a_scope_does_not_leak_to_the_next_user_of_the_connection(single: Database) -> None:
    first, second, course = uuid4(), uuid4(), uuid4()

    async with single.transaction(Scope(user_id=first, course_ids=(course,))) as session:
        before = (await session.execute(SETTINGS)).one()
    async with single.transaction(Scope(user_id=second)) as session:
        after = (await session.execute(SETTINGS)).one()
    async with single.engine.connect() as connection:
        outside = (await connection.execute(SETTINGS)).one()

    assert tuple(before)[:3] == ("neuroshiksha_app", str(first), str(course))
    assert tuple(after)[:3] == ("neuroshiksha_app", str(second), "")
    assert outside[0] not in {"neuroshiksha_app", "neuroshiksha_maintenance"}
    assert tuple(outside)[1:3] == ("", "")
    assert before[3] == after[3] == outside[3]


async def test_authorising_narrows_the_scope_to_the_course(
    services: Services, adapters: Adapters, teacher: Person
) -> None:
    course = await services.courses.create(teacher.actor, NewCourse(title="Physics"))

    async with adapters.database.transaction(teacher.actor.scope) as session:
        await CourseRepository(session).enter(course.slug, user_id=teacher.id, every_course=False)
        settings = (await session.execute(SETTINGS)).one()

    assert settings[2] == str(course.id)


async def test_the_maintenance_scope_covers_every_course(single: Database) -> None:
    async with single.transaction(MAINTENANCE) as session:
        settings = (await session.execute(SETTINGS)).one()

    assert tuple(settings)[:3] == ("neuroshiksha_maintenance", "", "*")


async def test_a_failure_half_way_leaves_nothing(
    adapters: Adapters, services: Services, teacher: Person
) -> None:
    taken = await services.courses.create(teacher.actor, NewCourse(title="Taken"))
    slug = f"fresh-{uuid4().hex}"

    async def insert_then_fail() -> None:
        async with adapters.database.transaction(teacher.actor.scope) as session:
            await CourseRepository(session).add([{"id": uuid4(), "slug": slug, "title": "Fresh"}])
            raise RuntimeError("after the insert")

    with pytest.raises(RuntimeError, match="after the insert"):
        await insert_then_fail()

    async with adapters.database.transaction(MAINTENANCE) as session:
        found = await session.scalar(select(func.count()).where(Course.slug == slug))
        owned = await session.scalar(select(func.count()).where(Enrollment.user_id == teacher.id))
        audited = await session.scalar(
            select(func.count()).where(AuditEvent.actor_id == teacher.id)
        )
    assert (found, owned, audited) == (0, 1, 1)
    assert taken.role == "owner"


async def test_a_cancelled_request_leaves_nothing_and_frees_its_connection(
    single: Database,
) -> None:
    slug = f"slow-{uuid4().hex}"

    async def insert_slowly() -> None:
        async with single.transaction(MAINTENANCE) as session:
            await CourseRepository(session).add([{"id": uuid4(), "slug": slug, "title": "Slow"}])
            await session.execute(text("SELECT pg_sleep(120)"))

    task = asyncio.create_task(insert_slowly())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with asyncio.timeout(30), single.transaction(MAINTENANCE) as session:
        assert await session.scalar(select(func.count()).where(Course.slug == slug)) == 0


@pytest.fixture
async def own_home(tmp_path: Path) -> AsyncIterator[Home]:
    """Servers of this test alone, that it may kill."""
    home = Home(tmp_path / "servers")
    with embedded_servers(home) as servers:
        await asyncio.to_thread(upgrade_to_head, servers.urls.database_url)
        yield home


FAREWELL = "cannot switch to state 15; another operation (2) is in progress"


async def test_a_connection_that_heard_its_servers_farewell_is_replaced(
    single: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with single.connection(MAINTENANCE):
        pass  # SQLAlchemy has asked what it asks a first connection
    execute, refused = asyncpg.Connection.execute, []

    async def refusing_once(self: asyncpg.Connection, *arguments, **options):
        if not refused:
            refused.append(arguments)
            raise asyncpg.InternalClientError(FAREWELL)
        return await execute(self, *arguments, **options)

    monkeypatch.setattr(asyncpg.Connection, "execute", refusing_once)

    async with single.connection(MAINTENANCE) as connection:
        assert await connection.fetchval("SELECT 1") == 1
    assert len(refused) == 1


async def test_a_farewell_that_sqlalchemy_hears_is_told_as_the_databases_absence(
    single: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_arguments, **_options):
        raise asyncpg.InternalClientError(FAREWELL)

    monkeypatch.setattr(asyncpg.Connection, "prepare", refuse)

    with pytest.raises(StorageUnavailableError):
        await single.ping()


@pytest.mark.parametrize("opened", ["connection", "transaction"])
async def test_a_farewell_in_the_middle_is_told_as_the_databases_absence(
    single: Database, opened: str
) -> None:
    with pytest.raises(StorageUnavailableError):
        async with getattr(single, opened)(MAINTENANCE):
            raise asyncpg.InternalClientError(FAREWELL)


async def test_the_service_answers_503_while_postgresql_restarts_and_then_goes_on(
    own_home: Home, adapters: Adapters, settings: Settings
) -> None:
    state = read_state(own_home.run)
    assert state is not None
    database = Database(state.urls.database_url, PoolOptions(size=3))
    own = replace(adapters, database=database)
    person = await People(database, adapters.clock).add("teacher")
    app = create_app(lambda _: nullcontext(own), settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
        httpx2.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        before = await client.get("/api/v1/courses", headers=person.headers)
        os.kill(state.servers["postgres"].pid, signal.SIGKILL)
        meanwhile = await until(client, person, 503)
        after = await until(client, person, 200)
        written = await client.post(
            "/api/v1/courses", headers=person.headers, json={"title": "After the restart"}
        )
    await database.close()

    assert before.status_code == 200
    assert int(meanwhile[-1].headers["Retry-After"]) >= 1
    assert {response.status_code for response in after[:-1]} <= {503}
    assert written.status_code == 201


async def until(client: httpx2.AsyncClient, person: Person, status: int) -> list[httpx2.Response]:
    """Asks again and again until an answer has the status.

    For at most a minute: `make chaos` measures the 5 s that are promised where nothing else runs.
    """
    responses: list[httpx2.Response] = []
    async with asyncio.timeout(60):
        while not responses or responses[-1].status_code != status:
            responses.append(await client.get("/api/v1/courses", headers=person.headers))
            await asyncio.sleep(0.05)
    return responses
