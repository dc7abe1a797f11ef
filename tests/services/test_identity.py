"""Tokens, the operator, rehashing, allowed domains and remembered actors."""

import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest
from argon2 import PasswordHasher
from jwt.warnings import InsecureKeyLengthWarning
from sqlalchemy import select, update

from bootstrap.adapters import Adapters
from bootstrap.services import Services, build_services
from models import AuditEvent, User
from services.accounts.signing_in import Proof
from services.devices import THIS_MACHINE
from services.errors import InvalidValueError, NotAuthenticatedError
from services.keyring import KeyRing
from services.recent import RecentValues
from services.tokens import AUDIENCES, TokenIssuer, TokenPair
from services.users import NewUser
from storage.database import MAINTENANCE
from tests.support.service import SECRET_KEY

pytestmark = pytest.mark.server

PASSWORD = "correct horse battery"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def new_user() -> NewUser:
    return NewUser(f"{uuid4().hex}@school.edu", PASSWORD)


async def sign_in(services: Services, new: NewUser) -> TokenPair:
    return await services.signing_in.for_tool(Proof(new.email, new.password), THIS_MACHINE)


SESSION_ID = uuid4()
USER_ID = uuid4()


def issuer(clock: Clock, setting: str = SECRET_KEY) -> TokenIssuer:
    ring = KeyRing.of_setting(setting)
    return TokenIssuer(ring, access_lifetime=timedelta(minutes=5), clock=clock)


def issued(clock: Clock, setting: str = SECRET_KEY) -> TokenPair:
    ends_at = clock() + timedelta(days=30)
    return issuer(clock, setting).issue(USER_ID, "teacher", SESSION_ID, session_ends_at=ends_at)


def resigned(token: str, key: bytes | None, algorithm: str = "HS256", **changes: object) -> str:
    """The token with other claims or another signature, its header kept."""
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    header = jwt.get_unverified_header(token)
    with warnings.catch_warnings():  # of a key that is short for another algorithm
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": header["kid"]})


def is_read(tokens: TokenIssuer, token: str) -> bool:
    try:
        tokens.read(token, "access")
    except NotAuthenticatedError:
        return False
    return True


def test_an_access_token_names_issuer_audience_user_session_role_and_key() -> None:
    token = issued(Clock()).access_token

    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["iss"], claims["aud"]) == ("neuroshiksha", AUDIENCES["access"])
    assert (claims["sub"], claims["sid"]) == (str(USER_ID), str(SESSION_ID))
    assert claims["role"] == "teacher"
    assert claims["exp"] - claims["iat"] == 300
    assert len(jwt.get_unverified_header(token)["kid"]) == 12


def test_a_token_ends_when_its_time_is_over() -> None:
    clock = Clock()
    pair = issued(clock)

    assert issuer(clock).read(pair.access_token, "access").user_id == USER_ID
    clock.now += timedelta(seconds=pair.expires_in)

    with pytest.raises(NotAuthenticatedError, match="expired"):
        issuer(clock).read(pair.access_token, "access")
    assert issuer(clock).read(pair.refresh_token, "refresh").session_id == SESSION_ID


def test_no_token_outlives_its_session() -> None:
    clock = Clock()
    ends_at = clock() + timedelta(seconds=40)

    pair = issuer(clock).issue(USER_ID, "student", SESSION_ID, session_ends_at=ends_at)

    assert pair.expires_in == 40


def test_forged_and_misused_tokens_are_refused() -> None:
    clock = Clock()
    pair = issued(clock)
    key = KeyRing.of_setting(SECRET_KEY).signing_key.secret
    good = pair.access_token
    assert issuer(clock).read(resigned(good, key), "access").user_id == USER_ID
    refused = {
        "another use": pair.refresh_token,
        "no signature": resigned(good, None, "none"),
        "another algorithm": resigned(good, key, "HS384"),
        "another key": issued(clock, "another secret key of at least 32 characters").access_token,
        "our name for another's key": resigned(good, b"x" * 32),
        "another audience": resigned(good, key, aud="another-api"),
        "another issuer": resigned(good, key, iss="another-service"),
        "no session": resigned(good, key, sid=None),
        "no user": resigned(good, key, sub="nobody"),
        "changed content": good[:40] + ("A" if good[40] != "A" else "B") + good[41:],
        "nothing": "",
        "no token": "a.b.c",
        "very long": good + "A" * 5_000,
    }

    let_pass = [reason for reason, token in refused.items() if is_read(issuer(clock), token)]

    assert let_pass == []


def test_after_a_change_of_keys_old_tokens_are_read_until_the_old_key_goes() -> None:
    clock = Clock()
    old, new = "an old secret key of 32 characters or more", "a new secret key of 32 characters too"
    before = issued(clock, old).access_token

    both = issuer(clock, f"{new}, {old}")
    after = issued(clock, f"{new},{old}").access_token

    assert both.read(before, "access").user_id == USER_ID
    assert issuer(clock, new).read(after, "access").user_id == USER_ID
    with pytest.raises(NotAuthenticatedError):
        issuer(clock, new).read(before, "access")
    with pytest.raises(NotAuthenticatedError):
        issuer(clock, old).read(after, "access")


def test_recent_values_end_and_are_bounded() -> None:
    clock = Clock()
    recent: RecentValues[int, str] = RecentValues(timedelta(seconds=5), clock, maximum_size=2)
    for number in range(3):
        recent.put(number, str(number))

    assert [recent.get(number) for number in range(3)] == [None, "1", "2"]
    clock.now += timedelta(seconds=5)
    assert recent.get(2) is None


async def test_signing_in_renews_a_hash_of_older_parameters(
    adapters: Adapters, services: Services
) -> None:
    new = new_user()
    user = await services.registration.register(new, THIS_MACHINE)
    old_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    async with adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(update(User).where(User.id == user.id).values(password_hash=old_hash))

    await sign_in(services, new)

    async with adapters.database.transaction(MAINTENANCE) as session:
        renewed = await session.scalar(select(User.password_hash).where(User.id == user.id))
    assert renewed != old_hash
    assert await sign_in(services, new)


async def test_only_allowed_domains_register(adapters: Adapters) -> None:
    settings = adapters.settings.model_copy(update={"allowed_email_domains": ("School.edu",)})
    services = build_services(replace(adapters, settings=settings))

    await services.registration.register(new_user(), THIS_MACHINE)
    with pytest.raises(InvalidValueError, match=r"school\.edu") as caught:
        await services.registration.register(
            NewUser(f"{uuid4().hex}@gmail.com", PASSWORD), THIS_MACHINE
        )

    assert caught.value.field == "email"


async def test_the_operator_is_made_once_audited_and_cannot_sign_in(
    adapters: Adapters, services: Services
) -> None:
    first = await services.identity.operator()
    second = await services.identity.operator()

    assert first == second
    assert (first.role, first.is_operator) == ("admin", True)
    async with adapters.database.transaction(MAINTENANCE) as session:
        events = await session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == str(first.user_id))
        )
    assert list(events) == ["user.create"]
    with pytest.raises(NotAuthenticatedError):
        await sign_in(services, NewUser(first.email, PASSWORD))


async def test_a_deleted_person_neither_signs_in_nor_refreshes(services: Services) -> None:
    new = new_user()
    user = await services.registration.register(new, THIS_MACHINE)
    pair = await sign_in(services, new)
    operator = await services.identity.operator()

    await services.users.delete(operator, user.id)

    for attempt in (
        sign_in(services, new),
        services.sessions.refresh(pair.refresh_token, THIS_MACHINE),
        services.identity.authenticate(pair.access_token),
    ):
        with pytest.raises(NotAuthenticatedError):
            await attempt


async def test_a_block_by_another_process_holds_after_five_seconds(adapters: Adapters) -> None:
    clock = Clock()
    here = build_services(replace(adapters, clock=clock))
    elsewhere = build_services(replace(adapters, clock=clock))
    new = new_user()
    user = await here.registration.register(new, THIS_MACHINE)
    pair = await sign_in(here, new)
    await here.identity.authenticate(pair.access_token)

    operator = await elsewhere.identity.operator()
    await elsewhere.users.change(operator, user.id, {"is_active": False})
    clock.now += timedelta(seconds=5)

    with pytest.raises(NotAuthenticatedError):
        await here.identity.authenticate(pair.access_token)
