"""Real PostgreSQL and Redis for the tests, shared by all workers of one run.

Each xdist worker has a database of its own, copied from one that was migrated once, and a
numbered Redis database. Nothing is durable, so that it is quick. TEST_DATABASE_URL, TEST_REDIS_URL
and TEST_REDIS_CACHE_URL name servers to use instead of embedded ones.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.embedded import ServerUrls, embedded_servers
from bootstrap.embedded.binaries import postgres_program
from bootstrap.file_lock import exclusive_lock
from bootstrap.home import Home
from storage.migrations import upgrade_to_head

TEMPLATE = "template_migrated"
MIGRATION_TIMEOUT_SECONDS = 120.0


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home of the servers that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    return Home((base.parent if is_worker else base) / "servers")


@pytest.fixture(scope="session")
def server_urls(shared_home: Home) -> Iterator[ServerUrls]:
    """The servers of this run; the Redis databases belong to this worker alone."""
    with embedded_servers(shared_home, given_servers(), durable=False) as servers:
        urls = servers.urls
        yield replace(
            urls,
            redis_url=_numbered(urls.redis_url),
            redis_cache_url=_numbered(urls.redis_cache_url),
        )


def given_servers() -> ServerUrls:
    """The servers that the tests are pointed at; those that are not named are embedded."""
    prefix = "TEST_"
    named = {name: value for name, value in os.environ.items() if name.startswith(prefix)}
    return ServerUrls.from_environment(
        {name.removeprefix(prefix): value for name, value in named.items()}
    )


@pytest.fixture(scope="session")
def database_url(shared_home: Home, server_urls: ServerUrls) -> str:
    """A database at the newest schema that belongs to this worker alone."""
    return _new_database(shared_home, server_urls, "test")


@pytest.fixture(scope="module")
def own_database_url(
    shared_home: Home, server_urls: ServerUrls, request: pytest.FixtureRequest
) -> str:
    """A database at the newest schema for one module, whose tests change the whole school."""
    return _new_database(shared_home, server_urls, request.module.__name__.rpartition(".")[2])


@pytest.fixture(scope="session")
def redis_url(server_urls: ServerUrls) -> str:
    """A Redis database for broker and streams that belongs to this worker alone."""
    return server_urls.redis_url


@pytest.fixture(scope="session")
def redis_cache_url(server_urls: ServerUrls) -> str:
    """A Redis database for caches that belongs to this worker alone."""
    return server_urls.redis_cache_url


def run_sql(database_url: str, statement: str) -> str:
    """Runs one statement outside any event loop and gives what psql prints."""
    completed = subprocess.run(
        [postgres_program("psql"), database_url, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement],
        check=False,
        capture_output=True,
        text=True,
    )
    if completed.returncode != 0:
        pytest.fail(f"{statement}: {completed.stderr}")
    return completed.stdout.strip()


def in_database(database_url: str, name: str) -> str:
    """The address of another database of the same server."""
    return f"{database_url.rpartition('/')[0]}/{name}"


def _new_database(home: Home, urls: ServerUrls, purpose: str) -> str:
    name = f"{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with exclusive_lock(home.run / "template.lock", MIGRATION_TIMEOUT_SECONDS):
        _ensure_template(home, urls.database_url)
        run_sql(urls.database_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        run_sql(urls.database_url, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    return in_database(urls.database_url, name)


def _ensure_template(home: Home, database_url: str) -> None:
    """Migrates the template database, once in a run."""
    migrated = Path(home.run / "template.migrated")
    if migrated.exists():
        return
    run_sql(database_url, f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
    run_sql(database_url, f"CREATE DATABASE {TEMPLATE}")
    upgrade_to_head(in_database(database_url, TEMPLATE))
    migrated.touch()


def _numbered(redis_url: str) -> str:
    """The Redis database of this worker: gw3 has number 3, of the 16 there are."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{redis_url.rpartition('/')[0]}/{int(worker) % 16}"
