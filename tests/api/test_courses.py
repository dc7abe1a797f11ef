"""Every method of courses, their filters, orders, pages and bulk form."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.support.service import Person

pytestmark = pytest.mark.server


async def make(client: httpx2.AsyncClient, person: Person, **fields: Any) -> dict[str, Any]:
    body = {"title": f"Course {uuid4().hex}", **fields}
    response = await client.post("/courses", headers=person.headers, json=body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def titles(client: httpx2.AsyncClient, person: Person, **params: Any) -> list[str]:
    response = await client.get("/courses", headers=person.headers, params=params)
    assert response.status_code == 200, response.text
    return [course["title"] for course in response.json()["items"]]


async def test_post_makes_a_course_that_its_maker_owns(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    title = f"Énergie & Matière {uuid4().hex}"

    response = await client.post("/courses", headers=teacher.headers, json={"title": title})

    made = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v1/courses/{made['id']}"
    assert made["slug"] == title.lower().replace("énergie & matière ", "energie-matiere-")
    assert made["role"] == "owner"
    assert made["permissions"] == ["ask", "edit", "manage", "read", "review"]
    assert (made["document_count"], made["lesson_count"]) == (0, 0)


async def test_a_course_is_read_by_id_and_by_slug(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    made = await make(client, teacher, tags=["science"])

    by_id = await client.get(f"/courses/{made['id']}", headers=teacher.headers)
    by_slug = await client.get(f"/courses/{made['slug']}", headers=teacher.headers)

    assert by_id.json() == by_slug.json() == made


async def test_put_replaces_every_field_but_keeps_the_slug(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    made = await make(client, teacher, description="Old", tags=["old"], difficulty="advanced")

    response = await client.put(
        f"/courses/{made['id']}", headers=teacher.headers, json={"title": "New"}
    )

    replaced = response.json()
    assert replaced["title"] == "New"
    assert (replaced["description"], replaced["tags"]) == ("", [])
    assert (replaced["difficulty"], replaced["slug"]) == ("beginner", made["slug"])


async def test_patch_changes_only_the_fields_sent(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    made = await make(client, teacher, description="Old", tags=["old"])

    response = await client.patch(
        f"/courses/{made['slug']}", headers=teacher.headers, json={"tags": ["new"]}
    )

    changed = {key for key in made if made[key] != response.json()[key]}
    assert changed == {"tags", "updated_at"}
    assert response.json()["tags"] == ["new"]


async def test_an_empty_patch_changes_nothing(client: httpx2.AsyncClient, teacher: Person) -> None:
    made = await make(client, teacher)

    response = await client.patch(f"/courses/{made['id']}", headers=teacher.headers, json={})

    assert response.json() == made


async def test_delete_is_soft_and_restore_brings_the_course_back(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    made = await make(client, teacher)
    path = f"/courses/{made['slug']}"

    deleted = await client.delete(path, headers=teacher.headers)
    gone = await client.get(path, headers=teacher.headers)
    listed = await titles(client, teacher)
    among_deleted = await titles(client, teacher, deleted=True)
    restored = await client.post(f"{path}/restore", headers=teacher.headers)

    assert (deleted.status_code, gone.status_code) == (204, 404)
    assert (listed, among_deleted) == ([], [made["title"]])
    assert restored.json()["id"] == made["id"]


async def test_a_deleted_course_whose_slug_was_taken_is_not_restored(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    slug = f"s-{uuid4().hex}"
    first = await make(client, teacher, slug=slug)
    await client.delete(f"/courses/{slug}", headers=teacher.headers)
    await make(client, teacher, slug=slug)

    response = await client.post(f"/courses/{first['id']}/restore", headers=teacher.headers)

    assert response.status_code == 409


async def test_a_slug_is_taken_once_and_one_made_from_a_title_gives_way(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    made = await make(client, teacher)

    body = {"title": "Other", "slug": made["slug"]}
    taken = await client.post("/courses", headers=teacher.headers, json=body)
    renamed = await make(client, teacher, title=made["title"])

    assert taken.status_code == 409
    assert taken.json()["errors"][0]["field"] == "slug"
    assert renamed["slug"].startswith(f"{made['slug']}-")


async def test_patch_to_a_taken_slug_is_a_conflict(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    first, second = await make(client, teacher), await make(client, teacher)

    response = await client.patch(
        f"/courses/{second['id']}", headers=teacher.headers, json={"slug": first["slug"]}
    )

    assert response.status_code == 409


async def test_bulk_makes_all_courses_in_the_order_sent(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    names = [f"Bulk {uuid4().hex}" for _ in range(100)]
    body = {"items": [{"title": name} for name in names]}

    response = await client.post("/courses/bulk", headers=teacher.headers, json=body)

    assert response.status_code == 201
    assert [course["title"] for course in response.json()["items"]] == names
    assert response.json()["items"][0]["role"] == "owner"


async def test_bulk_makes_none_when_one_is_taken(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    made = await make(client, teacher)
    body = {"items": [{"title": "Fresh"}, {"title": "Taken", "slug": made["slug"]}]}

    response = await client.post("/courses/bulk", headers=teacher.headers, json=body)

    assert response.status_code == 409
    assert await titles(client, teacher) == [made["title"]]


async def test_bulk_gives_equal_titles_slugs_of_their_own(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    body = {"items": [{"title": "नमस्ते"}, {"title": "नमस्ते"}]}

    response = await client.post("/courses/bulk", headers=teacher.headers, json=body)

    slugs = {course["slug"] for course in response.json()["items"]}
    assert len(slugs) == 2
    assert all(slug.startswith("course") for slug in slugs)


@pytest.mark.parametrize("count", [0, 101])
async def test_bulk_takes_one_to_a_hundred(
    client: httpx2.AsyncClient, teacher: Person, count: int
) -> None:
    body = {"items": [{"title": "x"}] * count}

    response = await client.post("/courses/bulk", headers=teacher.headers, json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "items"


async def test_lists_are_filtered_by_tag_difficulty_and_words(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    await make(client, teacher, title="Optics", tags=["light"], description="Lenses and mirrors")
    await make(client, teacher, title="Waves", tags=["light", "sound"], difficulty="advanced")

    assert await titles(client, teacher, tag="light") == ["Optics", "Waves"]
    assert await titles(client, teacher, tag="light", difficulty="advanced") == ["Waves"]
    assert await titles(client, teacher, q="MIRRORS lenses") == ["Optics"]
    assert await titles(client, teacher, q="mirrors -lenses") == []
    assert await titles(client, teacher, tag="lig") == []


@pytest.mark.parametrize("sort", ["title", "created_at", "updated_at"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_numbered_and_keyset_pages_give_the_same_order(
    client: httpx2.AsyncClient, teacher: Person, sort: str, direction: str
) -> None:
    names = ["Beta", "Alpha", "Gamma", "Alpha", "Delta"]
    items = [{"title": name} for name in names]
    await client.post("/courses/bulk", headers=teacher.headers, json={"items": items})
    params: dict[str, Any] = {"sort": sort, "direction": direction, "size": 2}

    numbered: list[str] = []
    for page in (1, 2, 3):
        found = await client.get(
            "/courses", headers=teacher.headers, params={**params, "page": page}
        )
        assert (found.json()["total"], found.json()["pages"]) == (5, 3)
        numbered += [course["id"] for course in found.json()["items"]]
    by_cursor: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        found = await client.get("/courses", headers=teacher.headers, params={**params, **cursor})
        by_cursor += [course["id"] for course in found.json()["items"]]
        if found.json()["next_cursor"] is None:
            break
        cursor = {"cursor": found.json()["next_cursor"]}

    assert by_cursor == numbered
    assert len(set(numbered)) == 5
    if sort == "title":
        found_titles = await titles(client, teacher, sort=sort, direction=direction)
        assert found_titles == sorted(names, reverse=direction == "desc")


async def test_a_keyset_page_is_steady_while_courses_are_added(
    client: httpx2.AsyncClient, teacher: Person
) -> None:
    for name in ("b", "d", "f"):
        await make(client, teacher, title=name)
    params = {"sort": "title", "size": 2}
    first = await client.get("/courses", headers=teacher.headers, params=params)

    await make(client, teacher, title="a")
    await make(client, teacher, title="e")
    rest = await titles(client, teacher, cursor=first.json()["next_cursor"], **params)

    assert rest == ["e", "f"]


@pytest.mark.parametrize(
    "params",
    [
        {"page": 0},
        {"page": 10_001},
        {"size": 0},
        {"size": 101},
        {"sort": "slug"},
        {"direction": "up"},
        {"difficulty": "easy"},
        {"q": "x" * 201},
        {"q": "a\0b"},
        {"tag": ""},
        {"cursor": "nonsense"},
        {"cursor": "WzFd"},
    ],
)
async def test_parameters_out_of_bounds_are_named(
    client: httpx2.AsyncClient, teacher: Person, params: dict[str, Any]
) -> None:
    response = await client.get("/courses", headers=teacher.headers, params=params)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == list(params)


async def test_a_cursor_belongs_to_its_order(client: httpx2.AsyncClient, teacher: Person) -> None:
    items = [{"title": "x"}] * 2
    await client.post("/courses/bulk", headers=teacher.headers, json={"items": items})
    params = {"sort": "title", "size": 1}
    first = await client.get("/courses", headers=teacher.headers, params=params)

    params = {"sort": "created_at", "cursor": first.json()["next_cursor"]}
    response = await client.get("/courses", headers=teacher.headers, params=params)

    assert response.status_code == 422
    assert response.json()["code"] == "invalid_cursor"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": None}, "title"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000"}, "slug"),
        ({"difficulty": "easy"}, "difficulty"),
        ({"tags": ["x"] * 21}, "tags"),
        ({"tags": ["ok", "x" * 51]}, "tags.1"),
        ({"language": "klingon!"}, "language"),
        ({"description": "\0"}, "description"),
        ({"owner": "me"}, "owner"),
    ],
)
async def test_bad_fields_are_named_on_post_put_and_patch(
    client: httpx2.AsyncClient, teacher: Person, fields: dict[str, Any], field: str
) -> None:
    made = await make(client, teacher)
    body = {"title": "Good", **fields}

    responses = [
        await client.post("/courses", headers=teacher.headers, json=body),
        await client.put(f"/courses/{made['id']}", headers=teacher.headers, json=body),
        await client.patch(f"/courses/{made['id']}", headers=teacher.headers, json=fields),
    ]

    for response in responses:
        assert response.status_code == 422
        assert [error["field"] for error in response.json()["errors"]] == [field]
    read = await client.get(f"/courses/{made['id']}", headers=teacher.headers)
    assert read.json() == made


async def test_students_make_no_courses(client: httpx2.AsyncClient, student: Person) -> None:
    response = await client.post("/courses", headers=student.headers, json={"title": "Mine"})

    assert response.status_code == 403


async def test_a_foreign_course_looks_like_one_that_is_not_there(
    client: httpx2.AsyncClient, teacher: Person, student: Person
) -> None:
    made = await make(client, teacher)

    def answers(course: str) -> list[Any]:
        path = f"/courses/{course}"
        return [
            client.get(path, headers=student.headers),
            client.put(path, headers=student.headers, json={"title": "x"}),
            client.patch(path, headers=student.headers, json={"title": "x"}),
            client.delete(path, headers=student.headers),
            client.post(f"{path}/restore", headers=student.headers),
        ]

    foreign = [await answer for answer in answers(made["slug"])]
    missing = [await answer for answer in answers("no-such-course")]

    assert [response.status_code for response in foreign] == [404] * 5
    assert [
        response.json()["detail"].replace(made["slug"], "no-such-course") for response in foreign
    ] == [response.json()["detail"] for response in missing]
    assert await titles(client, student) == []


async def test_a_learner_reads_but_does_not_change(
    client: httpx2.AsyncClient, teacher: Person, student: Person
) -> None:
    made = await make(client, teacher)
    path = f"/courses/{made['slug']}"
    await client.put(f"{path}/enrollments/{student.id}", headers=teacher.headers, json={})

    read = await client.get(path, headers=student.headers)
    refused = [
        await client.put(path, headers=student.headers, json={"title": "x"}),
        await client.patch(path, headers=student.headers, json={"title": "x"}),
        await client.delete(path, headers=student.headers),
    ]

    assert (read.json()["role"], read.json()["permissions"]) == ("learner", ["ask", "read"])
    assert [response.status_code for response in refused] == [403] * 3
    assert await titles(client, student) == [made["title"]]


async def test_an_admin_acts_in_every_course(
    client: httpx2.AsyncClient, teacher: Person, admin: Person
) -> None:
    made = await make(client, teacher)

    changed = await client.patch(
        f"/courses/{made['id']}", headers=admin.headers, json={"description": "Checked"}
    )
    listed = await titles(client, admin, q=made["title"])

    assert changed.json()["role"] is None
    assert "manage" in changed.json()["permissions"]
    assert listed == [made["title"]]
