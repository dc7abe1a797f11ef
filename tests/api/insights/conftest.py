"""A course with material, a teacher, and learners who ask the grounded model."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from asgi_lifespan import LifespanManager
from uuid_utils.compat import uuid4

from ai.embedding.onnx import OnnxEmbedder
from api.app import create_app
from bootstrap.adapters import Adapters, open_adapters
from bootstrap.settings import Settings
from ingestion.guarded import GuardedReader
from services.ingestion.service import IngestionService
from services.ingestion.sources import SourceFile
from services.ingestion.target import IngestionTarget
from storage.database import MAINTENANCE
from tests.support.encoder import exported_encoder
from tests.support.service import SECRET_KEY, People, Person

PASSAGES = (
    ("work", "Work", "Work is the product of force and displacement. Its unit is the joule."),
    ("power", "Power", "Power is the rate at which work is done. Its unit is the watt."),
    ("pendulum", "Pendulum", "The period of a pendulum depends on its mass, and on its length."),
    ("friction", "Friction", "Friction opposes the motion of a body. It turns work into heat."),
)
PENDULUM = "Does the period of a pendulum depend on its mass?"
RIGHT = "No, the period of a pendulum does not depend on its mass. Its length alone decides."


@dataclass(frozen=True, slots=True)
class Taught:
    """The service, opened once for the tests of a module, and its people."""

    http: httpx2.AsyncClient
    adapters: Adapters
    people: People

    async def course(self) -> "Cockpit":
        """A new course with the material, a teacher and a learner."""
        teacher = await self.people.add("teacher")
        slug = f"cockpit-{uuid4().hex}"
        made = await self.http.post(
            "/courses", headers=teacher.headers, json={"title": "Physics", "slug": slug}
        )
        cockpit = Cockpit(self, UUID(made.json()["id"]), slug, teacher, teacher)
        learner = await cockpit.join()
        await self._bring_in(cockpit.id)
        return Cockpit(self, cockpit.id, slug, teacher, learner)

    async def _bring_in(self, course_id: UUID) -> None:
        folder = self.adapters.settings.home / str(course_id)
        folder.mkdir(parents=True)
        lines = [json.dumps({"doc_id": k, "title": t, "text": x}) for k, t, x in PASSAGES]
        (folder / "passages.jsonl").write_text("\n".join(lines), encoding="utf-8")
        adapters = self.adapters
        ingestion = IngestionService(
            adapters.database, adapters.files, adapters.embedder, GuardedReader
        )
        source = SourceFile(folder / "passages.jsonl", "passages.jsonl")
        await ingestion.ingest(IngestionTarget(MAINTENANCE, course_id, "en"), [source])


@dataclass(frozen=True, slots=True)
class Cockpit:
    """A course, and what is done in it."""

    taught: Taught
    id: UUID
    slug: str
    teacher: Person
    learner: Person

    @property
    def http(self) -> httpx2.AsyncClient:
        return self.taught.http

    async def join(self) -> Person:
        """Somebody new in the course."""
        person = await self.taught.people.add("student")
        path = f"/courses/{self.slug}/enrollments/{person.id}"
        await self.http.put(path, headers=self.teacher.headers, json={"role": "learner"})
        return person

    async def ask(self, question: str, who: Person | None = None, **more: str) -> dict[str, Any]:
        headers = (who or self.learner).headers | {"Accept": "application/json"}
        path = f"/courses/{self.slug}/chat"
        response = await self.http.post(path, json={"message": question, **more}, headers=headers)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def stored(self, message_id: str, who: Person | None = None) -> dict[str, Any]:
        headers = (who or self.learner).headers
        message: dict[str, Any] = (
            await self.http.get(f"/messages/{message_id}", headers=headers)
        ).json()
        return message

    async def correct(self, question: str, body: str, **more: Any) -> dict[str, Any]:
        path = f"/courses/{self.slug}/corrections"
        said = {"question": question, "body": body, **more}
        response = await self.http.post(path, json=said, headers=self.teacher.headers)
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()
        return made

    async def read(self, path: str, **params: Any) -> dict[str, Any]:
        """What a view of the cockpit tells the teacher."""
        response = await self.http.get(
            f"/courses/{self.slug}/{path}", params=params, headers=self.teacher.headers
        )
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found


@pytest.fixture(scope="module")
def chat_settings() -> dict[str, Any]:
    """Settings of the chat model; none: the grounded one answers."""
    return {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def taught(
    database_url: str,
    redis_url: str,
    redis_cache_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    chat_settings: dict[str, Any],
) -> AsyncIterator[Taught]:
    settings = Settings(
        _env_file=None,
        environment="embedded",
        home=tmp_path_factory.mktemp("insights"),
        database_url=database_url,
        redis_url=redis_url,
        redis_cache_url=redis_cache_url,
        secret_key=SECRET_KEY,
        database_pool_size=5,
        conversation_titles=False,
        **chat_settings,
    )
    embedder = OnnxEmbedder(exported_encoder(), threads=1)
    async with open_adapters(settings, embedder) as adapters:
        app = create_app(lambda _: nullcontext(adapters), settings)
        async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
            transport = httpx2.ASGITransport(app=manager.app)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://service/api/v1", timeout=60
            ) as http:
                yield Taught(http, adapters, People(adapters.database, adapters.clock))
    await asyncio.to_thread(embedder.close)


@pytest_asyncio.fixture(loop_scope="module")
async def cockpit(taught: Taught) -> Cockpit:
    return await taught.course()
