"""What is kept about a person can be taken along, and erased; counts stay without the person."""

import io
import json
import zipfile
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bootstrap.adapters import Adapters
from bootstrap.services import Services
from bootstrap.settings import Settings
from models import Base
from services.api_keys import KeyScope
from storage.answer_streams import AnswerStreams, StreamBatch
from storage.database import MAINTENANCE, Database
from storage.personal_tables import LEFT_OUT, PERSONAL_TABLES
from tests.support.accounts import PASSWORD, Browser, bearer, new_account
from tests.support.personal_rows import PersonalRows, tables_holding, write_personal_rows
from tests.support.service import Person

pytestmark = pytest.mark.server


@pytest.fixture
def settings(settings: Settings, own_database_url: str) -> Settings:
    """With a database of its own, as rows of every table would disturb other tests."""
    return settings.model_copy(update={"database_url": SecretStr(own_database_url)})


def unpacked(response: httpx2.Response) -> dict[str, Any]:
    """The files of an export: JSON as values, the rest as text."""
    assert response.status_code == 200, response.text
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert archive.testzip() is None
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    return {
        name: json.loads(content) if name.endswith(".json") else content
        for name, content in files.items()
    }


async def rows_about(database: Database, person: Person) -> PersonalRows:
    return await write_personal_rows(database, person.id, person.actor.email)


async def id_of(client: httpx2.AsyncClient, headers: dict[str, str]) -> Any:
    return (await client.get("/users/me", headers=headers)).json()["id"]


async def test_the_export_holds_a_file_for_each_kind_of_record(
    client: httpx2.AsyncClient, student: Person, database: Database
) -> None:
    rows = await rows_about(database, student)

    response = await client.get("/users/me/export", headers=student.headers)

    files = unpacked(response)
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["content-disposition"] == 'attachment; filename="my data.zip"'
    assert [name for name, records in files.items() if not records] == []
    assert {f"{table.name}.json" for table in PERSONAL_TABLES} == files.keys() - {"README.txt"}
    assert {one["title"] for one in files["conversations.json"]} == {rows.mark}
    question, answer = files["messages.json"]
    assert (question["role"], question["content"]) == ("user", rows.mark)
    assert answer["citations"] == [{"n": 1, "quote": "Work is done."}]
    assert files["profile.json"][0]["email"] == student.actor.email


async def test_the_export_tells_no_secrets_and_nothing_of_others(
    client: httpx2.AsyncClient, student: Person, teacher: Person, database: Database
) -> None:
    await rows_about(database, student)
    others = await rows_about(database, teacher)

    response = await client.get("/users/me/export", headers=student.headers)

    told = json.dumps(unpacked(response))
    secrets = ("hash", "secret seed", "a secret", others.mark, teacher.actor.email)
    assert [word for word in secrets if word in told.replace("hashes", "")] == []
    assert "else@school.edu" not in told


async def test_a_long_history_is_exported_whole_and_in_order(
    client: httpx2.AsyncClient, student: Person, database: Database
) -> None:
    rows = await rows_about(database, student)
    more = text("""
        INSERT INTO messages (id, conversation_id, course_id, role, content)
        SELECT gen_random_uuid(), :conversation, :course, 'user', 'number ' || n
        FROM generate_series(1, 1000) n
    """)
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(more, {name: rows.ids[name] for name in ("conversation", "course")})

    response = await client.get("/users/me/export", headers=student.headers)

    messages = unpacked(response)["messages.json"]
    assert {one["content"] for one in messages} >= {f"number {n}" for n in range(1, 1001)}
    assert len(messages) == len({one["id"] for one in messages}) == 1002


async def test_an_api_key_exports_and_erases_nobody(
    client: httpx2.AsyncClient, student: Person, services: Services
) -> None:
    made = await services.api_keys.create(student.actor, "all", None, list(KeyScope))
    headers = {"Authorization": f"Bearer {made.key}"}

    exported = await client.get("/users/me/export", headers=headers)
    erased = await client.request(
        "DELETE", "/users/me", headers=headers, json={"email": student.actor.email}
    )

    assert (exported.status_code, erased.status_code) == (403, 403)


async def test_every_table_about_people_is_exported_or_left_out_for_a_reason() -> None:
    about_people = {
        table.name
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "users" for key in column.foreign_keys)
    }

    exported = {table.table for table in PERSONAL_TABLES}

    assert about_people - exported == LEFT_OUT.keys(), "add it to PERSONAL_TABLES, or LEFT_OUT"


async def test_what_hangs_from_an_account_goes_or_stays_without_it() -> None:
    actions = {
        str(key.parent): key.ondelete
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "users"
    }

    assert set(actions.values()) == {"CASCADE", "SET NULL"}, actions


async def test_erasure_leaves_nothing_personal_anywhere(
    client: httpx2.AsyncClient, database: Database
) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    person = await id_of(client, headers)
    rows = await write_personal_rows(database, person, account.email)

    erased = await client.request(
        "DELETE", "/users/me", headers=headers, json={"password": PASSWORD}
    )

    assert erased.status_code == 204, erased.text
    assert await tables_holding(database, rows.mark) == set()
    assert await tables_holding(database, account.email) == set()
    assert await tables_holding(database, str(person)) == {"audit_events"}
    again = await client.post("/auth/token", data={"username": account.email, "password": PASSWORD})
    assert (await client.get("/users/me", headers=headers)).status_code == 401
    assert again.status_code == 401


async def test_counts_stay_after_an_erasure(client: httpx2.AsyncClient, database: Database) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    rows = await write_personal_rows(database, await id_of(client, headers), account.email)

    await client.request("DELETE", "/users/me", headers=headers, json={"password": PASSWORD})

    counts = text("""
        SELECT (SELECT sum(prompt_tokens) FROM usage_records
                WHERE course_id = :course AND user_id IS NULL AND message_id IS NULL),
               (SELECT count(*) FROM jobs WHERE id = :job AND requested_by IS NULL),
               (SELECT string_agg(action, ' ' ORDER BY action) FROM audit_events
                WHERE subject = :person AND actor_id IS NULL)
    """)
    values = {"course": rows.ids["course"], "job": rows.ids["job"], "person": str(rows.person)}
    async with database.transaction(MAINTENANCE) as session:
        tokens, jobs, actions = (await session.execute(counts, values)).one()
    assert (tokens, jobs) == (41, 1)
    assert actions == "session.start user.create user.erase"


async def test_lines_of_an_erased_actor_still_belong_together(
    client: httpx2.AsyncClient, database: Database, student: Person
) -> None:
    await rows_about(database, student)

    await client.request(
        "DELETE", "/users/me", headers=student.headers, json={"email": student.actor.email}
    )

    lines = text("SELECT details FROM audit_events WHERE details ->> 'erased_actor' = :person")
    async with database.transaction(MAINTENANCE) as session:
        details = (await session.scalars(lines, {"person": str(student.id)})).all()
    assert details == [{"kind": "tool", "erased_actor": str(student.id)}]


@pytest.mark.parametrize("body", [{"password": "not the right one"}, {}, {"email": "x@y.edu"}])
async def test_without_its_password_an_account_is_not_erased(
    client: httpx2.AsyncClient, body: dict[str, str]
) -> None:
    headers = await bearer(client, await new_account(client))

    refused = await client.request("DELETE", "/users/me", headers=headers, json=body)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "password"
    assert (await client.get("/users/me", headers=headers)).status_code == 200


async def test_an_account_without_a_password_is_confirmed_by_its_address(
    client: httpx2.AsyncClient, student: Person
) -> None:
    async def erase(body: dict[str, str]) -> httpx2.Response:
        return await client.request("DELETE", "/users/me", headers=student.headers, json=body)

    refused = await erase({"email": "someone@else.edu"})
    erased = await erase({"email": student.actor.email.upper()})

    assert refused.json()["errors"][0]["field"] == "email"
    assert erased.status_code == 204


async def test_a_browser_forgets_the_session_of_an_erased_account(
    client: httpx2.AsyncClient,
) -> None:
    account = await new_account(client)
    browser = Browser(client)
    await browser.login(account)

    forged = await browser.send(
        "DELETE", "/users/me", csrf=False, json={"password": account.password}
    )
    erased = await browser.send("DELETE", "/users/me", json={"password": account.password})

    assert (forged.status_code, erased.status_code) == (403, 204)
    assert browser.cookies == {}


async def test_an_admin_erases_someone_by_their_address_and_the_audit_says_so(
    client: httpx2.AsyncClient, admin: Person, student: Person, database: Database
) -> None:
    rows = await rows_about(database, student)
    path = f"/users/{student.id}/erase"

    wrong = await client.post(path, headers=admin.headers, json={"email": admin.actor.email})
    done = await client.post(path, headers=admin.headers, json={"email": student.actor.email})
    again = await client.post(path, headers=admin.headers, json={"email": student.actor.email})

    assert (wrong.status_code, done.status_code, again.status_code) == (422, 204, 404)
    assert await tables_holding(database, rows.mark) == set()
    events = await client.get(
        "/admin/audit",
        headers=admin.headers,
        params={"action": "user.erase", "subject": str(student.id)},
    )
    (event,) = events.json()["items"]
    assert (event["actor_id"], event["details"]) == (str(admin.id), {"wanted_by": "admin"})


async def test_a_deleted_account_can_be_erased_before_its_time(
    client: httpx2.AsyncClient, admin: Person, student: Person
) -> None:
    await client.delete(f"/users/{student.id}", headers=admin.headers)

    erased = await client.post(
        f"/users/{student.id}/erase", headers=admin.headers, json={"email": student.actor.email}
    )
    restored = await client.post(f"/users/{student.id}/restore", headers=admin.headers)

    assert (erased.status_code, restored.status_code) == (204, 404)


async def test_answers_under_way_leave_redis_too(
    client: httpx2.AsyncClient, student: Person, adapters: Adapters
) -> None:
    rows = await rows_about(adapters.database, student)
    streams = AnswerStreams(adapters.redis)
    answer = rows.ids["answer"]
    batch = StreamBatch(answer, 1, 0, 0, 1, [b'{"text": "' + rows.mark.encode() + b'"}'], False)
    await streams.append([batch])

    await client.request(
        "DELETE", "/users/me", headers=student.headers, json={"email": student.actor.email}
    )

    assert await streams.take(answer, 2) == []


async def test_an_address_that_was_erased_can_register_anew(client: httpx2.AsyncClient) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    await client.request("DELETE", "/users/me", headers=headers, json={"password": PASSWORD})

    again = await client.post("/auth/register", json={"email": account.email, "password": PASSWORD})

    assert again.status_code == 201
