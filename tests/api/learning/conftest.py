"""A course with a quiz and a deck that learners see."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from asgi_lifespan import LifespanManager

from api.app import create_app
from bootstrap.adapters import open_adapters
from bootstrap.settings import Settings
from content.cards import Deck
from content.kinds import AnyContent, ContentKind
from content.questions import Quiz
from storage.database import Database, Scope
from storage.repositories.contents import ContentsRepository
from storage.repositories.stored_content import NewVersion
from tests.support.service import SECRET_KEY, People, Person, UnusedEmbedder

QUESTIONS: list[dict[str, Any]] = [
    {
        "kind": "single_choice",
        "id": "mass",
        "stem": "What does not change on the Moon?",
        "concepts": ["Mass"],
        "explanation": "Mass is how much there is of a body.",
        "choices": [
            {"id": "a", "text": "mass", "is_right": True},
            {
                "id": "b",
                "text": "weight",
                "reason": "weight taken for mass",
                "feedback": "Weight depends on where you are.",
            },
        ],
    },
    {
        "kind": "numeric",
        "id": "fall",
        "stem": "How fast after one second of falling?",
        "concepts": ["Acceleration"],
        "points": 2,
        "value": 9.81,
        "unit": "m/s",
        "tolerance": 0.05,
    },
    {
        "kind": "cloze",
        "id": "energy",
        "stem": "Energy of motion is {{kind}} energy.",
        "concepts": ["Energy", "Mass"],
        "points": 3,
        "gaps": [{"id": "kind", "accepted": ["kinetic"]}],
    },
]
FORMULA: dict[str, Any] = {
    "kind": "expression",
    "id": "formula",
    "stem": "The kinetic energy?",
    "expression": "m*v^2/2",
    "variables": ["m", "v"],
}
RIGHT = {
    "mass": {"kind": "choice", "chosen": ["a"]},
    "fall": {"kind": "written", "text": "35.3 km/h"},
    "energy": {"kind": "gaps", "gaps": {"kind": "Kinetic"}},
}
WRONG = {
    "mass": {"kind": "choice", "chosen": ["b"]},
    "fall": {"kind": "written", "text": "10 kg"},
    "energy": {"kind": "gaps", "gaps": {"kind": "potential"}},
}
CARDS = [
    {"id": "c1", "front": "Unit of force?", "back": "newton"},
    {"id": "c2", "front": "Unit of energy?", "back": "joule"},
]


@dataclass(frozen=True, slots=True)
class LearningCourse:
    """A course with its people, and calls in their names."""

    http: httpx2.AsyncClient
    database: Database
    people: People
    id: UUID
    slug: str
    teacher: Person
    learner: Person
    other: Person
    quiz_id: UUID
    deck_id: UUID

    @property
    def scope(self) -> Scope:
        return Scope(course_ids=(self.id,))

    async def attempt(
        self,
        answers: dict[str, Any],
        who: Person | None = None,
        key: str | None = None,
        **more: Any,
    ) -> httpx2.Response:
        person = who or self.learner
        headers = person.headers | ({"Idempotency-Key": key} if key else {})
        body = {"answers": answers, **more}
        path = f"/quizzes/{self.quiz_id}/attempts"
        return await self.http.post(path, json=body, headers=headers)

    async def attempted(self, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
        response = await self.attempt(answers, **more)
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()
        return made

    async def rules(self, **rules: Any) -> httpx2.Response:
        path = f"/quizzes/{self.quiz_id}/rules"
        return await self.http.put(path, json=rules, headers=self.teacher.headers)

    async def known(self, who: Person | None = None) -> dict[str, dict[str, Any]]:
        """What is believed of a learner, by the names of concepts."""
        headers = (who or self.learner).headers
        progress = (await self.http.get("/users/me/progress", headers=headers)).json()
        return {one["concept"]: one for c in progress["courses"] for one in c["concepts"]}

    async def edit_quiz(self, questions: list[dict[str, Any]]) -> None:
        """Publishes a version with these questions."""
        content = Quiz.model_validate({"title": "Motion", "questions": questions})
        async with self.database.transaction(self.scope) as session:
            contents = ContentsRepository(session)
            head = await contents.head(self.quiz_id, is_locked=True)
            head = await contents.add_version(head, new_version(content))
            await contents.publish(self.quiz_id, head.version)


def new_version(content: AnyContent) -> NewVersion:
    return NewVersion(content.title, content.model_dump(mode="json"))


async def published(
    database: Database, course_id: UUID, kind: ContentKind, content: AnyContent
) -> UUID:
    async with database.transaction(Scope(course_ids=(course_id,))) as session:
        contents = ContentsRepository(session)
        head = await contents.add(course_id, kind, new_version(content))
        await contents.publish(head.id, 1)
    return head.id


@dataclass(frozen=True, slots=True)
class Served:
    """The service, opened once for the tests of a module."""

    http: httpx2.AsyncClient
    database: Database
    people: People


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    database_url: str,
    redis_url: str,
    redis_cache_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Served]:
    settings = Settings(
        _env_file=None,
        environment="embedded",
        home=tmp_path_factory.mktemp("learning"),
        database_url=database_url,
        redis_url=redis_url,
        redis_cache_url=redis_cache_url,
        secret_key=SECRET_KEY,
        database_pool_size=5,
    )
    async with open_adapters(settings, UnusedEmbedder()) as adapters:
        app = create_app(lambda _: nullcontext(adapters), settings)
        async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
            transport = httpx2.ASGITransport(app=manager.app)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://service/api/v1"
            ) as http:
                people = People(adapters.database, adapters.clock)
                yield Served(http, adapters.database, people)


@pytest_asyncio.fixture(loop_scope="module")
async def course(served: Served) -> LearningCourse:
    return await learning_course(served)


@pytest_asyncio.fixture(loop_scope="module")
async def elsewhere(served: Served, course: LearningCourse) -> LearningCourse:
    """Another course, whose learner is that of `course`."""
    made = await learning_course(served)
    path = f"/courses/{made.slug}/enrollments/{course.learner.id}"
    await served.http.put(path, headers=made.teacher.headers, json={"role": "learner"})
    return replace(made, learner=course.learner)


async def learning_course(served: Served) -> LearningCourse:
    http, people = served.http, served.people
    teacher, learner, other = [await people.add(role) for role in ("teacher", "student", "student")]
    slug = f"course-{uuid4().hex}"
    made = await http.post(
        "/courses", headers=teacher.headers, json={"title": "Physics", "slug": slug}
    )
    for person in (learner, other):
        path = f"/courses/{slug}/enrollments/{person.id}"
        await http.put(path, headers=teacher.headers, json={"role": "learner"})
    course_id = UUID(made.json()["id"])
    quiz = Quiz.model_validate({"title": "Motion", "questions": QUESTIONS})
    deck = Deck.model_validate({"title": "Units", "cards": CARDS})
    return LearningCourse(
        http=http,
        database=served.database,
        people=people,
        id=course_id,
        slug=slug,
        teacher=teacher,
        learner=learner,
        other=other,
        quiz_id=await published(served.database, course_id, ContentKind.QUIZ, quiz),
        deck_id=await published(served.database, course_id, ContentKind.DECK, deck),
    )
