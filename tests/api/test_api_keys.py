"""API keys: shown once, kept as hashes, act as their user until taken back or expired."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, text, update

from bootstrap.services import Services
from models import ApiKey, AuditEvent, User
from services.api_keys import KEYS_AT_MOST
from storage.database import MAINTENANCE, Database
from tests.support.service import People, Person

pytestmark = pytest.mark.server

PATH = "/users/me/api-keys"


async def make_key(client: httpx2.AsyncClient, person: Person, **fields: Any) -> dict[str, Any]:
    body = {"name": "Notebook", **fields}
    response = await client.post(PATH, headers=person.headers, json=body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def bearing(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['key']}"}


async def test_a_key_is_shown_once_and_only_its_hash_is_kept(
    client: httpx2.AsyncClient, student: Person, database: Database
) -> None:
    made = await make_key(client, student)

    listed = (await client.get(PATH, headers=student.headers)).json()
    async with database.transaction(MAINTENANCE) as session:
        rows = text("SELECT to_jsonb(api_keys)::text FROM api_keys WHERE id = :id")
        row = await session.scalar(rows, {"id": made["id"]})

    assert made["key"].startswith("nsk_")
    assert len(made["key"]) == 4 + 43
    assert made["key"].startswith(made["prefix"])
    assert listed == [{name: value for name, value in made.items() if name != "key"}]
    assert row is not None
    assert made["key"] not in row


async def test_keys_are_found_below_both_of_their_names(
    client: httpx2.AsyncClient, student: Person
) -> None:
    made = await make_key(client, student)

    listed = (await client.get("/auth/api-keys", headers=student.headers)).json()
    gone = await client.delete(f"/auth/api-keys/{made['id']}", headers=student.headers)

    assert [one["id"] for one in listed] == [made["id"]]
    assert gone.status_code == 204


async def test_a_key_acts_as_its_user(
    client: httpx2.AsyncClient, student: Person, teacher: Person
) -> None:
    course = await client.post("/courses", headers=teacher.headers, json={"title": "Optics"})
    path = f"/courses/{course.json()['slug']}"

    as_student = bearing(await make_key(client, student))
    as_teacher = bearing(await make_key(client, teacher))

    assert (await client.get("/users/me", headers=as_student)).json()["id"] == str(student.id)
    assert (await client.get(path, headers=as_teacher)).status_code == 200
    assert (await client.get(path, headers=as_student)).status_code == 404


async def test_a_key_opens_what_its_scopes_are_for_and_says_what_it_lacks(
    client: httpx2.AsyncClient, student: Person
) -> None:
    made = await make_key(client, student, scopes=["read"])

    read = await client.get("/users/me", headers=bearing(made))
    written = await client.patch("/users/me", headers=bearing(made), json={"language": "hi"})

    assert made["scopes"] == ["read"]
    assert (read.status_code, written.status_code) == (200, 403)
    assert "`write`" in written.json()["detail"]


async def test_what_administers_must_be_asked_for(
    client: httpx2.AsyncClient, admin: Person
) -> None:
    usual = await make_key(client, admin)
    named = await make_key(client, admin, scopes=["admin"])

    statuses = [
        (await client.get("/users", headers=bearing(made))).status_code for made in (usual, named)
    ]

    assert usual["scopes"] == ["read", "ask", "write"]
    assert statuses == [403, 200]


@pytest.mark.parametrize(("seconds_ago", "is_noted"), [(30, False), (90, True)])
async def test_its_use_is_noted_at_most_once_a_minute(
    client: httpx2.AsyncClient,
    student: Person,
    database: Database,
    seconds_ago: int,
    is_noted: bool,
) -> None:
    made = await make_key(client, student)
    earlier = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    async with database.transaction(MAINTENANCE) as session:
        statement = update(ApiKey).where(ApiKey.id == made["id"])
        await session.execute(statement.values(last_used_at=earlier))

    await client.get("/users/me", headers=bearing(made))

    (listed,) = (await client.get(PATH, headers=student.headers)).json()
    assert (datetime.fromisoformat(listed["last_used_at"]) > earlier) is is_noted


async def test_a_key_taken_back_opens_nothing(client: httpx2.AsyncClient, student: Person) -> None:
    made = await make_key(client, student)
    before = await client.get("/users/me", headers=bearing(made))

    revoked = await client.delete(f"{PATH}/{made['id']}", headers=student.headers)
    after = await client.get("/users/me", headers=bearing(made))

    assert (before.status_code, revoked.status_code, after.status_code) == (200, 204, 401)
    assert "taken back" in after.json()["detail"]
    assert (await client.get(PATH, headers=student.headers)).json() == []


async def test_an_expired_key_opens_nothing(
    client: httpx2.AsyncClient, student: Person, database: Database
) -> None:
    made = await make_key(client, student, expires_at="2100-01-01T00:00:00Z")
    async with database.transaction(MAINTENANCE) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(update(ApiKey).values(expires_at=past).where(ApiKey.id == made["id"]))

    response = await client.get("/users/me", headers=bearing(made))

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_key_of_a_blocked_account_opens_nothing(
    client: httpx2.AsyncClient, services: Services, student: Person, database: Database
) -> None:
    made = await services.api_keys.create(student.actor, "Notebook", None)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(update(User).values(is_active=False).where(User.id == student.id))

    response = await client.get("/users/me", headers={"Authorization": f"Bearer {made.key}"})

    assert response.status_code == 401


@pytest.mark.parametrize("token", ["nsk_", "nsk_unknown", "nsk_" + "x" * 5_000, "nsk_é"])
async def test_an_unknown_key_opens_nothing(client: httpx2.AsyncClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}

    response = await client.get("/users/me", headers=headers)  # type: ignore[arg-type]

    assert response.status_code == 401


async def test_a_key_cannot_manage_keys(client: httpx2.AsyncClient, student: Person) -> None:
    made = await make_key(client, student)
    headers = bearing(made)

    statuses = [
        (await client.get(PATH, headers=headers)).status_code,
        (await client.post(PATH, headers=headers, json={"name": "Heir"})).status_code,
        (await client.delete(f"{PATH}/{made['id']}", headers=headers)).status_code,
    ]

    assert statuses == [403, 403, 403]
    assert len((await client.get(PATH, headers=student.headers)).json()) == 1


async def test_keys_of_others_do_not_exist(
    client: httpx2.AsyncClient, student: Person, admin: Person
) -> None:
    made = await make_key(client, student)

    deleted = await client.delete(f"{PATH}/{made['id']}", headers=admin.headers)

    assert deleted.status_code == 404
    assert (await client.get(PATH, headers=admin.headers)).json() == []
    assert (await client.get("/users/me", headers=bearing(made))).status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2100-01-01T00:00:00"}, "expires_at"),
        ({"scopes": ["chat"]}, "scopes.0"),
        ({"scopes": []}, "scopes"),
    ],
)
async def test_bad_input_names_the_field(
    client: httpx2.AsyncClient, student: Person, fields: dict[str, Any], field: str
) -> None:
    body = {"name": "Notebook", **fields}

    response = await client.post(PATH, headers=student.headers, json=body)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_an_account_has_a_bounded_number_of_keys(
    client: httpx2.AsyncClient, people: People, database: Database
) -> None:
    owner = await people.add("student")
    async with database.transaction(MAINTENANCE) as session:
        statement = text(
            "INSERT INTO api_keys (id, user_id, key_hash, name, prefix)"
            " SELECT uuidv7(), users.id, sha256((users.id::text || n)::bytea), 'old', 'nsk_old'"
            " FROM users, generate_series(1, :count) n WHERE users.id = :user"
        )
        values = {"user": owner.id, "count": KEYS_AT_MOST}
        await session.execute(statement, values)

    response = await client.post(PATH, headers=owner.headers, json={"name": "One more"})

    assert response.status_code == 409
    assert str(KEYS_AT_MOST) in response.json()["detail"]


async def test_making_and_taking_back_are_audited(
    client: httpx2.AsyncClient, student: Person, database: Database
) -> None:
    made = await make_key(client, student)
    await client.delete(f"{PATH}/{made['id']}", headers=student.headers)

    async with database.transaction(MAINTENANCE) as session:
        statement = (
            select(AuditEvent.action)
            .where(AuditEvent.subject == made["id"], AuditEvent.actor_id == student.id)
            .order_by(AuditEvent.id)
        )
        actions = list(await session.scalars(statement))

    assert actions == ["api_key.create", "api_key.revoke"]
