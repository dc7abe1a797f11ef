"""A populated database of an earlier release is upgraded while that release works on it."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

import migrations
from bootstrap.embedded import ServerUrls
from storage.migrations import upgrade_to_head
from storage.schema_revision import current_revision, head_revision
from tests.support.servers import in_database, run_sql

pytestmark = pytest.mark.server

EARLIER = "0020"
PATIENCE = "5s"
"""A statement that a migration holds up for longer than that has failed."""
PEOPLE, COURSES, CONVERSATIONS, MESSAGES, CHUNKS = 200, 20, 2_000, 12_000, 6_000

POPULATED = f"""
INSERT INTO courses (id, slug, title)
SELECT md5('course ' || n)::uuid, 'course-' || n, 'Course ' || n
FROM generate_series(1, {COURSES}) AS n;
INSERT INTO users (id, email, display_name, role)
SELECT md5('user ' || n)::uuid, 'user-' || n || '@school.edu', 'User ' || n, 'student'
FROM generate_series(1, {PEOPLE}) AS n;
INSERT INTO enrollments (course_id, user_id)
SELECT courses.id, users.id FROM courses, users;
INSERT INTO documents (id, course_id, key, title, media_type, current_version)
SELECT md5('document ' || id)::uuid, id, 'book', 'Book', 'text/plain', 1 FROM courses;
INSERT INTO document_versions (document_id, version, course_id, text)
SELECT id, 1, course_id, repeat('Work is force times distance. ', 99) FROM documents;
INSERT INTO chunks (course_id, id, document_id, document_version, ordinal, char_start, char_end,
                    text, sentence_bounds, token_count, content_hash)
SELECT course_id, row_number() OVER (), id, 1, n, n, n + 29, 'Work is force times distance.',
       '{{0,29}}', 7, md5(n::text)
FROM documents, generate_series(1, {CHUNKS // COURSES}) AS n;
INSERT INTO conversations (id, course_id, user_id, title)
SELECT md5('conversation ' || n)::uuid, md5('course ' || 1 + n % {COURSES})::uuid,
       md5('user ' || 1 + n % {PEOPLE})::uuid, 'Talk ' || n
FROM generate_series(1, {CONVERSATIONS}) AS n;
INSERT INTO messages (id, conversation_id, course_id, role, content)
SELECT md5('message ' || n)::uuid, talk.id, talk.course_id, 'user', 'What is work?'
FROM generate_series(1, {MESSAGES}) AS n
JOIN conversations AS talk ON talk.id = md5('conversation ' || 1 + n % {CONVERSATIONS})::uuid;
ANALYZE;
"""

# What that release asks and writes, whatever the schema has become meanwhile.
COURSES_OF = "SELECT id, slug, title FROM courses WHERE id = ANY($1::uuid[])"
CHUNKS_OF = """
SELECT chunks.id, chunks.text, chunks.content_hash, documents.title
FROM chunks JOIN documents ON documents.id = chunks.document_id
WHERE chunks.course_id = $1 ORDER BY chunks.ordinal LIMIT 20
"""
TALK = """
SELECT messages.id, messages.content, conversations.title
FROM messages JOIN conversations ON conversations.id = messages.conversation_id
WHERE conversations.user_id = $1 ORDER BY messages.created_at DESC LIMIT 20
"""
BEGIN_TALK = (
    "INSERT INTO conversations (id, course_id, user_id, title)"
    " VALUES (gen_random_uuid(), $1, $2, 'New') RETURNING id"
)
ASK = (
    "INSERT INTO messages (id, conversation_id, course_id, role, content)"
    " VALUES (gen_random_uuid(), $1, $2, 'user', 'What is power?')"
)
RENAME = "UPDATE conversations SET title = title || '.' WHERE id = $1"
QUEUE = (
    "INSERT INTO jobs (id, course_id, kind, requested_by, priority, payload)"
    " VALUES (gen_random_uuid(), $1, 'ingest', $2, 5, '{}')"
)
WHO = "SELECT id, email, role FROM users WHERE id = $1"
KINDS = 3
"""Of requests: reads, asks and queues."""
HELD_UP = """
SELECT count(*) FROM pg_locks
WHERE NOT granted AND locktype = 'relation'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture(scope="module")
def earlier_template(server_urls: ServerUrls, database_url: str) -> str:
    """The name of a populated database of the earlier release, to be copied."""
    name = f"{database_url.rpartition('/')[2]}_earlier"
    run_sql(server_urls.database_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    run_sql(server_urls.database_url, f'CREATE DATABASE "{name}"')
    url = in_database(server_urls.database_url, name)
    upgrade_to_head(url, EARLIER)
    run_sql(url, POPULATED)
    return name


@pytest.fixture
def earlier_url(server_urls: ServerUrls, earlier_template: str) -> str:
    """The address of a populated database of the earlier release."""
    name = f"{earlier_template}_copy"
    run_sql(server_urls.database_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    run_sql(server_urls.database_url, f'CREATE DATABASE "{name}" TEMPLATE "{earlier_template}"')
    return in_database(server_urls.database_url, name)


class Release:
    """The earlier release at work: each of its requests a transaction of the application's role."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.done: Counter[str] = Counter()

    async def work(self, is_over: asyncio.Event) -> None:
        requests: list[Callable[[], Awaitable[None]]] = [self.reads, self.asks, self.queues]
        while not is_over.is_set():
            await random.choice(requests)()
            await asyncio.sleep(0.005)

    async def has_done(self, count: int) -> int:
        """How many requests are done, once there are so many and some of each kind."""
        async with asyncio.timeout(60):
            while self.done.total() < count or len(self.done) < KINDS:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return self.done.total()

    async def reads(self) -> None:
        async with self._transaction() as (connection, course, user):
            assert await connection.fetch(COURSES_OF, [course])
            assert len(await connection.fetch(CHUNKS_OF, course)) == 20
            assert await connection.fetch(TALK, user)
        self.done["reads"] += 1

    async def asks(self) -> None:
        async with self._transaction() as (connection, course, user):
            assert await connection.fetchrow(WHO, user)
            conversation = await connection.fetchval(BEGIN_TALK, course, user)
            await connection.execute(ASK, conversation, course)
            assert await connection.execute(RENAME, conversation) == "UPDATE 1"
        self.done["asks"] += 1

    async def queues(self) -> None:
        async with self._transaction() as (connection, course, user):
            await connection.execute(QUEUE, course, user)
        self.done["queues"] += 1

    @asynccontextmanager
    async def _transaction(self):
        numbers = random.randint(1, COURSES), random.randint(1, PEOPLE)
        ids = "SELECT md5('course ' || $1)::uuid, md5('user ' || $2)::uuid"
        async with self._pool.acquire() as connection, connection.transaction():
            course, user = await connection.fetchrow(ids, *map(str, numbers))
            await connection.execute(
                "SELECT set_config('role', 'neuroshiksha_app', true),"
                " set_config('neuroshiksha.user_id', $1, true),"
                " set_config('neuroshiksha.course_ids', $2, true)",
                str(user), str(course),
            )  # fmt: skip
            yield connection, course, user


async def test_no_request_of_the_earlier_release_fails_while_its_database_is_upgraded(
    earlier_url: str,
) -> None:
    settings = {"statement_timeout": PATIENCE}
    async with asyncpg.create_pool(
        earlier_url, min_size=4, max_size=4, server_settings=settings
    ) as pool:
        release, is_over = Release(pool), asyncio.Event()
        working = [asyncio.create_task(release.work(is_over)) for _ in range(4)]
        before = await release.has_done(1)
        await asyncio.to_thread(upgrade_to_head, earlier_url)
        meanwhile = release.done.total()
        await release.has_done(meanwhile + 1)
        is_over.set()
        await asyncio.gather(*working)

    assert await current_revision(earlier_url) == head_revision()
    assert 0 < before < meanwhile < release.done.total()
    assert set(release.done) == {"reads", "asks", "queues"}
    messages = run_sql(earlier_url, "SELECT count(*) FROM messages")
    assert int(messages) == MESSAGES + release.done["asks"]


async def test_a_migration_gives_way_to_a_long_transaction_and_comes_again(
    earlier_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(upgrade_to_head.retry, "sleep", waits.append)
    connection = await asyncpg.connect(earlier_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("LOCK TABLE courses IN ACCESS SHARE MODE")
    await connection.execute("LOCK TABLE users IN ROW EXCLUSIVE MODE")
    upgrading = asyncio.create_task(asyncio.to_thread(upgrade_to_head, earlier_url))
    async with asyncio.timeout(60):
        while not waits:  # noqa: ASYNC110 - another thread
            await asyncio.sleep(0.05)
    await transaction.rollback()
    await connection.close()
    await upgrading

    assert await current_revision(earlier_url) == head_revision()


async def test_a_migration_in_the_way_of_a_request_goes_back_before_a_deadlock_is_found(
    earlier_url: str,
) -> None:
    # PostgreSQL ends whichever looks first; the migration is not to be saved by being it.
    name = earlier_url.rpartition("/")[2]
    run_sql(earlier_url, f"ALTER DATABASE \"{name}\" SET deadlock_timeout = '1min'")
    for revision in later_revisions():
        connection = await asyncpg.connect(earlier_url, server_settings={"deadlock_timeout": "1s"})
        async with connection.transaction():
            await connection.execute("LOCK TABLE conversations IN ROW EXCLUSIVE MODE")
            upgrading = asyncio.create_task(
                asyncio.to_thread(upgrade_to_head, earlier_url, revision)
            )
            while not (upgrading.done() or await connection.fetchval(HELD_UP)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await connection.execute("LOCK TABLE courses, users IN ROW SHARE MODE")
        await connection.close()
        await upgrading

    assert await current_revision(earlier_url) == head_revision()


def later_revisions() -> list[str]:
    """Those that come after the earlier release, oldest first."""
    scripts = ScriptDirectory(migrations.__path__[0])
    later = scripts.iterate_revisions("head", EARLIER)
    return [script.revision for script in later][::-1]


async def test_two_that_migrate_at_once_do_not_meet(earlier_url: str) -> None:
    program = "import sys; from storage.migrations import upgrade_to_head as up; up(sys.argv[1])"
    command = (sys.executable, "-c", program, earlier_url)
    migrating = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]

    assert [await process.wait() for process in migrating] == [0, 0]
    assert await current_revision(earlier_url) == head_revision()


def test_a_statement_that_is_refused_is_not_tried_again(
    earlier_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(upgrade_to_head.retry, "sleep", waits.append)
    run_sql(earlier_url, "CREATE TABLE contents (id int)")

    with pytest.raises(DBAPIError, match="contents"):
        upgrade_to_head(earlier_url)

    assert waits == []
