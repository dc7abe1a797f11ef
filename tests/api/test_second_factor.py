"""A second factor: set up, asked for, never good twice, recovered, required of roles."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pyotp
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr
from sqlalchemy import text

from api.app import create_app
from bootstrap.adapters import Adapters
from services.accounts.one_time_codes import matching_counter
from services.keyring import KeyRing
from services.secret_box import SecretBox, UnreadableSecretError
from storage.database import MAINTENANCE, Database
from tests.support.accounts import Account, Browser, bearer, bearing, get_tokens, new_account
from tests.support.service import SECRET_KEY, People, Person

pytestmark = pytest.mark.server

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890" of RFC 6238


class Clock:
    """A clock that tells the time, and can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def client_of(adapters: Adapters) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(lambda _: nullcontext(adapters), adapters.settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
        httpx2.AsyncClient(transport=transport, base_url="http://service/api/v1") as client,
    ):
        yield client


@pytest.fixture
async def client(adapters: Adapters, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(replace(adapters, clock=clock)) as opened:
        yield opened


class Authenticator:
    """Someone's authenticator app, whose clock is the service's."""

    def __init__(self, secret: str, clock: Callable[[], datetime], codes: list[str]) -> None:
        self.recovery_codes = codes
        self._clock = clock
        self._totp = pyotp.TOTP(secret)

    def code(self, steps: int = 0) -> str:
        return str(self._totp.at(self._clock(), counter_offset=steps))


async def set_up(client: httpx2.AsyncClient, headers: dict[str, str], password: str) -> Any:
    return await client.post("/auth/2fa/setup", headers=headers, json={"password": password})


async def enabled(
    client: httpx2.AsyncClient, account: Account, headers: dict[str, str], clock: Clock
) -> Authenticator:
    """Sets a second factor up; the next code is good half a minute later."""
    secret = (await set_up(client, headers, account.password)).json()["secret"]
    app = Authenticator(secret, clock, [])
    confirmed = await client.post("/auth/2fa/confirm", headers=headers, json={"otp": app.code()})
    assert confirmed.status_code == 200, confirmed.text
    app.recovery_codes = confirmed.json()["recovery_codes"]
    clock.ahead += timedelta(seconds=30)
    return app


async def test_signing_in_asks_for_a_code_once_one_is_set_up(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    made = (await set_up(client, headers, account.password)).json()
    before = await get_tokens(client, account)
    app = Authenticator(made["secret"], clock, [])
    await client.post("/auth/2fa/confirm", headers=headers, json={"otp": app.code()})
    clock.ahead += timedelta(seconds=30)

    without = await get_tokens(client, account)
    wrong = await get_tokens(client, account, otp="000000")
    right = await get_tokens(client, account, otp=app.code())

    assert before.status_code == 200
    assert (without.status_code, without.json()["code"]) == (401, "otp_required")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "otp_invalid")
    assert right.status_code == 200
    assert made["uri"].startswith("otpauth://totp/NeuroShiksha:")
    assert f"secret={made['secret']}" in made["uri"]
    assert made["qr_code"].startswith("data:image/svg+xml")


async def test_a_code_is_good_once_and_so_are_none_before_it(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    account = await new_account(client)
    app = await enabled(client, account, await bearer(client, account), clock)
    earlier, code = app.code(-1), app.code()

    first = await get_tokens(client, account, otp=code)
    again = await get_tokens(client, account, otp=code)
    older = await get_tokens(client, account, otp=earlier)

    assert [one.status_code for one in (first, again, older)] == [200, 401, 401]
    assert again.json()["code"] == "otp_invalid"


async def test_of_two_uses_of_a_code_at_once_one_signs_in(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    account = await new_account(client)
    app = await enabled(client, account, await bearer(client, account), clock)
    code = app.code()

    answers = await asyncio.gather(*(get_tokens(client, account, otp=code) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_recovery_code_stands_in_once_however_it_is_written(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    account = await new_account(client)
    app = await enabled(client, account, await bearer(client, account), clock)
    code = app.recovery_codes[3]

    first = await get_tokens(client, account, otp=code.upper().replace("-", " "))
    again = await get_tokens(client, account, otp=code)
    headers = bearing(first.json()["access_token"])
    status = (await client.get("/auth/2fa", headers=headers)).json()

    assert (first.status_code, again.status_code) == (200, 401)
    assert len(set(app.recovery_codes)) == 10
    assert status == {"is_enabled": True, "is_required": False, "recovery_codes_left": 9}


async def test_secret_and_recovery_codes_cannot_be_read_in_the_database(
    client: httpx2.AsyncClient, clock: Clock, database: Database
) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    secret = (await set_up(client, headers, account.password)).json()["secret"]
    async with database.transaction(MAINTENANCE) as session:
        rows = text("SELECT string_agg(encode(secret, 'escape'), ' ') FROM second_factors")
        kept = await session.scalar(rows)

    assert kept
    assert secret not in kept


async def test_enabling_takes_the_password_and_ends_the_other_sessions(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    account = await new_account(client)
    here, there = await bearer(client, account), await bearer(client, account)

    refused = await set_up(client, here, "not this one at all")
    await enabled(client, account, here, clock)
    again = await set_up(client, here, account.password)

    assert refused.json()["errors"][0]["field"] == "password"
    assert (await client.get("/users/me", headers=here)).status_code == 200
    assert (await client.get("/users/me", headers=there)).status_code == 401
    assert again.status_code == 409


async def test_a_wrong_code_confirms_nothing(client: httpx2.AsyncClient, clock: Clock) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    nothing = await client.post("/auth/2fa/confirm", headers=headers, json={"otp": "123456"})
    await set_up(client, headers, account.password)

    wrong = await client.post("/auth/2fa/confirm", headers=headers, json={"otp": "000000"})

    assert nothing.status_code == 409
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "otp")
    assert (await get_tokens(client, account)).status_code == 200


async def test_disabling_takes_password_and_code(client: httpx2.AsyncClient, clock: Clock) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    app = await enabled(client, account, headers, clock)
    path, password = "/auth/2fa/disable", account.password

    no_password = {"password": "not this one at all", "otp": app.code()}
    no_code = {"password": password, "otp": "000000"}
    both = {"password": password, "otp": app.code()}
    statuses = [
        (await client.post(path, headers=headers, json=body)).status_code
        for body in (no_password, no_code, both)
    ]

    assert statuses == [422, 422, 204]
    assert (await get_tokens(client, account)).status_code == 200


async def test_new_recovery_codes_take_the_place_of_the_old_ones(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    app = await enabled(client, account, headers, clock)

    renewed = await client.post(
        "/auth/2fa/recovery-codes", headers=headers, json={"otp": app.code()}
    )

    old, new = app.recovery_codes[0], renewed.json()["recovery_codes"][0]
    assert (await get_tokens(client, account, otp=old)).status_code == 401
    assert (await get_tokens(client, account, otp=new)).status_code == 200


async def test_guessing_codes_makes_the_next_attempt_wait(
    client: httpx2.AsyncClient, clock: Clock
) -> None:
    account = await new_account(client)
    app = await enabled(client, account, await bearer(client, account), clock)

    guesses = [await get_tokens(client, account, otp=f"00000{n}") for n in range(5)]
    right = await get_tokens(client, account, otp=app.code())

    assert [guess.status_code for guess in guesses] == [401] * 5
    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) >= 1


async def test_a_browser_signs_in_with_a_code(client: httpx2.AsyncClient, clock: Clock) -> None:
    account = await new_account(client)
    app = await enabled(client, account, await bearer(client, account), clock)
    browser = Browser(client)

    without = await browser.login(account)
    with_code = await browser.login(account, otp=app.code())

    assert (without.status_code, with_code.status_code) == (401, 200)
    assert "set-cookie" not in without.headers


async def test_an_admin_takes_a_lost_factor_away(
    client: httpx2.AsyncClient, clock: Clock, admin: Person, student: Person
) -> None:
    account = await new_account(client)
    headers = await bearer(client, account)
    user_id = (await client.get("/users/me", headers=headers)).json()["id"]
    await enabled(client, account, headers, clock)
    path = f"/users/{user_id}/2fa"

    refused = await client.delete(path, headers=student.headers)
    removed = await client.delete(path, headers=admin.headers)
    again = await client.delete(path, headers=admin.headers)

    assert [one.status_code for one in (refused, removed, again)] == [403, 204, 404]
    assert (await client.get("/users/me", headers=headers)).status_code == 401
    assert (await get_tokens(client, account)).status_code == 200


async def test_who_has_to_have_a_second_factor_can_do_nothing_before_setting_it_up(
    adapters: Adapters, people: People, clock: Clock
) -> None:
    settings = adapters.settings.model_copy(update={"two_factor_roles": ("admin",)})
    strict = replace(adapters, settings=settings, clock=clock)
    admin, teacher = await people.add("admin"), await people.add("teacher")
    async with client_of(strict) as client:
        refused = await client.get("/users", headers=admin.headers)
        of_others = await client.get("/users/me", headers=teacher.headers)
        status = (await client.get("/auth/2fa", headers=admin.headers)).json()
        secret = (await set_up(client, admin.headers, "")).json()["secret"]
        body = {"otp": Authenticator(secret, clock, []).code()}
        await client.post("/auth/2fa/confirm", headers=admin.headers, json=body)
        after = await client.get("/users", headers=admin.headers)

    assert (refused.status_code, refused.json()["code"]) == (403, "two_factor_required")
    assert (of_others.status_code, after.status_code) == (200, 200)
    assert status["is_required"] is True


async def test_an_api_key_of_someone_without_the_needed_factor_opens_nothing(
    adapters: Adapters, admin: Person
) -> None:
    async with client_of(adapters) as client:
        made = await client.post("/auth/api-keys", headers=admin.headers, json={"name": "Script"})
    settings = adapters.settings.model_copy(update={"two_factor_roles": ("admin",)})
    async with client_of(replace(adapters, settings=settings)) as client:
        response = await client.get("/courses", headers=bearing(made.json()["key"]))

    assert (response.status_code, response.json()["code"]) == (403, "two_factor_required")


async def test_after_a_change_of_keys_codes_are_checked_and_secrets_encrypted_anew(
    adapters: Adapters, clock: Clock
) -> None:
    new_key = "another key of the ring which is long enough 0123456789"
    rings = [SECRET_KEY, f"{new_key},{SECRET_KEY}", new_key]
    account = None
    statuses = []

    for ring in rings:
        settings = adapters.settings.model_copy(update={"secret_key": SecretStr(ring)})
        async with client_of(replace(adapters, settings=settings, clock=clock)) as client:
            if account is None:
                account = await new_account(client)
                app = await enabled(client, account, await bearer(client, account), clock)
            clock.ahead += timedelta(seconds=30)
            statuses.append((await get_tokens(client, account, otp=app.code())).status_code)

    assert statuses == [200, 200, 200]


def test_codes_are_those_of_the_standard() -> None:
    at = datetime.fromtimestamp(1111111109, UTC)

    assert matching_counter(RFC_SECRET, "081804", at) == 37037036
    assert matching_counter(RFC_SECRET, "081804", at + timedelta(seconds=30)) == 37037036
    assert matching_counter(RFC_SECRET, "081804", at + timedelta(seconds=61)) is None
    assert matching_counter(RFC_SECRET, "081805", at) is None


def test_a_sealed_secret_is_read_by_no_other_key_nor_for_another_purpose() -> None:
    box = SecretBox(KeyRing(["a" * 40]), "one purpose")
    sealed = box.seal(b"secret")
    others = [
        SecretBox(KeyRing(["b" * 40]), "one purpose"),
        SecretBox(KeyRing(["a" * 40]), "another purpose"),
    ]

    assert box.open(sealed) == b"secret"
    assert box.seal(b"secret") != sealed
    for other in others:
        with pytest.raises(UnreadableSecretError):
            other.open(sealed)
