"""A course as its teacher makes it through the API, and the calls of its people."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2

from bootstrap.adapters import Adapters
from bootstrap.job_runner import build_job_runner
from tests.support.service import People, Person

MATERIAL = """# Pendulum

The period of a pendulum depends on its length, not on its mass. Galileo watched a lamp swing.

# Power

Power is the rate at which work is done. Its unit is the watt.
"""
LESSON = {
    "title": "Falling",
    "content": "All bodies fall alike where there is no air.",
    "status": "published",
}
QUIZ: dict[str, Any] = {
    "title": "Motion",
    "questions": [
        {
            "kind": "single_choice",
            "id": "mass",
            "stem": "What of a body does not change on the Moon?",
            "concepts": ["Mass"],
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
            "stem": "How fast is a stone after one second of falling?",
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
            "concepts": ["Energy"],
            "points": 3,
            "gaps": [{"id": "kind", "accepted": ["kinetic"]}],
        },
        {
            "kind": "ordering",
            "id": "order",
            "stem": "From slow to fast.",
            "concepts": ["Speed"],
            "points": 4,
            "items": ["snail", "horse", "light"],
        },
    ],
}
DECK = {
    "title": "Units",
    "cards": [
        {"id": "c1", "front": "Unit of force?", "back": "newton"},
        {"id": "c2", "front": "Unit of energy?", "back": "joule"},
    ],
}
VIDEO = {
    "title": "A fall in slow motion",
    "slides": [{"id": "s1", "heading": "Falling", "narration": ["It falls."]}],
}
MODES = {
    "allowed": ["explain", "hints", "check_my_work"],
    "default": "explain",
    "hints_before_solution": 2,
    "attempts_before_solution": 0,
}
CERTIFICATE = {
    "lessons_share": 1,
    "quiz_mark": 0.8,
    "mastered_share": 0.25,
    "signed_by": "Dr Asha Rao",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone with an account, and the service to ask."""

    http: httpx2.AsyncClient
    person: Person

    async def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {**self.person.headers, "Accept": "application/json"}
        return await self.http.request(method, path, headers=headers, **more)

    async def got(self, method: str, path: str, body: object = None, **query: Any) -> Any:
        """What an answer without error holds."""
        response = await self.ask(method, path, json=body, params=query)
        assert response.is_success, f"{method} {path}: {response.text}"
        return response.json() if response.content else None

    async def refused(self, method: str, path: str, body: object = None) -> str:
        """The code of a refusal."""
        response = await self.ask(method, path, json=body)
        assert response.is_client_error, f"{method} {path}: {response.text}"
        return str(response.json()["code"])


@dataclass(frozen=True, slots=True)
class CourseOfMotion:
    """The course, its people, and what is in it."""

    adapters: Adapters
    teacher: Caller
    learner: Caller
    path: str
    course_id: UUID
    lesson: str
    quiz: str
    deck: str
    video: str


async def taught_course(
    adapters: Adapters, http: httpx2.AsyncClient, people: People
) -> CourseOfMotion:
    """Makes the course as its teacher, with a learner enrolled before anything is published."""
    teacher = Caller(http, await people.add("teacher"))
    learner = Caller(http, await people.add("student"))
    slug = f"motion-{uuid4().hex}"
    path = f"/courses/{slug}"
    made = await teacher.got("POST", "/courses", {"title": "Motion", "slug": slug})
    await teacher.got("POST", f"{path}/enrollments", {"email": learner.person.actor.email})
    await _upload(adapters, teacher, path)
    lesson = await teacher.got("POST", f"{path}/lessons", LESSON)
    quiz = await _publish(teacher, path, "quizzes", QUIZ)
    await teacher.got("PUT", f"/quizzes/{quiz}/rules", _rules())
    await teacher.got("PUT", f"{path}/certificate-rule", CERTIFICATE)
    await teacher.got("PUT", f"{path}/policy", {"support": "mark", "modes": MODES})
    return CourseOfMotion(
        adapters,
        teacher,
        learner,
        path,
        UUID(made["id"]),
        lesson["id"],
        quiz,
        await _publish(teacher, path, "decks", DECK),
        await _publish(teacher, path, "videos", VIDEO),
    )


def _rules() -> dict[str, Any]:
    """Of a quiz that keeps its key back until tomorrow, so that each attempt is evidence."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return {"due_at": tomorrow.isoformat(), "shows_key": "after_due"}


async def _upload(adapters: Adapters, teacher: Caller, path: str) -> None:
    files = [("files", ("motion.md", MATERIAL.encode()))]
    sent = await teacher.ask("POST", f"{path}/documents", files=files)
    job = sent.json()["job"]["id"]
    await build_job_runner(adapters, "journey").run(UUID(job))
    assert (await teacher.got("GET", f"/jobs/{job}"))["status"] == "succeeded"


async def _publish(teacher: Caller, path: str, collection: str, content: dict[str, Any]) -> str:
    made = await teacher.got("POST", f"{path}/{collection}", {"content": content})
    reason = {"override": True, "reason": "A person wrote it."}
    await teacher.got("POST", f"/{collection}/{made['id']}/publish", reason)
    return str(made["id"])
