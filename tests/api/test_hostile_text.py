"""Text that is code elsewhere (SQL, templates, markup, formulas) is text here, in every field."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.support.service import Person

pytestmark = pytest.mark.server

HOSTILE = (
    "'; DROP TABLE users; --",
    "' OR '1'='1",
    "1); SELECT pg_sleep(9) --",
    "\\'; $$ %s %(a)s :name ? $1",
    "{{ 7 * 7 }} {% for x in y %}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "{0.__class__} %n%n",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
)


async def made(
    client: httpx2.AsyncClient, who: Person, path: str, body: dict[str, Any]
) -> dict[str, Any]:
    response = await client.post(path, headers=who.headers, json=body)
    assert response.status_code == 201, response.text
    content: dict[str, Any] = response.json()
    return content


@pytest.mark.parametrize("text", HOSTILE)
async def test_course_and_lesson_hold_it_word_for_word(
    client: httpx2.AsyncClient, teacher: Person, text: str
) -> None:
    course = await made(
        client,
        teacher,
        "/courses",
        {"title": text, "description": text, "tags": [text], "suggested_questions": [text]},
    )
    path = f"/courses/{course['id']}"
    lesson = await made(
        client,
        teacher,
        f"{path}/lessons",
        {"title": text, "summary": text, "content": text, "tags": [text]},
    )

    kept = (await client.get(path, headers=teacher.headers)).json()
    kept_lesson = (await client.get(f"/lessons/{lesson['id']}", headers=teacher.headers)).json()

    assert [kept["title"], kept["description"], *kept["tags"]] == [text] * 3
    assert [kept_lesson["title"], kept_lesson["summary"], kept_lesson["content"]] == [text] * 3


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_profile_and_a_key_hold_it_word_for_word(
    client: httpx2.AsyncClient, student: Person, text: str
) -> None:
    changed = await client.patch(
        "/users/me", headers=student.headers, json={"display_name": text, "interests": [text]}
    )
    key = await made(client, student, "/auth/api-keys", {"name": text})

    assert (changed.json()["display_name"], changed.json()["interests"]) == (text, [text])
    assert key["name"] == text


@pytest.mark.parametrize("text", HOSTILE)
async def test_what_is_looked_for_is_text(
    client: httpx2.AsyncClient, admin: Person, teacher: Person, text: str
) -> None:
    title = f"{text} {uuid4().hex}"
    await made(client, teacher, "/courses", {"title": title, "tags": [text]})

    responses = [
        await client.get("/courses", headers=teacher.headers, params=params)
        for params in ({"q": text}, {"tag": text}, {"cursor": text})
    ]
    users = await client.get("/users", headers=admin.headers, params={"email": text})
    audit = await client.get("/admin/audit", headers=admin.headers, params={"text": text})

    assert [response.status_code for response in responses] == [200, 200, 422]
    assert title in {course["title"] for course in responses[1].json()["items"]}
    assert (users.status_code, users.json()["total"]) == (200, 0)
    assert audit.status_code == 200


@pytest.mark.parametrize("text", HOSTILE)
async def test_credentials_that_are_code_open_nothing(
    client: httpx2.AsyncClient, text: str
) -> None:
    tokens = await client.post("/auth/token", data={"username": text, "password": text})
    bearer = await client.get("/users/me", headers={"Authorization": f"Bearer {text}"})
    cookie = await client.get("/users/me", headers={"Cookie": f'neuroshiksha_session="{text}"'})

    assert (tokens.status_code, bearer.status_code, cookie.status_code) == (401, 401, 401)
