"""The plain app's database, filled with a benchmark's passages, and how the app is asked."""

import asyncpg
from pgvector.asyncpg import register_vector

from benchmarks.baselines.plain_app import SCHEMA, ingest, load_encoder
from benchmarks.installation import Installation
from benchmarks.processes import Started
from benchmarks.streaming_client import Target


async def make_plain_database(here: Installation) -> str:
    """A database of its own for the plain app, with its schema; its URL."""
    server = here.urls.database_url
    connection = await asyncpg.connect(server)
    await connection.execute("CREATE DATABASE plain_app")
    await connection.close()
    url = server.rsplit("/", 1)[0] + "/plain_app"
    connection = await asyncpg.connect(url)
    await connection.execute(SCHEMA)
    await connection.close()
    return url


async def prepare_plain_app(here: Installation, rows: list[tuple[str, str]]) -> str:
    """The plain app's database with the passages in it; its URL."""
    url = await make_plain_database(here)
    async with asyncpg.create_pool(url, init=register_vector, min_size=1, max_size=2) as pool:
        await ingest(load_encoder(), pool, rows)
    return url


def plain_target(started: Started) -> Target:
    """Asking the plain app."""
    return Target("plain app", started.port, "/chat", b"data: ")
