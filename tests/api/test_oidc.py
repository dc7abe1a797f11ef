"""Signing in through a provider of OpenID Connect, which answers over real HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr
from sqlalchemy import func, select, update

from api.app import create_app
from bootstrap.account_settings import OidcProviderSettings
from bootstrap.adapters import Adapters
from models import User
from services.accounts.external import own_path
from storage.database import MAINTENANCE, Database
from tests.support.accounts import Account, Browser, get_tokens, new_account
from tests.support.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProvider,
    identity_provider,
    new_key,
)

pytestmark = pytest.mark.server

HERE = "http://service"


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as running:
        running.person = new_person()
        yield running


def new_person(**claims: Any) -> dict[str, Any]:
    name = uuid4().hex
    return {"sub": name, "email": f"{name}@school.edu", "email_verified": True, **claims}


@asynccontextmanager
async def client_of(
    adapters: Adapters, provider: IdentityProvider, **changes: Any
) -> AsyncIterator[httpx2.AsyncClient]:
    school = OidcProviderSettings(
        name="school",
        label="The school",
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=SecretStr(CLIENT_SECRET),
        trusts_email=changes.pop("trusts_email", False),
    )
    values = {"oidc_providers": (school,), "public_url": HERE, **changes}
    settings = adapters.settings.model_copy(update=values)
    app = create_app(lambda _: nullcontext(replace(adapters, settings=settings)), settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
        httpx2.AsyncClient(transport=transport, base_url=f"{HERE}/api/v1") as client,
    ):
        yield client


@pytest.fixture
async def client(
    adapters: Adapters, provider: IdentityProvider
) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(adapters, provider) as opened:
        yield opened


async def leave(browser: Browser, return_to: str = "/courses/physics") -> str:
    """Begins, and lets the provider send the browser back; where to."""
    left = await browser.send("GET", f"/auth/oidc/school?return_to={return_to}")
    assert left.status_code == 303, left.text
    async with httpx2.AsyncClient() as web:
        sent_back = await web.get(left.headers["location"])
    assert sent_back.status_code == 302, sent_back.text
    return str(sent_back.headers["location"]).removeprefix(f"{HERE}/api/v1")


async def sign_in(browser: Browser) -> httpx2.Response:
    return await browser.send("GET", await leave(browser))


def problem_of(response: httpx2.Response) -> str | None:
    """Why the page is told that nobody is signed in."""
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return query.get("problem", [None])[0]


async def who(browser: Browser) -> dict[str, Any] | None:
    user: dict[str, Any] | None = (await browser.send("GET", "/auth/session")).json()["user"]
    return user


async def test_someone_new_gets_an_account_and_is_led_to_where_they_wanted(
    client: httpx2.AsyncClient, provider: IdentityProvider
) -> None:
    provider.person["name"] = "Asha  Rao"
    browser = Browser(client)

    response = await sign_in(browser)

    user = await who(browser)
    assert response.headers["location"] == "/courses/physics"
    assert user is not None
    assert (user["email"], user["display_name"]) == (provider.person["email"], "Asha Rao")
    assert user["role"] == "student"
    assert list(browser.cookies) == ["neuroshiksha_session"]


@pytest.mark.parametrize(
    ("locale", "language"), [("hi_IN", "hi-IN"), ("HI", "hi"), ("klingon!", "en"), (7, "en")]
)
async def test_mails_to_someone_new_are_in_the_language_that_the_provider_names(
    client: httpx2.AsyncClient, provider: IdentityProvider, locale: object, language: str
) -> None:
    provider.person["locale"] = locale
    browser = Browser(client)

    await sign_in(browser)

    user = await who(browser)
    assert user is not None
    assert user["language"] == language


async def test_the_same_person_is_known_again_by_subject_not_by_address(
    client: httpx2.AsyncClient, provider: IdentityProvider
) -> None:
    first, second = Browser(client), Browser(client)
    await sign_in(first)
    provider.person["email"] = new_person()["email"]

    await sign_in(second)

    before, after = await who(first), await who(second)
    assert before is not None
    assert after is not None
    assert before["id"] == after["id"]


@pytest.mark.parametrize("is_proven", [True, False])
async def test_an_account_of_that_address_is_taken_only_if_its_address_was_proven(
    client: httpx2.AsyncClient, provider: IdentityProvider, database: Database, is_proven: bool
) -> None:
    account = await new_account(client)
    provider.person["email"] = account.email.upper()
    if is_proven:
        async with database.transaction(MAINTENANCE) as session:
            statement = update(User).where(User.email == account.email)
            await session.execute(statement.values(email_verified_at=func.now()))
    browser = Browser(client)

    response = await sign_in(browser)

    user = await who(browser)
    assert (user is not None) is is_proven
    assert problem_of(response) == (None if is_proven else "account_not_verified")


async def test_an_address_that_the_provider_does_not_vouch_for_is_none(
    client: httpx2.AsyncClient, provider: IdentityProvider
) -> None:
    account = await new_account(client)
    for unproven in (False, None, "no"):
        provider.person = new_person(email=account.email, email_verified=unproven)

        response = await sign_in(Browser(client))

        assert problem_of(response) == "email_not_vouched"


async def test_a_school_may_trust_the_addresses_of_its_own_provider(
    adapters: Adapters, provider: IdentityProvider
) -> None:
    provider.person = new_person(email_verified=None)
    async with client_of(adapters, provider, trusts_email=True) as client:
        browser = Browser(client)
        await sign_in(browser)
        trusted = await who(browser)
        provider.person = new_person(email_verified=False)
        refused = await sign_in(Browser(client))

    assert trusted is not None
    assert problem_of(refused) == "email_not_vouched"


async def test_an_address_may_stand_in_the_user_information(
    client: httpx2.AsyncClient, provider: IdentityProvider
) -> None:
    provider.says_email_apart = True
    browser = Browser(client)

    await sign_in(browser)

    user = await who(browser)
    assert user is not None
    assert user["email"] == provider.person["email"]


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"iss": "https://another.example"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"sub": None},
        {"azp": "another-client"},
    ],
    ids=str,
)
async def test_an_id_token_that_does_not_fit_signs_nobody_in(
    client: httpx2.AsyncClient, provider: IdentityProvider, lie: dict[str, Any]
) -> None:
    provider.lies = lie
    browser = Browser(client)

    response = await sign_in(browser)

    assert problem_of(response) == "provider_refused"
    assert await who(browser) is None


@pytest.mark.parametrize("key_id", ["first", "another"])
async def test_an_id_token_of_another_key_signs_nobody_in(
    client: httpx2.AsyncClient, provider: IdentityProvider, key_id: str
) -> None:
    provider.forged_by = new_key(key_id)
    browser = Browser(client)

    response = await sign_in(browser)

    assert problem_of(response) == "provider_refused"
    assert await who(browser) is None


def lose_cookie(browser: Browser, address: str) -> str:
    browser.cookies.clear()
    return address


def change_state(_browser: Browser, address: str) -> str:
    return address.replace("state=", "state=x")


def change_cookie(browser: Browser, address: str) -> str:
    browser.cookies["neuroshiksha_oidc"] = browser.cookies["neuroshiksha_oidc"][:-6] + "AAAA=="
    return address


@pytest.mark.parametrize("attack", [lose_cookie, change_state, change_cookie])
async def test_an_answer_to_another_browsers_attempt_signs_nobody_in(
    client: httpx2.AsyncClient, attack: Callable[[Browser, str], str]
) -> None:
    browser = Browser(client)
    address = attack(browser, await leave(browser))

    response = await browser.send("GET", address)

    assert problem_of(response) == "attempt_lost"
    assert await who(browser) is None


async def test_anothers_code_is_refused_for_want_of_its_verifier(
    client: httpx2.AsyncClient,
) -> None:
    victim, attacker = Browser(client), Browser(client)
    code = parse_qs(urlsplit(await leave(victim)).query)["code"][0]
    own = parse_qs(urlsplit(await leave(attacker)).query)["state"][0]

    response = await attacker.send("GET", f"/auth/oidc/school/callback?state={own}&code={code}")

    assert problem_of(response) == "provider_refused"
    assert await who(attacker) is None


async def test_a_code_signs_in_once(client: httpx2.AsyncClient) -> None:
    browser = Browser(client)
    address = await leave(browser)
    kept = dict(browser.cookies)
    await browser.send("GET", address)
    browser.cookies = kept

    again = await browser.send("GET", address)

    assert problem_of(again) == "provider_refused"


async def test_a_refusal_of_the_provider_is_told(
    client: httpx2.AsyncClient, provider: IdentityProvider
) -> None:
    provider.refuses = "access_denied"

    assert problem_of(await sign_in(Browser(client))) == "provider_refused"


async def test_a_provider_that_is_away_or_someone_else_is_told(
    adapters: Adapters, provider: IdentityProvider
) -> None:
    away, other = replace(provider, issuer="http://127.0.0.1:9"), provider
    problems = []
    async with client_of(adapters, away) as client:
        problems.append(problem_of(await client.get("/auth/oidc/school")))
    address, other.issuer = other.issuer, "https://another.example"
    async with client_of(adapters, replace(other, issuer=address)) as client:
        problems.append(problem_of(await client.get("/auth/oidc/school")))
        unknown = await client.get("/auth/oidc/unknown")

    assert problems == ["provider_unavailable"] * 2
    assert unknown.status_code == 404


async def test_who_may_not_register_is_not_let_in_this_way(
    adapters: Adapters, provider: IdentityProvider, database: Database
) -> None:
    problems = []
    for rules in ({"registration": "invitation"}, {"allowed_email_domains": ("other.edu",)}):
        async with client_of(adapters, provider, **rules) as client:
            problems.append(problem_of(await sign_in(Browser(client))))

    async with database.transaction(MAINTENANCE) as session:
        statement = select(func.count()).where(User.email == provider.person["email"])
        assert await session.scalar(statement) == 0
    assert problems == ["registration_closed"] * 2


async def test_a_blocked_account_stays_out(
    client: httpx2.AsyncClient, provider: IdentityProvider, database: Database
) -> None:
    await sign_in(Browser(client))
    async with database.transaction(MAINTENANCE) as session:
        statement = update(User).where(User.email == provider.person["email"])
        await session.execute(statement.values(is_active=False))

    assert problem_of(await sign_in(Browser(client))) == "account_blocked"


async def test_such_an_account_has_no_password_to_guess(
    client: httpx2.AsyncClient, provider: IdentityProvider
) -> None:
    await sign_in(Browser(client))

    answer = await get_tokens(client, Account(provider.person["email"]))

    assert answer.status_code == 401


async def test_the_sign_in_page_learns_of_the_providers(client: httpx2.AsyncClient) -> None:
    options = (await client.get("/auth/options")).json()

    assert options["providers"] == [{"name": "school", "label": "The school"}]


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/courses/physics?x=1#y", "/courses/physics?x=1#y"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\tx", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_only_paths_of_the_page_are_led_to(path: str, taken: str) -> None:
    assert own_path(path) == taken
