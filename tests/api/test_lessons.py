"""Every method of lessons, and who sees which."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.support.service import Person

pytestmark = pytest.mark.server


@pytest.fixture
async def course(client: httpx2.AsyncClient, teacher: Person, student: Person) -> str:
    """The slug of a course where `teacher` is the owner and `student` a learner."""
    slug = f"course-{uuid4().hex}"
    body = {"title": "Physics", "slug": slug}
    await client.post("/courses", headers=teacher.headers, json=body)
    await client.put(f"/courses/{slug}/enrollments/{student.id}", headers=teacher.headers, json={})
    return slug


async def make(
    client: httpx2.AsyncClient, person: Person, course: str, **fields: Any
) -> dict[str, Any]:
    response = await client.post(
        f"/courses/{course}/lessons", headers=person.headers, json={"title": "Lesson", **fields}
    )
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def titles(
    client: httpx2.AsyncClient, person: Person, course: str, **params: Any
) -> list[str]:
    response = await client.get(f"/courses/{course}/lessons", headers=person.headers, params=params)
    assert response.status_code == 200, response.text
    return [lesson["title"] for lesson in response.json()["items"]]


async def test_a_lesson_is_made_read_replaced_changed_deleted_and_restored(
    client: httpx2.AsyncClient, teacher: Person, course: str
) -> None:
    made = await make(client, teacher, course, content="$F = ma$", duration_minutes=20)
    path = f"/lessons/{made['id']}"

    read = await client.get(path, headers=teacher.headers)
    changed = await client.patch(path, headers=teacher.headers, json={"duration_minutes": None})
    replaced = await client.put(path, headers=teacher.headers, json={"title": "New"})
    deleted = await client.delete(path, headers=teacher.headers)
    gone = await client.get(path, headers=teacher.headers)
    restored = await client.post(f"{path}/restore", headers=teacher.headers)

    assert read.json() == made
    assert changed.json() == made | {
        "duration_minutes": None,
        "updated_at": changed.json()["updated_at"],
    }
    assert (replaced.json()["title"], replaced.json()["content"]) == ("New", "")
    assert (deleted.status_code, gone.status_code) == (204, 404)
    assert restored.json()["title"] == "New"


async def test_lessons_come_in_the_order_they_were_made_or_at_their_position(
    client: httpx2.AsyncClient, teacher: Person, course: str
) -> None:
    for title in ("first", "second"):
        await make(client, teacher, course, title=title)
    items = [{"title": "third"}, {"title": "fourth"}, {"title": "opening", "position": 0}]
    await client.post(
        f"/courses/{course}/lessons/bulk", headers=teacher.headers, json={"items": items}
    )

    listed = await titles(client, teacher, course)

    assert listed == ["first", "opening", "second", "third", "fourth"]


async def test_lists_leave_the_content_out(
    client: httpx2.AsyncClient, teacher: Person, course: str
) -> None:
    await make(client, teacher, course, content="long")

    listed = await client.get(f"/courses/{course}/lessons", headers=teacher.headers)

    assert "content" not in listed.json()["items"][0]


async def test_learners_see_published_lessons_only(
    client: httpx2.AsyncClient, teacher: Person, student: Person, course: str
) -> None:
    draft = await make(client, teacher, course, title="draft")
    published = await make(client, teacher, course, title="published", status="published")

    responses = [
        await client.get(f"/lessons/{lesson['id']}", headers=student.headers)
        for lesson in (draft, published)
    ]
    seen = await client.get(f"/courses/{course}", headers=student.headers)

    assert [response.status_code for response in responses] == [404, 200]
    assert await titles(client, student, course) == ["published"]
    assert await titles(client, student, course, status="draft") == []
    assert await titles(client, teacher, course) == ["draft", "published"]
    assert seen.json()["lesson_count"] == 1


async def test_learners_change_nothing_and_see_nothing_deleted(
    client: httpx2.AsyncClient, teacher: Person, student: Person, course: str
) -> None:
    lesson = await make(client, teacher, course, status="published")
    path = f"/lessons/{lesson['id']}"
    body = {"title": "x"}
    headers = student.headers

    responses = [
        await client.post(f"/courses/{course}/lessons", headers=headers, json=body),
        await client.post(
            f"/courses/{course}/lessons/bulk", headers=headers, json={"items": [body]}
        ),
        await client.put(path, headers=headers, json=body),
        await client.patch(path, headers=headers, json=body),
        await client.delete(path, headers=headers),
        await client.get(f"/courses/{course}/lessons?deleted=true", headers=headers),
    ]

    assert [response.status_code for response in responses] == [403] * 6


async def test_a_foreign_lesson_looks_like_one_that_is_not_there(
    client: httpx2.AsyncClient, teacher: Person, people: Any, course: str
) -> None:
    lesson = await make(client, teacher, course, status="published")
    stranger = await people.add("teacher")
    path = f"/lessons/{lesson['id']}"

    foreign = await client.get(path, headers=stranger.headers)
    missing_id = str(uuid4())
    missing = await client.get(f"/lessons/{missing_id}", headers=stranger.headers)
    changed = await client.patch(path, headers=stranger.headers, json={"title": "x"})

    assert (foreign.status_code, changed.status_code) == (404, 404)
    assert foreign.json()["detail"].replace(lesson["id"], missing_id) == missing.json()["detail"]


async def test_lessons_are_filtered_by_words_tag_difficulty_and_status(
    client: httpx2.AsyncClient, teacher: Person, course: str
) -> None:
    await make(client, teacher, course, title="Lenses", tags=["light"], summary="Focal length")
    await make(client, teacher, course, title="Sound", difficulty="advanced", status="published")

    assert await titles(client, teacher, course, q="focal lenses") == ["Lenses"]
    assert await titles(client, teacher, course, tag="light") == ["Lenses"]
    assert await titles(client, teacher, course, difficulty="advanced") == ["Sound"]
    assert await titles(client, teacher, course, status="published") == ["Sound"]


@pytest.mark.parametrize("sort", ["position", "title", "created_at"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_numbered_and_keyset_pages_give_the_same_order(
    client: httpx2.AsyncClient, teacher: Person, course: str, sort: str, direction: str
) -> None:
    items = [{"title": name, "position": 7} for name in ("b", "a", "c", "a", "d")]
    await client.post(
        f"/courses/{course}/lessons/bulk", headers=teacher.headers, json={"items": items}
    )
    path = f"/courses/{course}/lessons"
    params = {"sort": sort, "direction": direction}

    whole = (await client.get(path, headers=teacher.headers, params=params)).json()["items"]
    parts: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = await client.get(
            path, headers=teacher.headers, params={**params, "size": "2", **cursor}
        )
        parts += page.json()["items"]
        cursor = {"cursor": page.json()["next_cursor"]}

    assert parts == whole
    assert cursor == {"cursor": None}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"position": -1}, "position"),
        ({"position": 2**40}, "position"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": 1441}, "duration_minutes"),
        ({"status": "secret"}, "status"),
        ({"content": "x" * 200_001}, "content"),
        ({"course_id": "x"}, "course_id"),
    ],
)
async def test_bad_fields_are_named(
    client: httpx2.AsyncClient, teacher: Person, course: str, fields: dict[str, Any], field: str
) -> None:
    response = await client.post(
        f"/courses/{course}/lessons", headers=teacher.headers, json={"title": "x", **fields}
    )

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


async def test_a_bulk_with_one_bad_lesson_makes_none(
    client: httpx2.AsyncClient, teacher: Person, course: str
) -> None:
    items = [{"title": "good"}, {"title": "bad", "position": -1}]

    response = await client.post(
        f"/courses/{course}/lessons/bulk", headers=teacher.headers, json={"items": items}
    )

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "items.1.position"
    assert await titles(client, teacher, course) == []


async def test_lessons_of_a_deleted_course_are_gone_until_it_is_restored(
    client: httpx2.AsyncClient, teacher: Person, course: str
) -> None:
    lesson = await make(client, teacher, course)
    await client.delete(f"/courses/{course}", headers=teacher.headers)

    gone = await client.get(f"/lessons/{lesson['id']}", headers=teacher.headers)
    await client.post(f"/courses/{course}/restore", headers=teacher.headers)
    back = await client.get(f"/lessons/{lesson['id']}", headers=teacher.headers)

    assert (gone.status_code, back.status_code) == (404, 200)
