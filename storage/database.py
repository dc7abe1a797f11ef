"""The database engine and the one way to open a transaction, with its role and scope set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import QueuePool

from storage.errors import StorageUnavailableError
from storage.statement_watch import StatementListener, StatementWatch
from storage.vector_codec import register_vector_codec

SET_SCOPE = text(
    "SELECT set_config('role', :role, true),"
    " set_config('neuroshiksha.user_id', :user_id, true),"
    " set_config('neuroshiksha.course_ids', :course_ids, true),"
    " set_config('plan_cache_mode', :plan_cache_mode, true)"
)
"""One round trip; all settings end with the transaction, so a pooled connection is clean."""

BEGIN_IN_SCOPE = (
    "BEGIN; SELECT set_config('role', '{role}', true),"
    " set_config('neuroshiksha.user_id', '{user_id}', true),"
    " set_config('neuroshiksha.course_ids', '{course_ids}', true),"
    " set_config('plan_cache_mode', '{plan_cache_mode}', true)"
)
"""The same with the transaction's begin, as one message; the values are UUIDs and fixed words."""

TEMPORARY_SQLSTATES = ("08", "53", "57P", "58030")
"""Lost connections; a full disk, no memory, too many connections; a server that starts or stops;
one that cannot read or write its files.

Source: PostgreSQL manual, appendix A, error codes.
"""

BROKEN_CLIENT = (asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises over a connection that is lost. The second one where PostgreSQL's farewell is
there already and the end of the connection is not: "cannot switch to state"."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Who acts in a transaction, and which courses its rows may belong to.

    `course_ids` None means every course; only an admin or the maintenance role has it. `enrolled`
    means the courses the user belongs to, which row-level security looks up for each statement:
    for finding out where a row belongs, before `services.access.authorise` narrows the scope.
    """

    role: Literal["neuroshiksha_app", "neuroshiksha_maintenance"] = "neuroshiksha_app"
    user_id: UUID | None = None
    course_ids: tuple[UUID, ...] | Literal["enrolled"] | None = ()

    @property
    def settings(self) -> dict[str, str]:
        """The values bound to `SET_SCOPE`."""
        return {
            "role": self.role,
            "user_id": "" if self.user_id is None else str(self.user_id),
            "course_ids": self._course_setting,
        }

    @property
    def _course_setting(self) -> str:
        if self.course_ids is None:
            return "*"
        if self.course_ids == "enrolled":
            return "enrolled"
        return ",".join(map(str, self.course_ids))


MAINTENANCE = Scope(role="neuroshiksha_maintenance", course_ids=None)
"""Sweeper, seeding and backup: work that belongs to no single user."""


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """How the engine keeps its connections."""

    size: int = 10
    max_overflow: int = 0
    timeout_seconds: float = 5.0
    recycle_seconds: int = 1800


@dataclass(frozen=True, slots=True)
class PoolState:
    """How many connections the pool has, and of how many at most."""

    in_use: int
    idle: int
    limit: int


class Database:
    """Opens transactions on one PostgreSQL database; the engine is made at first use."""

    def __init__(
        self,
        url: str,
        options: PoolOptions | None = None,
        listener: StatementListener | None = None,
    ) -> None:
        """Connects at first use; `listener` is told of every statement."""
        self._listener = listener
        self._url = normalise_database_url(url)
        self._options = options or PoolOptions()
        self._engine: AsyncEngine | None = None
        self._sessions: async_sessionmaker[AsyncSession] | None = None

    @property
    def engine(self) -> AsyncEngine:
        """The engine, made lazily (so that a worker opens it after its fork)."""
        if self._engine is None:
            self._engine = create_async_engine(
                self._url,
                pool_size=self._options.size,
                max_overflow=self._options.max_overflow,
                pool_timeout=self._options.timeout_seconds,
                pool_recycle=self._options.recycle_seconds,
                pool_pre_ping=False,
                pool_use_lifo=True,  # the connection last used has its plans and pages at hand
                connect_args={"timeout": self._options.timeout_seconds},
            )
            if self._listener is not None:
                StatementWatch(self._engine, self._listener)
        return self._engine

    @property
    def pool(self) -> PoolState:
        """How its connections are used just now."""
        limit = self._options.size + self._options.max_overflow
        if self._engine is None:
            return PoolState(0, 0, limit)
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)  # noqa: S101 - what `create_async_engine` makes
        return PoolState(pool.checkedout(), pool.checkedin(), limit)

    @asynccontextmanager
    async def transaction(
        self, scope: Scope, *, reuses_plans: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """A session in a transaction that commits at the end, and rolls back on an error.

        Args:
            scope: who acts, and on which courses.
            reuses_plans: plan each statement once per connection, not at each execution. Right
                for one statement over many partitions that takes longer to plan than to run.

        Raises:
            StorageUnavailableError: when PostgreSQL cannot be reached, or dies meanwhile.
        """
        if self._sessions is None:
            self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        async with translated_errors(), self._sessions() as session:
            await self._set_scope(session, scope, "force_generic_plan" if reuses_plans else "auto")
            yield session
            await session.commit()

    @asynccontextmanager
    async def connection(
        self, scope: Scope, *, reuses_plans: bool = False
    ) -> AsyncIterator[asyncpg.Connection]:
        """The driver's own connection in a transaction, for the statements that a chat waits for.

        It opens in one round trip and keeps no session's books; `halfvec` goes as bytes. Arguments
        and end are those of `transaction`.

        Raises:
            StorageUnavailableError: when PostgreSQL cannot be reached, or dies meanwhile.
        """
        plan_cache_mode = "force_generic_plan" if reuses_plans else "auto"
        begin = BEGIN_IN_SCOPE.format(**scope.settings, plan_cache_mode=plan_cache_mode)
        async with translated_errors(), self.engine.connect() as pooled:
            connection = await _begun(pooled, begin)
            try:
                yield connection
                await connection.execute("COMMIT")
            except BaseException:
                await _roll_back(pooled, connection)
                raise

    def watch(self, tell: StatementListener) -> StatementWatch:
        """Tells of each statement once it has ended, until what this gives is stopped."""
        return StatementWatch(self.engine, tell)

    async def ping(self) -> None:
        """Answers when the database does.

        Raises:
            StorageUnavailableError: when it does not.
        """
        async with translated_errors(), self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Closes every pooled connection."""
        if self._engine is not None:
            await self._engine.dispose()

    async def _set_scope(self, session: AsyncSession, scope: Scope, plan_cache_mode: str) -> None:
        """Sets role and scope; a connection that died in the pool is replaced here, once.

        This first statement doubles as the pool's liveness check: it saves the round trip of a
        pre-ping on every transaction.
        """
        values = {**scope.settings, "plan_cache_mode": plan_cache_mode}
        try:
            await session.execute(SET_SCOPE, values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            await session.rollback()
            await session.execute(SET_SCOPE, values)


async def _begun(pooled: AsyncConnection, begin: str) -> asyncpg.Connection:
    """The connection, its transaction begun; one that died in the pool is replaced, once."""
    connection = await driver_connection(pooled)
    try:
        await connection.execute(begin)
    except (asyncpg.PostgresConnectionError, *BROKEN_CLIENT, OSError):
        await pooled.invalidate()
        connection = await driver_connection(pooled)
        await connection.execute(begin)
    await register_vector_codec(connection, pooled.info)
    return connection


async def _roll_back(pooled: AsyncConnection, connection: asyncpg.Connection) -> None:
    """Leaves the pool a connection that can be used again, or none."""
    try:
        await connection.execute("ROLLBACK")
    except (asyncpg.PostgresError, *BROKEN_CLIENT, OSError):
        await pooled.invalidate()


@asynccontextmanager
async def translated_errors() -> AsyncIterator[None]:
    """Turns a lost or unreachable PostgreSQL into `StorageUnavailableError`."""
    try:
        yield
    except (InterfaceError, OperationalError, PoolTimeoutError, OSError, TimeoutError) as error:
        raise StorageUnavailableError from error
    except DBAPIError as error:
        cause = getattr(error.orig, "__cause__", None)
        if (
            error.connection_invalidated
            or is_temporary(error.orig)
            or isinstance(cause, BROKEN_CLIENT)
        ):
            raise StorageUnavailableError from error
        raise
    except BROKEN_CLIENT as error:
        raise StorageUnavailableError from error
    except asyncpg.PostgresError as error:
        if is_temporary(error):
            raise StorageUnavailableError from error
        raise


def is_temporary(error: BaseException | None) -> bool:
    """Whether PostgreSQL refused for a reason that passes: starting, stopping, full."""
    sqlstate = getattr(error, "sqlstate", None) or ""
    return sqlstate.startswith(TEMPORARY_SQLSTATES)


async def raw_connection(session: AsyncSession) -> asyncpg.Connection:
    """The asyncpg connection below a session, for COPY and statements with vectors bound."""
    return await driver_connection(await session.connection())


async def driver_connection(connection: AsyncConnection) -> asyncpg.Connection:
    """The asyncpg connection below one of the engine's."""
    pooled = await connection.get_raw_connection()
    driver = pooled.driver_connection
    assert isinstance(driver, asyncpg.Connection)  # noqa: S101 - the only driver
    return driver


def normalise_database_url(url: str) -> str:
    """Accepts `postgres://` and `postgresql://` and names the asyncpg driver.

    libpq's `sslmode` becomes the driver's `ssl`.
    """
    if not url:
        return url
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    options = dict(parsed.query)
    if "sslmode" in options:
        options["ssl"] = options.pop("sslmode")
    parsed = parsed.set(drivername="postgresql+asyncpg", query=options)
    return parsed.render_as_string(hide_password=False)
