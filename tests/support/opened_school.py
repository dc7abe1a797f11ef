"""The service with a school in it, one for a module, for tests that call it as everyone."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from asgi_lifespan import LifespanManager

from ai.embedding.onnx import OnnxEmbedder
from api.app import create_app
from bootstrap.adapters import open_adapters
from bootstrap.services import build_services
from bootstrap.settings import Settings
from tests.support.school import Caller, Classroom, School
from tests.support.service import SECRET_KEY, People

NAMES = {"/api/v1/admin/prompts": "prompt", "/api/v1/admin/models": "deployment"}
"""What `{name}` means, by the beginning of the path."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The service, as it is for one run of these tests."""

    client: httpx2.AsyncClient
    school: School
    classroom: Classroom
    document: dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    own_database_url: str,
    redis_url: str,
    redis_cache_url: str,
    session_encoder: OnnxEmbedder,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Opened]:
    settings = Settings(
        _env_file=None,
        environment="embedded",
        home=tmp_path_factory.mktemp("rights"),
        database_url=own_database_url,
        redis_url=redis_url,
        redis_cache_url=redis_cache_url,
        secret_key=SECRET_KEY,
        debugging=False,  # a profile takes as long as it is told to
    )
    async with open_adapters(settings, session_encoder) as adapters:
        app = create_app(lambda _: nullcontext(adapters), settings)
        people = People(adapters.database, adapters.clock)
        school = School(adapters, build_services(adapters), people)
        await school.open()
        async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
            transport = httpx2.ASGITransport(app=manager.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
                yield Opened(client, school, await school.classroom(), app.openapi())


def value_of(parameter: str, route_path: str, room: Classroom) -> str:
    """What stands for a parameter of the path."""
    if parameter == "name":
        parameter = next(name for path, name in NAMES.items() if route_path.startswith(path))
    if parameter not in room.values:
        pytest.fail(f"School.classroom needs an example of {{{parameter}}} for {route_path}")
    return room.values[parameter]


def forbidden(caller: Caller, room: Classroom) -> frozenset[str]:
    """What must not stand in an answer to this caller."""
    is_outside = caller.role != "admin" and caller.course_role is None
    hidden = room.secrets if is_outside else frozenset()
    return hidden if caller.owns else hidden | room.private
