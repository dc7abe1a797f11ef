"""The service over real PostgreSQL and Redis, and people to use it.

Tests share a database, so each makes people and courses of its own.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import numpy as np
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from numpy.typing import NDArray
from uuid_utils.compat import uuid4, uuid7

from ai.embedding.embedder import Embedder, PassageInput, PassageVectors
from api.app import create_app
from bootstrap.adapters import Adapters, open_adapters
from bootstrap.services import Services, build_services
from bootstrap.settings import Settings
from services.actors import Actor, Role
from services.keyring import KeyRing
from services.tokens import TokenIssuer
from storage.database import MAINTENANCE, Database
from storage.repositories.sessions import SessionRepository
from storage.repositories.users import UserRepository

SECRET_KEY = "a secret key for tests, long enough to be accepted"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account and a token."""

    actor: Actor
    headers: dict[str, str]

    @property
    def id(self) -> UUID:
        return self.actor.user_id


class People:
    """Makes accounts without passwords, and opens their sessions."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        keys = KeyRing.of_setting(SECRET_KEY)
        self._tokens = TokenIssuer(keys, access_lifetime=timedelta(minutes=5), clock=clock)

    async def add(self, role: Role) -> Person:
        user_id = uuid7()
        email = f"{role}-{uuid4().hex}@school.edu"
        user = {"id": user_id, "email": email, "display_name": role.title(), "role": role}
        async with self._database.transaction(MAINTENANCE) as session:
            await UserRepository(session).add(user)
        return await self.sign_in(Actor(user_id, email, role))

    async def sign_in(self, actor: Actor) -> Person:
        """Opens a session for someone, beside those they have."""
        session_id, ends_at = uuid7(), self._clock() + timedelta(days=1)
        opened = {
            "id": session_id,
            "user_id": actor.user_id,
            "kind": "tool",
            "device": "test",
            "address": "local",
            "expires_at": ends_at,
        }
        async with self._database.transaction(MAINTENANCE) as session:
            await SessionRepository(session).add(opened)
        pair = self._tokens.issue(actor.user_id, actor.role, session_id, session_ends_at=ends_at)
        return Person(actor, {"Authorization": f"Bearer {pair.access_token}"})


class UnusedEmbedder:
    """Stands where no vector is asked for; a test that asks for one gives its own `embedder`."""

    id = "unused"
    dimension = 384
    max_tokens = 256

    def count(self, text: str) -> int:  # noqa: ARG002
        raise AssertionError("this test counts no tokens")

    async def embed_query(self, text: str) -> NDArray[np.float32]:  # noqa: ARG002
        raise AssertionError("this test embeds no question")

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:  # noqa: ARG002
        raise AssertionError("this test encodes no passage")


@pytest.fixture
def embedder() -> Embedder:
    return UnusedEmbedder()


@pytest.fixture
def settings(database_url: str, redis_url: str, redis_cache_url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        environment="embedded",
        home=tmp_path / "home",
        database_url=database_url,
        redis_url=redis_url,
        redis_cache_url=redis_cache_url,
        secret_key=SECRET_KEY,
        database_pool_size=5,
    )


@pytest.fixture
async def adapters(settings: Settings, embedder: Embedder) -> AsyncIterator[Adapters]:
    async with open_adapters(settings, embedder) as opened:
        yield opened


@pytest.fixture
def database(adapters: Adapters) -> Database:
    return adapters.database


@pytest.fixture
def services(adapters: Adapters) -> Services:
    return build_services(adapters)


@pytest.fixture
def people(adapters: Adapters) -> People:
    return People(adapters.database, adapters.clock)


@pytest.fixture
def app(settings: Settings, adapters: Adapters) -> FastAPI:
    return create_app(lambda _: nullcontext(adapters), settings)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
        transport = httpx2.ASGITransport(app=manager.app)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://service/api/v1"
        ) as opened:
            yield opened


@pytest.fixture
async def admin(people: People) -> Person:
    return await people.add("admin")


@pytest.fixture
async def teacher(people: People) -> Person:
    return await people.add("teacher")


@pytest.fixture
async def student(people: People) -> Person:
    return await people.add("student")
