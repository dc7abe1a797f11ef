"""Question banks come in as quizzes, and courses go out as packages."""

import io
import zipfile
from uuid import uuid4

import httpx2
import pytest

from ai.embedding.onnx import OnnxEmbedder
from tests.support.material import session_encoder
from tests.support.service import Person

__all__ = ["session_encoder"]

pytestmark = pytest.mark.server

GIFT = b"""::Force:: What changes how a body moves? {=a force ~a wish ~a name}

::Weight:: How many newtons does a kilogram weigh? {#9.8:0.1}

::Broken:: This one has no end {=so
"""


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> OnnxEmbedder:
    return session_encoder


@pytest.fixture
async def course(client: httpx2.AsyncClient, teacher: Person) -> str:
    slug = f"course-{uuid4().hex}"
    body = {"title": "Physics", "slug": slug}
    await client.post("/courses", headers=teacher.headers, json=body)
    return f"/courses/{slug}"


async def sent(
    client: httpx2.AsyncClient, who: Person, course: str, content: bytes
) -> httpx2.Response:
    return await client.post(
        f"{course}/question-banks", headers=who.headers, files={"file": ("bank", content)}
    )


async def test_a_question_bank_becomes_a_draft_and_what_cannot_be_read_is_named(
    client: httpx2.AsyncClient, teacher: Person, course: str
):
    response = await sent(client, teacher, course, GIFT)

    assert response.status_code == 201, response.text
    found = response.json()
    quiz = await client.get(response.headers["Location"][7:], headers=teacher.headers)
    questions = quiz.json()["content"]["questions"]
    assert found["format"] == "gift"
    assert [question["kind"] for question in questions] == ["single_choice", "numeric"]
    assert quiz.json()["status"] == "draft"
    [failure] = found["failures"]
    assert "Broken" in failure["name"]
    assert failure["reason"]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"no questions here", b"<quiz>"])
async def test_what_is_no_question_bank_is_refused_and_leaves_nothing(
    content: bytes, client: httpx2.AsyncClient, teacher: Person, course: str
):
    response = await sent(client, teacher, course, content)

    listed = await client.get(f"{course}/quizzes", headers=teacher.headers)
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["field"] == "file"
    assert listed.json()["items"] == []


async def test_a_package_holds_what_is_published_and_nothing_else(
    client: httpx2.AsyncClient, teacher: Person, course: str
):
    empty = await client.get(f"{course}/package", headers=teacher.headers)
    for status in ("published", "draft"):
        lesson = {"title": f"A {status} lesson", "content": "Bodies move.", "status": status}
        await client.post(f"{course}/lessons", headers=teacher.headers, json=lesson)
    quiz = (await sent(client, teacher, course, GIFT)).json()["quiz"]
    reason = {"override": True, "reason": "Known to be right."}
    await client.post(f"/quizzes/{quiz['id']}/publish", headers=teacher.headers, json=reason)

    package = await client.get(f"{course}/package?format=scorm12", headers=teacher.headers)

    assert (empty.status_code, empty.json()["code"]) == (409, "wrong_state")
    assert package.status_code == 200, package.text
    archive = zipfile.ZipFile(io.BytesIO(package.content))
    manifest = archive.read("imsmanifest.xml").decode()
    assert "A published lesson" in manifest
    assert quiz["title"] in manifest
    assert "A draft lesson" not in manifest


async def test_other_formats_are_named_and_learners_get_no_keys(
    client: httpx2.AsyncClient, teacher: Person, student: Person, course: str
):
    await client.put(f"{course}/enrollments/{student.id}", headers=teacher.headers, json={})

    unknown = await client.get(f"{course}/package?format=zip", headers=teacher.headers)
    by_learner = await client.get(f"{course}/package", headers=student.headers)
    brought = await sent(client, student, course, GIFT)

    assert unknown.status_code == 406
    assert "scorm12" in unknown.json()["detail"]
    assert (by_learner.status_code, brought.status_code) == (403, 403)
