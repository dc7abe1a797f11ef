"""Content over HTTP: kept in versions, published by a person, without keys for learners."""

import copy
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from ai.embedding.onnx import OnnxEmbedder
from storage.database import MAINTENANCE, Database
from tests.support.material import session_encoder
from tests.support.service import Person

__all__ = ["session_encoder"]

pytestmark = pytest.mark.server

EXAMPLE_QUIZ = {
    "title": "Inertia",
    "questions": [
        {
            "id": "q1",
            "kind": "single_choice",
            "stem": "What keeps a body moving on which no force acts?",
            "choices": [
                {"id": "a", "text": "Its inertia", "is_right": True},
                {"id": "b", "text": "A force", "reason": "Takes motion for an effect of force."},
            ],
        }
    ],
}
LESSON = {
    "title": "Inertia",
    "objectives": [{"id": "o1", "text": "Say what inertia is."}],
    "sections": [{"id": "s1", "heading": "Rest", "body": "A body at rest stays at rest."}],
    "summary": "Bodies keep moving.",
}


@dataclass(frozen=True, slots=True)
class Room:
    """A course with a teacher and a learner, and the service to ask."""

    client: httpx2.AsyncClient
    course: str
    teacher: Person
    learner: Person

    async def ask(
        self, method: str, path: str, body: object = None, *, by: Person | None = None
    ) -> httpx2.Response:
        headers = (by or self.teacher).headers
        return await self.client.request(method, path, json=body, headers=headers)

    async def publish(self, path: str) -> None:
        body = {"override": True, "reason": "It stands on no material here."}
        response = await self.ask("POST", f"{path}/publish", body)
        assert response.status_code == 200, response.text

    async def quiz(self) -> dict[str, Any]:
        body = {"content": EXAMPLE_QUIZ}
        response = await self.ask("POST", f"/courses/{self.course}/quizzes", body)
        assert response.status_code == 201, response.text
        return response.json()


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> OnnxEmbedder:
    return session_encoder


@pytest.fixture
async def room(client: httpx2.AsyncClient, teacher: Person, student: Person) -> Room:
    slug = f"course-{uuid4().hex}"
    await client.post("/courses", headers=teacher.headers, json={"title": "Physics", "slug": slug})
    await client.put(f"/courses/{slug}/enrollments/{student.id}", headers=teacher.headers, json={})
    return Room(client, slug, teacher, student)


def renamed(content: dict[str, Any], title: str) -> dict[str, Any]:
    return {"content": {**content, "title": title}}


async def test_a_learner_sees_a_published_quiz_without_its_keys(room: Room):
    quiz = await room.quiz()
    path = f"/quizzes/{quiz['id']}"
    hidden = await room.ask("GET", path, by=room.learner)
    await room.publish(path)

    shown = await room.ask("GET", path, by=room.learner)
    by_teacher = await room.ask("GET", path)

    assert hidden.status_code == 404
    [question] = shown.json()["content"]["questions"]
    assert question["choices"] == [
        {"id": "a", "text": "Its inertia"},
        {"id": "b", "text": "A force"},
    ]
    assert "Takes motion" not in shown.text
    [with_keys] = by_teacher.json()["content"]["questions"]
    assert with_keys["choices"][0]["is_right"] is True


async def test_an_edit_waits_for_publishing_and_can_be_undone_and_redone(room: Room):
    quiz = await room.quiz()
    path = f"/quizzes/{quiz['id']}"
    await room.publish(path)
    edited = await room.ask("PUT", path, renamed(quiz["content"], "Rest"))

    learners = await room.ask("GET", path, by=room.learner)
    undone = await room.ask("POST", f"{path}/undo")
    redone = await room.ask("POST", f"{path}/redo")
    nothing_left = await room.ask("POST", f"{path}/redo")

    assert (edited.json()["version"], edited.json()["published_version"]) == (2, 1)
    assert learners.json()["title"] == "Inertia"
    assert [undone.json()["title"], redone.json()["title"]] == ["Inertia", "Rest"]
    assert nothing_left.status_code == 409
    assert nothing_left.json()["code"] == "wrong_state"


async def test_versions_tell_what_they_changed(room: Room):
    quiz = await room.quiz()
    path = f"/quizzes/{quiz['id']}"
    content = copy.deepcopy(quiz["content"])
    content["questions"][0]["stem"] = "What is inertia?"
    content["questions"].append({**content["questions"][0], "id": "q2"})
    await room.ask("PUT", path, {"content": content, "why": "Clearer."})

    versions = await room.ask("GET", f"{path}/versions")
    first = await room.ask("GET", f"{path}/versions/1")
    difference = (await room.ask("GET", f"{path}/versions/2/diff")).json()

    assert [(v["number"], v["parent"], v["why"]) for v in versions.json()["items"]] == [
        (2, 1, "Clearer."), (1, None, ""),
    ]  # fmt: skip
    assert first.json()["content"]["questions"][0]["stem"] == EXAMPLE_QUIZ["questions"][0]["stem"]
    assert [(part["part"], part["change"]) for part in difference["parts"]] == [
        ("q1", "changed"), ("q2", "added"),
    ]  # fmt: skip
    assert '+      "stem": "What is inertia?"' in difference["unified"]


async def test_an_edit_of_an_older_version_is_refused(room: Room):
    quiz = await room.quiz()
    path = f"/quizzes/{quiz['id']}"
    await room.ask("PUT", path, renamed(quiz["content"], "Rest"))

    late = await room.ask("PUT", path, {**renamed(quiz["content"], "Motion"), "based_on": 1})

    assert late.status_code == 409
    assert "version 2 is worked on now, not 1" in late.json()["detail"]


async def test_a_quiz_without_a_key_is_refused_with_the_field(room: Room):
    content = copy.deepcopy(EXAMPLE_QUIZ)
    content["questions"][0]["choices"][0]["is_right"] = False

    refused = await room.ask("POST", f"/courses/{room.course}/quizzes", {"content": content})

    assert refused.status_code == 422
    [fault] = refused.json()["errors"]
    assert fault["field"] == "content.questions.0.single_choice"
    assert "exactly one right choice" in fault["message"]


async def test_lists_hold_their_kind_and_learners_only_what_is_published(room: Room):
    published, _draft = await room.quiz(), await room.quiz()
    await room.publish(f"/quizzes/{published['id']}")
    cards = {
        "title": "Terms",
        "cards": [{"id": "c1", "front": "Inertia?", "back": "Keeps moving."}],
    }
    await room.ask("POST", f"/courses/{room.course}/decks", {"content": cards})

    quizzes = await room.ask("GET", f"/courses/{room.course}/quizzes")
    seen = await room.ask("GET", f"/courses/{room.course}/quizzes", by=room.learner)
    decks = await room.ask("GET", f"/courses/{room.course}/decks")

    assert quizzes.json()["total"] == 2
    assert [item["id"] for item in seen.json()["items"]] == [published["id"]]
    assert [item["title"] for item in decks.json()["items"]] == ["Terms"]


async def test_deleted_content_comes_back_with_its_versions(room: Room):
    quiz = await room.quiz()
    path = f"/quizzes/{quiz['id']}"
    await room.ask("DELETE", path)
    gone = await room.ask("GET", path)

    restored = await room.ask("POST", f"{path}/restore")

    assert gone.status_code == 404
    assert restored.json()["content"] == quiz["content"]


async def test_a_quiz_is_no_deck(room: Room):
    quiz = await room.quiz()

    response = await room.ask("GET", f"/decks/{quiz['id']}")

    assert response.status_code == 404


async def test_an_unknown_collection_is_no_address(room: Room):
    response = await room.ask("GET", "/poems/1")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_comments_belong_to_a_part_and_are_resolved(room: Room):
    quiz = await room.quiz()
    path = f"/quizzes/{quiz['id']}/comments"
    made = await room.ask("POST", path, {"body": "Too easy.", "part": "q1"})
    wrong = await room.ask("POST", path, {"body": "Which?", "part": "q9"})
    await room.ask("PATCH", f"{path}/{made.json()['id']}", {"is_resolved": True})

    still_open = await room.ask("GET", f"{path}?open=true")
    resolved = await room.ask("GET", f"{path}?open=false")
    by_learner = await room.ask("GET", path, by=room.learner)

    assert wrong.json()["errors"][0]["field"] == "part"
    assert still_open.json()["items"] == []
    assert [(c["body"], c["part"]) for c in resolved.json()["items"]] == [("Too easy.", "q1")]
    assert by_learner.status_code == 403


async def lesson(room: Room, **fields: object) -> str:
    body = {"title": "Inertia", "content": "Old.", **fields}
    made = await room.ask("POST", f"/courses/{room.course}/lessons", body)
    return f"/lessons/{made.json()['id']}"


async def test_a_changed_lesson_can_be_undone(room: Room):
    path = await lesson(room)
    await room.ask("PATCH", path, {"content": "New."})

    await room.ask("POST", f"{path}/undo")
    undone = await room.ask("GET", path)
    await room.ask("POST", f"{path}/redo")
    redone = await room.ask("GET", path)

    assert [undone.json()["content"], redone.json()["content"]] == ["Old.", "New."]


async def test_a_published_lesson_shows_edits_at_once_but_what_is_undone_only_when_published(
    room: Room,
):
    path = await lesson(room, status="published")
    await room.ask("PATCH", path, {"content": "New."})
    edited = await room.ask("GET", path, by=room.learner)
    await room.ask("POST", f"{path}/undo")

    before = await room.ask("GET", path, by=room.learner)
    await room.ask("POST", f"{path}/publish")
    after = await room.ask("GET", path, by=room.learner)

    seen = [response.json()["content"] for response in (edited, before, after)]
    assert seen == ["New.", "New.", "Old."]


async def test_a_lesson_in_parts_shows_their_markdown_until_its_text_is_written_over(room: Room):
    path = await lesson(room)
    structured = await room.ask("PUT", f"{path}/structure", {"content": LESSON})
    read = await room.ask("GET", path)
    await room.ask("PATCH", path, {"title": "Rest and motion"})
    renamed_parts = await room.ask("GET", f"{path}/versions/3")
    await room.ask("PATCH", path, {"content": "By hand."})
    by_hand = await room.ask("GET", f"{path}/versions/4")

    assert structured.json()["content"]["sections"][0]["id"] == "s1"
    assert "## Rest\n\nA body at rest stays at rest." in read.json()["content"]
    assert renamed_parts.json()["content"]["title"] == "Rest and motion"
    assert renamed_parts.json()["content"]["sections"][0]["id"] == "s1"
    assert by_hand.json()["content"]["markdown"] == "By hand."


async def test_a_lesson_that_is_unpublished_is_none_to_learners(room: Room):
    path = await lesson(room, status="published")
    await room.ask("POST", f"{path}/unpublish")

    hidden = await room.ask("GET", path, by=room.learner)
    await room.ask("POST", f"{path}/publish")
    shown = await room.ask("GET", path, by=room.learner)

    assert (hidden.status_code, shown.status_code) == (404, 200)


async def test_a_quiz_that_does_not_pass_the_gate_needs_a_reason_to_be_published(
    room: Room, database: Database
):
    quiz = await room.quiz()
    path = f"/quizzes/{quiz['id']}/publish"

    refused = await room.ask("POST", path)
    without_reason = await room.ask("POST", path, {"override": True})
    published = await room.ask("POST", path, {"override": True, "reason": "Checked in class."})

    assert (refused.status_code, refused.json()["code"]) == (409, "quality_gate")
    assert "q1" in refused.json()["detail"]
    assert without_reason.json()["errors"][0]["field"] == "reason"
    assert published.json()["status"] == "published"
    async with database.transaction(MAINTENANCE) as session:
        details = await session.scalar(
            text(
                "SELECT details FROM audit_events WHERE subject = :id AND action = 'quiz.publish'"
            ),
            {"id": quiz["id"]},
        )
    assert details["reason"] == "Checked in class."
    assert details["failing"]


async def test_a_lesson_that_does_not_pass_the_gate_is_not_published_by_the_way(room: Room):
    path = await lesson(room)
    again = {**LESSON, "sections": [LESSON["sections"][0], {**LESSON["sections"][0], "id": "s2"}]}
    await room.ask("PUT", f"{path}/structure", {"content": again})

    patched = await room.ask("PATCH", path, {"status": "published"})
    read = await room.ask("GET", path)

    assert (patched.status_code, patched.json()["code"]) == (409, "quality_gate")
    assert read.json()["status"] == "draft"
