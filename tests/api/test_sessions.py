"""Sessions: of tools by rotating refresh tokens, of browsers by a cookie; listed and ended."""

import asyncio
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from asgi_lifespan import LifespanManager
from redis.asyncio import Redis
from sqlalchemy import select, text, update

from api.app import create_app
from bootstrap.adapters import Adapters
from models import AuditEvent, UserSession
from services.accounts.sessions import SESSIONS_AT_MOST
from services.errors import NotAuthenticatedError
from storage.database import MAINTENANCE, Database
from tests.support.accounts import Browser, bearer, bearing, get_tokens, new_account

pytestmark = pytest.mark.server


async def refresh(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post("/auth/refresh", json={"refresh_token": token})


async def status_of(client: httpx2.AsyncClient, headers: dict[str, str]) -> int:
    return (await client.get("/users/me", headers=headers)).status_code


async def sessions_of(client: httpx2.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await client.get("/auth/sessions", headers=headers)).json()
    return listed


async def actions_of(database: Database, user_id: str) -> list[str]:
    async with database.transaction(MAINTENANCE) as session:
        statement = (
            select(AuditEvent.action)
            .where(AuditEvent.actor_id == user_id)
            .order_by(AuditEvent.created_at, AuditEvent.id)
        )
        return list(await session.scalars(statement))


async def test_each_refresh_token_is_good_once_in_a_row(client: httpx2.AsyncClient) -> None:
    account = await new_account(client)
    pair = (await get_tokens(client, account)).json()

    for _ in range(3):
        pair = (await refresh(client, pair["refresh_token"])).json()

    assert await status_of(client, bearing(pair["access_token"])) == 200


async def test_a_replayed_refresh_token_ends_its_session_and_no_other(
    client: httpx2.AsyncClient, database: Database
) -> None:
    account = await new_account(client)
    other = await bearer(client, account)
    stolen = (await get_tokens(client, account)).json()
    newest = (await refresh(client, stolen["refresh_token"])).json()
    before = await status_of(client, bearing(newest["access_token"]))

    replayed = await refresh(client, stolen["refresh_token"])
    afterwards = await refresh(client, newest["refresh_token"])

    assert before == 200
    assert replayed.status_code == 401
    assert "stolen" in replayed.json()["detail"]
    assert afterwards.status_code == 401
    assert await status_of(client, bearing(newest["access_token"])) == 401
    assert await status_of(client, bearing(stolen["access_token"])) == 401
    assert await status_of(client, other) == 200
    user_id = (await client.get("/users/me", headers=other)).json()["id"]
    assert (await actions_of(database, user_id))[-1] == "session.replay"


async def test_of_two_exchanges_at_once_at_most_one_gets_tokens(
    client: httpx2.AsyncClient,
) -> None:
    account = await new_account(client)
    token = (await get_tokens(client, account)).json()["refresh_token"]

    answers = await asyncio.gather(*(refresh(client, token) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_forged_generation_does_not_end_a_session(client: httpx2.AsyncClient) -> None:
    account = await new_account(client)
    pair = (await get_tokens(client, account)).json()
    header, content, signature = pair["refresh_token"].split(".")

    forged = await refresh(client, f"{header}.{content}.{signature[:-4]}AAAA")

    assert forged.status_code == 401
    assert (await refresh(client, pair["refresh_token"])).status_code == 200


async def test_sessions_are_listed_with_device_and_address(client: httpx2.AsyncClient) -> None:
    account = await new_account(client)
    tool = await bearer(client, account)
    body = {"email": account.email, "password": account.password}
    await client.post("/auth/login", json=body, headers={"User-Agent": "Firefox/999\x7f"})
    client.cookies.clear()

    listed = await sessions_of(client, tool)

    assert [(one["kind"], one["is_current"]) for one in listed] == [
        ("browser", False),
        ("tool", True),
    ]
    assert listed[0]["device"] == "Firefox/999"
    assert listed[0]["address"] == "127.0.0.1"
    assert datetime.fromisoformat(listed[0]["expires_at"]) > datetime.now(UTC) + timedelta(days=29)


async def test_an_ended_session_opens_nothing_and_the_others_go_on(
    client: httpx2.AsyncClient,
) -> None:
    account = await new_account(client)
    here, there = await bearer(client, account), await bearer(client, account)
    await status_of(client, there)
    (other,) = [one for one in await sessions_of(client, here) if not one["is_current"]]

    ended = await client.delete(f"/auth/sessions/{other['id']}", headers=here)

    assert ended.status_code == 204
    assert await status_of(client, there) == 401
    assert await status_of(client, here) == 200
    again = await client.delete(f"/auth/sessions/{other['id']}", headers=here)
    assert again.status_code == 404


async def test_the_oldest_of_very_many_sessions_end(
    client: httpx2.AsyncClient, database: Database
) -> None:
    account = await new_account(client)
    oldest = await bearer(client, account)
    user_id = (await client.get("/users/me", headers=oldest)).json()["id"]
    fill = text(
        "INSERT INTO user_sessions (id, user_id, kind, device, address, expires_at)"
        " SELECT uuidv7(), :user, 'tool', 'x', 'x', now() + interval '1 day'"
        " FROM generate_series(1, :count)"
    )
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(fill, {"user": user_id, "count": SESSIONS_AT_MOST - 1})

    newest = await bearer(client, account)
    listed = await sessions_of(client, newest)

    assert len(listed) == SESSIONS_AT_MOST
    assert listed[0]["is_current"]
    assert listed[-1]["device"] == "x"


async def test_sessions_of_others_do_not_exist(client: httpx2.AsyncClient) -> None:
    mine = await bearer(client, await new_account(client))
    theirs = await bearer(client, await new_account(client))
    (session,) = await sessions_of(client, theirs)

    response = await client.delete(f"/auth/sessions/{session['id']}", headers=mine)

    assert response.status_code == 404
    assert await status_of(client, theirs) == 200


async def test_signing_out_everywhere_ends_all_sessions(client: httpx2.AsyncClient) -> None:
    account = await new_account(client)
    headers = [await bearer(client, account) for _ in range(3)]
    browser = Browser(client)
    await browser.login(account)

    response = await client.delete("/auth/sessions", headers=headers[0])

    assert response.status_code == 204
    assert {await status_of(client, one) for one in headers} == {401}
    assert (await browser.send("GET", "/users/me")).status_code == 401


async def test_a_tool_signs_out_with_either_of_its_tokens(client: httpx2.AsyncClient) -> None:
    account = await new_account(client)
    first = (await get_tokens(client, account)).json()
    second = (await get_tokens(client, account)).json()

    by_access = await client.post("/auth/logout", headers=bearing(first["access_token"]))
    by_refresh = await client.post("/auth/logout", json={"refresh_token": second["refresh_token"]})

    assert (by_access.status_code, by_refresh.status_code) == (204, 204)
    for pair in (first, second):
        assert await status_of(client, bearing(pair["access_token"])) == 401
        assert (await refresh(client, pair["refresh_token"])).status_code == 401


async def test_an_api_key_sees_and_ends_no_sessions(client: httpx2.AsyncClient) -> None:
    tool = await bearer(client, await new_account(client))
    made = await client.post("/users/me/api-keys", headers=tool, json={"name": "Notebook"})
    key = bearing(made.json()["key"])

    statuses = [
        (await client.get("/auth/sessions", headers=key)).status_code,
        (await client.delete("/auth/sessions", headers=key)).status_code,
    ]

    assert statuses == [403, 403]
    assert await status_of(client, tool) == 200


@pytest.mark.parametrize("column", ["expires_at", "last_used_at"])
async def test_a_session_ends_by_age_or_idleness(
    client: httpx2.AsyncClient, database: Database, column: str
) -> None:
    account = await new_account(client)
    pair = (await get_tokens(client, account)).json()
    long_ago = datetime.now(UTC) - timedelta(days=15)
    async with database.transaction(MAINTENANCE) as transaction:
        await transaction.execute(update(UserSession).values({column: long_ago}))

    assert await status_of(client, bearing(pair["access_token"])) == 401
    assert (await refresh(client, pair["refresh_token"])).status_code == 401


async def test_a_flushed_redis_signs_nobody_out(
    client: httpx2.AsyncClient, redis_url: str, redis_cache_url: str
) -> None:
    account = await new_account(client)
    pair = (await get_tokens(client, account)).json()
    browser = Browser(client)
    await browser.login(account)

    for url in (redis_url, redis_cache_url):
        async with Redis.from_url(url) as redis:
            await redis.flushdb()

    assert await status_of(client, bearing(pair["access_token"])) == 200
    assert (await browser.send("GET", "/users/me")).status_code == 200
    assert (await refresh(client, pair["refresh_token"])).status_code == 200


async def test_a_new_password_set_by_an_admin_ends_the_sessions(
    client: httpx2.AsyncClient, admin: Any
) -> None:
    account = await new_account(client)
    tool = await bearer(client, account)
    user_id = (await client.get("/users/me", headers=tool)).json()["id"]

    body = {"password": "another long secret"}
    await client.patch(f"/users/{user_id}", headers=admin.headers, json=body)

    assert await status_of(client, tool) == 401


async def test_a_browser_signs_in_with_a_cookie_that_no_script_reads(
    client: httpx2.AsyncClient, database: Database
) -> None:
    account = await new_account(client)
    browser = Browser(client)

    response = await browser.login(account)

    cookie = response.headers["set-cookie"]
    assert cookie.startswith("neuroshiksha_session=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert response.json()["user"]["email"] == account.email
    assert (await browser.send("GET", "/users/me")).json()["email"] == account.email
    (value,) = browser.cookies.values()
    async with database.transaction(MAINTENANCE) as session:
        rows = text("SELECT string_agg(to_jsonb(user_sessions)::text, ' ') FROM user_sessions")
        kept = await session.scalar(rows)
    assert value not in kept


async def test_outside_the_embedded_mode_the_cookie_is_secure(adapters: Adapters) -> None:
    production = adapters.settings.model_copy(update={"environment": "production"})
    app = create_app(lambda _: nullcontext(adapters), production)
    transport = httpx2.ASGITransport(app=app)
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
        httpx2.AsyncClient(transport=transport, base_url="https://service/api/v1") as client,
    ):
        response = await Browser(client).login(await new_account(client))

    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-neuroshiksha_session=")
    assert "Secure" in cookie.split("; ")


async def test_a_cookie_changes_nothing_without_the_csrf_token(
    client: httpx2.AsyncClient,
) -> None:
    account = await new_account(client)
    browser, another = Browser(client), Browser(client)
    await browser.login(account)
    await another.login(account)
    change = {"json": {"language": "hi"}}

    without = await browser.send("PATCH", "/users/me", csrf=False, **change)
    token, browser.csrf_token = browser.csrf_token, another.csrf_token
    foreign = await browser.send("PATCH", "/users/me", **change)
    browser.csrf_token = token
    logout = await browser.send("POST", "/auth/logout", csrf=False)
    own = await browser.send("PATCH", "/users/me", **change)

    assert [without.status_code, foreign.status_code, logout.status_code] == [403, 403, 403]
    assert without.json()["code"] == "csrf_failed"
    assert own.status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_another_site_cannot_sign_a_browser_in(
    client: httpx2.AsyncClient, content_type: str
) -> None:
    account = await new_account(client)
    body = f'{{"email": "{account.email}", "password": "{account.password}"}}'

    response = await client.post(
        "/auth/login", content=body, headers={"Content-Type": content_type}
    )

    assert response.status_code == 422
    assert "set-cookie" not in response.headers


async def test_the_page_learns_who_is_signed_in_when_it_is_opened_again(
    client: httpx2.AsyncClient,
) -> None:
    account = await new_account(client)
    browser = Browser(client)
    nobody = (await browser.send("GET", "/auth/session")).json()
    signed_in = (await browser.login(account)).json()

    again = (await browser.send("GET", "/auth/session")).json()
    await browser.send("POST", "/auth/logout")
    after = await browser.send("GET", "/auth/session")

    assert nobody == {"user": None, "csrf_token": None, "lacks_second_factor": False}
    assert again == signed_in
    assert after.json() == nobody
    assert browser.cookies == {}


@pytest.mark.parametrize("cookie", ["", "x", "é", "x" * 5_000, '"; path=/'])
async def test_a_cookie_that_is_none_of_ours_signs_nobody_in(
    client: httpx2.AsyncClient, cookie: str
) -> None:
    headers = {"Cookie": f"neuroshiksha_session={cookie}".encode()}

    response = await client.get("/users/me", headers=headers)  # type: ignore[arg-type]

    assert response.status_code == 401


async def test_a_ticket_of_an_ended_session_opens_no_websocket(
    client: httpx2.AsyncClient, services: Any
) -> None:
    account = await new_account(client)
    browser = Browser(client)
    await browser.login(account)
    ticket = (await browser.send("POST", "/auth/ws-ticket")).json()["ticket"]
    kept = (await browser.send("POST", "/auth/ws-ticket")).json()["ticket"]
    holder = await services.socket_tickets.redeem(kept)

    await browser.send("POST", "/auth/logout")

    assert holder.session_id is not None
    with pytest.raises(NotAuthenticatedError):
        await services.socket_tickets.redeem(ticket)
    with pytest.raises(NotAuthenticatedError):
        await services.identity.recognise(holder.user_id, holder.session_id)
