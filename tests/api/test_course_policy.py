"""Who may read and set what a course lets its tutor say."""

from uuid import uuid4

import httpx2
import pytest

from tests.support.service import People, Person

pytestmark = pytest.mark.server


@pytest.fixture
async def course(client: httpx2.AsyncClient, teacher: Person) -> str:
    """The path of a course that `teacher` owns."""
    body = {"title": "Physics", "slug": f"course-{uuid4().hex}"}
    await client.post("/courses", headers=teacher.headers, json=body)
    return f"/courses/{body['slug']}"


async def enrolled(
    client: httpx2.AsyncClient, by: Person, course: str, person: Person, role: str
) -> Person:
    body = {"role": role}
    path = f"{course}/enrollments/{person.id}"
    assert (await client.put(path, headers=by.headers, json=body)).status_code == 200
    return person


async def test_a_course_marks_until_its_teacher_says_otherwise(
    client: httpx2.AsyncClient, people: People, teacher: Person, course: str
) -> None:
    colleague = await enrolled(client, teacher, course, await people.add("teacher"), "teacher")

    before = await client.get(f"{course}/policy", headers=colleague.headers)
    put = await client.put(
        f"{course}/policy", headers=colleague.headers, json={"support": "withhold"}
    )
    after = await client.get(f"{course}/policy", headers=teacher.headers)

    assert before.json()["support"] == "mark"
    assert put.status_code == 200
    assert after.json() == before.json() | {"support": "withhold"}


async def test_ways_of_teaching_are_all_there_until_a_teacher_leaves_some_out(
    client: httpx2.AsyncClient, teacher: Person, course: str
) -> None:
    modes = {
        "allowed": ["hints", "socratic"],
        "default": "hints",
        "hints_before_solution": 3,
        "attempts_before_solution": 0,
        "shows_solutions": False,
    }

    before = await client.get(f"{course}/policy", headers=teacher.headers)
    put = await client.put(
        f"{course}/policy", headers=teacher.headers, json={"support": "mark", "modes": modes}
    )
    kept = await client.put(f"{course}/policy", headers=teacher.headers, json={"support": "allow"})

    assert len(before.json()["modes"]["allowed"]) == 9
    assert before.json()["modes"]["default"] == "explain"
    assert put.json()["modes"] == modes
    assert kept.json() == {"support": "allow", "modes": modes}


@pytest.mark.parametrize(
    "modes",
    [
        {"allowed": [], "default": "explain"},
        {"allowed": ["hints"], "default": "explain"},
        {"allowed": ["hints", "hints"], "default": "hints"},
        {"allowed": ["shouting"], "default": "shouting"},
        {"allowed": ["hints"], "default": "hints", "hints_before_solution": -1},
    ],
)
async def test_ways_of_teaching_that_contradict_themselves_are_refused(
    client: httpx2.AsyncClient, teacher: Person, course: str, modes: dict[str, object]
) -> None:
    put = await client.put(
        f"{course}/policy", headers=teacher.headers, json={"support": "mark", "modes": modes}
    )

    assert put.status_code == 422


@pytest.mark.parametrize("role", ["learner", "assistant"])
async def test_who_does_not_teach_reads_but_does_not_set_it(
    client: httpx2.AsyncClient, teacher: Person, student: Person, course: str, role: str
) -> None:
    await enrolled(client, teacher, course, student, role)

    read = await client.get(f"{course}/policy", headers=student.headers)
    put = await client.put(f"{course}/policy", headers=student.headers, json={"support": "allow"})

    assert (read.status_code, put.status_code) == (200, 403)


async def test_strangers_do_not_find_it_and_admins_may_set_it(
    client: httpx2.AsyncClient, people: People, student: Person, course: str
) -> None:
    admin = await people.add("admin")

    stranger = await client.get(f"{course}/policy", headers=student.headers)
    put = await client.put(f"{course}/policy", headers=admin.headers, json={"support": "allow"})

    assert (stranger.status_code, put.status_code) == (404, 200)


async def test_an_unknown_policy_is_refused(
    client: httpx2.AsyncClient, teacher: Person, course: str
) -> None:
    put = await client.put(f"{course}/policy", headers=teacher.headers, json={"support": "ignore"})

    assert put.status_code == 422
