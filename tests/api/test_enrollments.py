"""Who may enrol whom, and that a course keeps an owner."""

from uuid import uuid4

import httpx2
import pytest

from tests.support.service import People, Person

pytestmark = pytest.mark.server


@pytest.fixture
async def path(client: httpx2.AsyncClient, teacher: Person) -> str:
    """The enrolments of a course that `teacher` owns."""
    body = {"title": "Physics", "slug": f"course-{uuid4().hex}"}
    await client.post("/courses", headers=teacher.headers, json=body)
    return f"/courses/{body['slug']}/enrollments"


async def enrol(
    client: httpx2.AsyncClient, by: Person, path: str, person: Person, role: str
) -> httpx2.Response:
    return await client.put(f"{path}/{person.id}", headers=by.headers, json={"role": role})


async def test_an_owner_enrols_lists_and_removes_people(
    client: httpx2.AsyncClient, teacher: Person, student: Person, path: str
) -> None:
    put = await enrol(client, teacher, path, student, "learner")
    listed = await client.get(path, headers=teacher.headers)
    learners = await client.get(path, headers=teacher.headers, params={"role": "learner"})
    removed = await client.delete(f"{path}/{student.id}", headers=teacher.headers)
    again = await client.delete(f"{path}/{student.id}", headers=teacher.headers)

    assert put.json()["role"] == "learner"
    assert [item["role"] for item in listed.json()["items"]] == ["owner", "learner"]
    assert [item["user_id"] for item in learners.json()["items"]] == [str(student.id)]
    assert (removed.status_code, again.status_code) == (204, 404)


async def test_enrolling_again_changes_the_role(
    client: httpx2.AsyncClient, teacher: Person, student: Person, path: str
) -> None:
    await enrol(client, teacher, path, student, "learner")

    response = await enrol(client, teacher, path, student, "assistant")

    assert response.json()["role"] == "assistant"


async def test_a_person_is_enrolled_by_address(
    client: httpx2.AsyncClient, teacher: Person, student: Person, path: str
) -> None:
    known = await client.post(path, headers=teacher.headers, json={"email": student.actor.email})
    body = {"email": f"{uuid4().hex}@school.edu"}
    unknown = await client.post(path, headers=teacher.headers, json=body)

    assert (known.status_code, known.json()["user_id"]) == (201, str(student.id))
    assert unknown.status_code == 404


async def test_address_that_no_mail_could_reach_is_looked_for_all_the_same(
    client: httpx2.AsyncClient, teacher: Person, path: str
) -> None:
    body = {"email": f"{uuid4().hex}@demo.local"}

    response = await client.post(path, headers=teacher.headers, json=body)

    assert response.status_code == 404


async def test_a_course_keeps_an_owner(
    client: httpx2.AsyncClient, teacher: Person, people: People, path: str
) -> None:
    other = await people.add("teacher")

    left = await client.delete(f"{path}/{teacher.id}", headers=teacher.headers)
    demoted = await enrol(client, teacher, path, teacher, "learner")
    await enrol(client, teacher, path, other, "owner")
    left_later = await client.delete(f"{path}/{teacher.id}", headers=teacher.headers)

    assert (left.status_code, demoted.status_code) == (422, 422)
    assert left_later.status_code == 204


async def test_everyone_may_leave(
    client: httpx2.AsyncClient, teacher: Person, student: Person, path: str
) -> None:
    await enrol(client, teacher, path, student, "learner")

    response = await client.delete(f"{path}/{student.id}", headers=student.headers)

    assert response.status_code == 204


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("learner", [403, 403, 403]),
        ("assistant", [200, 403, 403]),
        ("teacher", [200, 403, 403]),
        ("owner", [200, 200, 204]),
        (None, [404, 404, 404]),
    ],
)
async def test_who_may_list_enrol_and_remove(
    client: httpx2.AsyncClient,
    teacher: Person,
    people: People,
    path: str,
    role: str | None,
    statuses: list[int],
) -> None:
    person, other = await people.add("teacher"), await people.add("student")
    if role is not None:
        await enrol(client, teacher, path, person, role)
    await enrol(client, teacher, path, other, "learner")

    listed = await client.get(path, headers=person.headers)
    put = await enrol(client, person, path, other, "assistant")
    removed = await client.delete(f"{path}/{other.id}", headers=person.headers)

    assert [listed.status_code, put.status_code, removed.status_code] == statuses
