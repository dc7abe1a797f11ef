"""Registering, signing in, one's own account, and an admin's acts on others'."""

from uuid import uuid4

import httpx2
import pytest

from tests.support.service import People, Person

pytestmark = pytest.mark.server

PASSWORD = "correct horse battery"


def new_email() -> str:
    return f"{uuid4().hex}@school.edu"


async def register(client: httpx2.AsyncClient, email: str, **fields: object) -> httpx2.Response:
    return await client.post(
        "/auth/register", json={"email": email, "password": PASSWORD, **fields}
    )


async def sign_in(client: httpx2.AsyncClient, email: str, password: str) -> httpx2.Response:
    return await client.post("/auth/token", data={"username": email, "password": password})


async def test_a_registered_person_signs_in_and_reads_their_account(
    client: httpx2.AsyncClient,
) -> None:
    email = new_email()

    registered = await register(client, email.upper(), display_name="Asha", language="hi")
    tokens = (await sign_in(client, email, PASSWORD)).json()
    me = await client.get(
        "/users/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )

    assert registered.status_code == 201
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 12 * 60 * 60
    assert me.json()["email"] == email
    assert (me.json()["role"], me.json()["language"]) == ("student", "hi")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": "aaaaaaaaaaaaaa"}, "password"),
        ({"email": "asha-at-school.edu"}, "email"),
        ({"email": "long-enough@school.edu", "password": "long-enough@school.edu"}, "password"),
        ({"role": "admin"}, "role"),
        ({"learning_preference": "osmosis"}, "learning_preference"),
        ({"display_name": "a\0b"}, "display_name"),
    ],
)
async def test_a_bad_registration_names_the_field(
    client: httpx2.AsyncClient, fields: dict[str, str], field: str
) -> None:
    body = {"email": new_email(), "password": PASSWORD, **fields}

    response = await client.post("/auth/register", json=body)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_an_address_can_be_registered_once(client: httpx2.AsyncClient) -> None:
    email = new_email()
    await register(client, email)

    again = await register(client, email.title())

    assert again.status_code == 409
    assert again.json()["errors"][0]["field"] == "email"


async def test_wrong_password_and_unknown_address_look_the_same(
    client: httpx2.AsyncClient,
) -> None:
    email = new_email()
    await register(client, email)

    wrong = await sign_in(client, email, "not this one at all")
    unknown = await sign_in(client, new_email(), PASSWORD)

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


async def test_a_refresh_token_gives_new_tokens_and_opens_no_route(
    client: httpx2.AsyncClient,
) -> None:
    email = new_email()
    await register(client, email)
    refresh_token = (await sign_in(client, email, PASSWORD)).json()["refresh_token"]

    refreshed = await client.post("/auth/refresh", json={"refresh_token": refresh_token})
    access = {"Authorization": f"Bearer {refreshed.json()['access_token']}"}
    misused = await client.get("/users/me", headers={"Authorization": f"Bearer {refresh_token}"})

    assert (await client.get("/users/me", headers=access)).status_code == 200
    assert misused.status_code == 401


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}])
async def test_without_a_good_token_nobody_is_signed_in(
    client: httpx2.AsyncClient, header: dict[str, str]
) -> None:
    response = await client.get("/users/me", headers=header)

    assert response.status_code == 401
    assert response.json()["code"] == "not_authenticated"


async def test_patch_me_changes_only_the_fields_sent(
    client: httpx2.AsyncClient, student: Person
) -> None:
    before = (await client.get("/users/me", headers=student.headers)).json()

    after = await client.patch(
        "/users/me", headers=student.headers, json={"interests": ["cricket"]}
    )

    changed = {key for key in before if before[key] != after.json()[key]}
    assert changed == {"interests", "updated_at"}


async def test_nobody_makes_themselves_admin(client: httpx2.AsyncClient, student: Person) -> None:
    response = await client.patch("/users/me", headers=student.headers, json={"role": "admin"})

    assert response.status_code == 422


async def test_admin_makes_reads_replaces_changes_deletes_and_restores_an_account(
    client: httpx2.AsyncClient, admin: Person
) -> None:
    body = {"email": new_email(), "password": PASSWORD, "role": "teacher", "interests": ["music"]}

    made = await client.post("/users", headers=admin.headers, json=body)
    path = f"/users/{made.json()['id']}"
    read = await client.get(path, headers=admin.headers)
    replaced = await client.put(
        path, headers=admin.headers, json={"email": body["email"], "display_name": "New"}
    )
    changed = await client.patch(path, headers=admin.headers, json={"language": "hi"})
    deleted = await client.delete(path, headers=admin.headers)
    gone = await client.get(path, headers=admin.headers)
    restored = await client.post(f"{path}/restore", headers=admin.headers)

    assert (made.status_code, read.json()) == (201, made.json())
    assert (replaced.json()["role"], replaced.json()["interests"]) == ("student", [])
    assert changed.json() == replaced.json() | {
        "language": "hi",
        "updated_at": changed.json()["updated_at"],
    }
    assert (deleted.status_code, gone.status_code) == (204, 404)
    assert restored.json()["language"] == "hi"


async def test_a_new_password_set_by_an_admin_is_the_one_that_works(
    client: httpx2.AsyncClient, admin: Person
) -> None:
    email = new_email()
    user_id = (await register(client, email)).json()["id"]

    await client.patch(
        f"/users/{user_id}", headers=admin.headers, json={"password": "another long secret"}
    )

    assert (await sign_in(client, email, PASSWORD)).status_code == 401
    assert (await sign_in(client, email, "another long secret")).status_code == 200


async def test_a_blocked_person_is_refused_at_once(
    client: httpx2.AsyncClient, admin: Person, student: Person
) -> None:
    assert (await client.get("/users/me", headers=student.headers)).status_code == 200

    await client.patch(f"/users/{student.id}", headers=admin.headers, json={"is_active": False})

    assert (await client.get("/users/me", headers=student.headers)).status_code == 401


async def test_an_admin_cannot_lock_themselves_out(
    client: httpx2.AsyncClient, admin: Person
) -> None:
    path = f"/users/{admin.id}"

    blocked = await client.patch(path, headers=admin.headers, json={"is_active": False})
    demoted = await client.patch(path, headers=admin.headers, json={"role": "student"})
    deleted = await client.delete(path, headers=admin.headers)

    assert {blocked.status_code, demoted.status_code, deleted.status_code} == {422}


async def test_others_accounts_are_an_admins_business(
    client: httpx2.AsyncClient, teacher: Person, student: Person
) -> None:
    path = f"/users/{student.id}"
    body = {"email": new_email(), "password": PASSWORD}

    responses = [
        await client.get("/users", headers=teacher.headers),
        await client.post("/users", headers=teacher.headers, json=body),
        await client.get(path, headers=teacher.headers),
        await client.put(
            path, headers=teacher.headers, json={"email": body["email"], "display_name": "x"}
        ),
        await client.patch(path, headers=teacher.headers, json={"language": "hi"}),
        await client.delete(path, headers=teacher.headers),
        await client.post(f"{path}/restore", headers=teacher.headers),
    ]

    assert [response.status_code for response in responses] == [403] * len(responses)


async def test_users_are_listed_by_role_and_address(
    client: httpx2.AsyncClient, admin: Person, people: People
) -> None:
    wanted = await people.add("teacher")
    email = wanted.actor.email.upper()

    found = await client.get(
        "/users", headers=admin.headers, params={"email": email, "role": "teacher"}
    )
    none = await client.get(
        "/users", headers=admin.headers, params={"email": email, "role": "student"}
    )

    assert [user["id"] for user in found.json()["items"]] == [str(wanted.id)]
    assert none.json()["total"] == 0


async def test_users_are_sorted_by_address_over_keyset_pages(
    client: httpx2.AsyncClient, admin: Person, people: People
) -> None:
    for _ in range(5):
        await people.add("student")
    params = {"sort": "email", "direction": "desc", "size": 2}
    emails: list[str] = []

    for _ in range(3):
        page = (await client.get("/users", headers=admin.headers, params=params)).json()
        emails += [user["email"] for user in page["items"]]
        params["cursor"] = page["next_cursor"]

    assert len(emails) == 6
    assert emails == sorted(set(emails), reverse=True)
