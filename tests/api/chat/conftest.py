"""A course with material, and a tutor over HTTP whose chat model each test chooses."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from redis.asyncio import Redis
from sqlalchemy import insert
from uuid_utils.compat import uuid4, uuid7

from ai.chat.chat_model import ChatModel
from ai.chat.scripted import ScriptedChatModel
from ai.embedding.onnx import OnnxEmbedder
from ai.prompts.registry import built_in_prompts
from api.app import create_app
from bootstrap.adapters import Adapters
from bootstrap.settings import Settings
from ingestion.guarded import GuardedReader
from jobs.celery_queue import CeleryJobQueue
from models import Course, Enrollment
from services.ingestion.service import IngestionService
from services.ingestion.sources import SourceFile
from services.ingestion.target import IngestionTarget
from storage.breakers import RedisBreakers
from storage.database import MAINTENANCE, Database, PoolOptions
from storage.files import FileStore
from tests.support.chat_models import router_over
from tests.support.encoder import exported_encoder
from tests.support.event_source import ReceivedEvent, received_events
from tests.support.running_app import running_app
from tests.support.service import People, Person

PASSAGES = (
    ("work", "Work", "Work is the product of force and displacement. Its unit is the joule."),
    ("power", "Power", "Power is the rate at which work is done. Its unit is the watt — 1 J/s."),
    ("pendulum", "Pendulum", "The period of a pendulum depends on its length, not on its mass."),
    ("friction", "Friction", "Friction opposes the motion of a body 🎓. It turns work into heat."),
)
PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class TaughtCourse:
    id: UUID
    slug: str


@dataclass(frozen=True, slots=True)
class Answered:
    """All events of one answer as a reader received them."""

    events: list[ReceivedEvent] = field(default_factory=list)

    def data(self, name: str) -> dict[str, Any]:
        return next(event.data for event in self.events if event.name == name)

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]

    @property
    def text(self) -> str:
        return "".join(event.data["text"] for event in self.events if event.name == "delta")

    @property
    def message_id(self) -> str:
        return str(self.data("start")["message_id"])


@dataclass(frozen=True, slots=True)
class Tutor:
    """A learner's way to the running service."""

    http: httpx2.AsyncClient
    course: TaughtCourse
    app: Any

    async def post(self, message: str, **fields: Any) -> httpx2.Response:
        """Asks for the answer in one piece."""
        return await self.http.post(
            f"/courses/{self.course.slug}/chat",
            json={"message": message, **fields},
            headers={"Accept": "application/json"},
        )

    @asynccontextmanager
    async def streaming(self, message: str, **fields: Any) -> AsyncIterator[Any]:
        """The events of an answer, one by one; leaving the context closes the connection."""
        body = {"message": message, **fields}
        path = f"/courses/{self.course.slug}/chat"
        async with self.http.stream("POST", path, json=body) as response:
            assert response.status_code == 200, await response.aread()
            yield received_events(response)

    async def ask(self, message: str, **fields: Any) -> Answered:
        async with self.streaming(message, **fields) as events:
            return Answered([event async for event in events])

    async def listen(self, message_id: str, last_event_id: str | None = None) -> Answered:
        headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        path = f"/messages/{message_id}/events"
        async with self.http.stream("GET", path, headers=headers) as response:
            assert response.status_code == 200, await response.aread()
            return Answered([event async for event in received_events(response)])

    async def stored(self, message_id: str) -> dict[str, Any]:
        response = await self.http.get(f"/messages/{message_id}")
        assert response.status_code == 200, response.text
        message: dict[str, Any] = response.json()
        return message


Tutoring = Callable[[ChatModel], AbstractAsyncContextManager[Tutor]]


@pytest.fixture(scope="session")
def encoder() -> Iterator[OnnxEmbedder]:
    embedder = OnnxEmbedder(exported_encoder(), threads=1)
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
def course(
    database_url: str, encoder: OnnxEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> TaughtCourse:
    """Ingested once; tests only read it."""
    folder = tmp_path_factory.mktemp("material")
    lines = [
        json.dumps({"doc_id": key, "title": title, "text": text}) for key, title, text in PASSAGES
    ]
    (folder / "passages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with ThreadPoolExecutor(1) as pool:  # a loop of its own, beside that of the tests
        return pool.submit(asyncio.run, _teach(database_url, encoder, folder)).result()


async def _teach(database_url: str, encoder: OnnxEmbedder, folder: Path) -> TaughtCourse:
    database = Database(database_url)
    course = TaughtCourse(uuid7(), f"physics-{uuid4().hex}")
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            insert(Course).values(id=course.id, slug=course.slug, title="Physics")
        )
    ingestion = IngestionService(database, FileStore(folder / "files"), encoder, GuardedReader)
    source = SourceFile(folder / "passages.jsonl", "passages.jsonl")
    target = IngestionTarget(MAINTENANCE, course.id, "en")
    report = await ingestion.ingest(target, [source])
    assert report.count("ok") == 1, report
    await database.close()
    return course


@pytest.fixture
async def chat_adapters(
    database_url: str, redis_url: str, encoder: OnnxEmbedder, tmp_path: Path
) -> AsyncIterator[Adapters]:
    database = Database(database_url, PoolOptions(size=2, max_overflow=0))
    redis = Redis.from_url(redis_url)
    queue = CeleryJobQueue(redis_url)
    yield Adapters(
        settings=Settings(
            _env_file=None,
            database_url=database_url,
            home=tmp_path,
            answer_cache=False,
            secret_key="a secret key for tests, long enough to be accepted",
            conversation_titles=False,
            rewrite_timeout_seconds=0,
        ),
        database=database,
        redis=redis,
        redis_cache=redis,
        clock=lambda: datetime.now(UTC),
        embedder=encoder,
        files=FileStore(tmp_path / "files"),
        queue=queue,
        router=router_over(ScriptedChatModel([["never asked"]])),
        breakers=RedisBreakers(redis),
        prompts=built_in_prompts(),
    )
    queue.close()
    await redis.aclose()
    await database.close()


@pytest.fixture
async def learner(people: People, course: TaughtCourse, chat_adapters: Adapters) -> Person:
    """A student enrolled in the course."""
    student = await people.add("student")
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(insert(Enrollment).values(course_id=course.id, user_id=student.id))
    return student


@pytest.fixture
def tutoring(chat_adapters: Adapters, course: TaughtCourse, learner: Person) -> Tutoring:
    """Runs the service with a chat model; the learner is signed in."""

    @asynccontextmanager
    async def run(chat_model: ChatModel) -> AsyncIterator[Tutor]:
        adapters = replace(chat_adapters, router=router_over(chat_model))
        app = create_app(lambda _: nullcontext(adapters), adapters.settings)
        async with (
            running_app(app) as address,
            httpx2.AsyncClient(
                base_url=f"{address}/api/v1", headers=learner.headers, timeout=60, verify=False
            ) as http,
        ):
            yield Tutor(http, course, app)

    return run


def spoken(text: str, *, pause_seconds: float = PAUSE) -> Sequence[str | float]:
    """A script that says a text word by word with pauses."""
    steps: list[str | float] = []
    for word in text.split(" "):
        steps += [pause_seconds, word + " "]
    return steps
