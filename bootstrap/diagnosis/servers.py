"""Checks of PostgreSQL, Redis and the port of the API."""

import asyncio
import time
from collections.abc import Callable

import asyncpg
import redis
from redis.exceptions import RedisError

from bootstrap.diagnosis.finding import Finding
from bootstrap.diagnosis.installation import program_finding
from bootstrap.embedded.binaries import postgres_program, redis_server_program
from bootstrap.embedded.ports import describe_holder, is_port_free, next_free_port
from bootstrap.embedded.state import read_state
from bootstrap.home import Home
from bootstrap.settings import Settings
from bootstrap.supervision.health import is_ready, local_address

OLDEST_POSTGRES = 14
CONNECT_TIMEOUT_SECONDS = 5.0
CLOCKS_APART_SECONDS = 5.0
CLOCK = "SELECT extract(epoch FROM clock_timestamp())::float8"
VECTOR_AVAILABLE = "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"


def check_postgres(
    home: Home, settings: Settings, clock: Callable[[], float] = time.time
) -> Finding:
    """Whether the given PostgreSQL answers and has pgvector, else whether the embedded one can.

    Also whether its clock tells the time of this machine's.
    """
    url = settings.database_url.get_secret_value()
    state = read_state(home.run)
    if not url and (state is None or not state.urls.database_url):
        return _check_embedded_postgres()
    try:
        url = url or ("" if state is None else state.urls.database_url)
        return asyncio.run(_ask_postgres(url, clock))
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = f"does not answer: {error or type(error).__name__}"
        advice = "Check DATABASE_URL and that the server runs, or unset it to use the embedded one."
        return Finding("PostgreSQL", "fail", reason, advice)


def check_redis(settings: Settings) -> Finding:
    """Whether the given Redis answers and evicts nothing, else whether the embedded one can."""
    url = settings.redis_url.get_secret_value()
    if not url:
        return program_finding("Redis", redis_server_program)
    try:
        with redis.Redis.from_url(url, socket_timeout=CONNECT_TIMEOUT_SECONDS) as client:
            policy = client.info("memory").get("maxmemory_policy", "unknown")
    except (RedisError, ValueError) as error:
        advice = "Check REDIS_URL and that the server runs, or unset it to use the embedded one."
        return Finding("Redis", "fail", f"does not answer: {error}", advice)
    if policy != "noeviction":
        advice = "Set maxmemory-policy noeviction there: jobs and answer streams must stay."
        return Finding("Redis", "warn", f"evicts keys ({policy})", advice)
    return Finding("Redis", "ok", "the given server answers")


def check_port(host: str, port: int) -> Finding:
    """Whether the API's port is free, or serves this service already."""
    check = f"port {port}"
    if is_port_free(port, host):
        return Finding(check, "ok", "free")
    if is_ready(local_address(host, port)):
        return Finding(check, "ok", "in use by a service that answers as ready")
    holder = describe_holder(port) or "another program"
    advice = f"Choose another one: `make run PORT={next_free_port(port, host)}`."
    return Finding(check, "warn", f"in use by {holder}", advice)


def _check_embedded_postgres() -> Finding:
    finding = program_finding("PostgreSQL", lambda: postgres_program("postgres"))
    if finding.status == "ok":
        installation = postgres_program("postgres").parents[1]
        if not any(installation.glob("share/**/extension/vector.control")):
            advice = "Run `make run` again to install it, or set DATABASE_URL."
            return Finding("PostgreSQL", "fail", "the embedded one lacks pgvector", advice)
    return finding


async def _ask_postgres(url: str, clock: Callable[[], float]) -> Finding:
    """Asks a server for its version, for pgvector and for the time."""
    plain_url = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    connection = await asyncpg.connect(plain_url, timeout=CONNECT_TIMEOUT_SECONDS)
    try:
        major = connection.get_server_version().major
        vector = await connection.fetchval(VECTOR_AVAILABLE)
        ahead_seconds = await connection.fetchval(CLOCK) - clock()
    finally:
        await connection.close()
    if major < OLDEST_POSTGRES:
        advice = f"Upgrade it to {OLDEST_POSTGRES} or newer."
        return Finding("PostgreSQL", "fail", f"version {major} is too old", advice)
    if vector is None:
        advice = "Install pgvector on that server (Debian: postgresql-NN-pgvector)."
        return Finding("PostgreSQL", "fail", f"version {major} lacks pgvector", advice)
    if abs(ahead_seconds) > CLOCKS_APART_SECONDS:
        advice = "Let both keep their time by NTP: sign-ins and links end by the one or the other."
        detail = f"its clock and this machine's are {abs(ahead_seconds):.0f} s apart"
        return Finding("PostgreSQL", "warn", detail, advice)
    return Finding("PostgreSQL", "ok", f"version {major} with pgvector {vector} answers")
