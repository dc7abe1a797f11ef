"""Tokens, the operator, rehashing, allowed domains and remembered actors."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from bootstrap.adapters import Adapters
from bootstrap.services import Services, build_services
from models import AuditEvent, User
from services.errors import InvalidValueError, NotAuthenticatedError
from services.recent import RecentValues
from services.tokens import AUDIENCES, TokenIssuer
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


def issuer(clock: Clock, secret_key: str = SECRET_KEY) -> TokenIssuer:
    return TokenIssuer(secret_key, access_lifetime=timedelta(minutes=5), clock=clock)


def test_an_access_token_names_issuer_audience_user_role_and_key() -> None:
    user_id = uuid4()

    token = issuer(Clock()).issue(user_id, "teacher").access_token

    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["iss"], claims["aud"]) == ("neuroshiksha", AUDIENCES["access"])
    assert (claims["sub"], claims["role"]) == (str(user_id), "teacher")
    assert claims["exp"] - claims["iat"] == 300
    assert len(jwt.get_unverified_header(token)["kid"]) == 12


def test_a_token_ends_when_its_time_is_over() -> None:
    clock, user_id = Clock(), uuid4()
    pair = issuer(clock).issue(user_id, "student")

    assert issuer(clock).read(pair.access_token, "access") == user_id
    clock.now += timedelta(seconds=pair.expires_in)

    with pytest.raises(NotAuthenticatedError, match="expired"):
        issuer(clock).read(pair.access_token, "access")
    assert issuer(clock).read(pair.refresh_token, "refresh") == user_id


def test_tokens_of_another_key_another_use_or_no_signature_are_refused() -> None:
    clock = Clock()
    pair = issuer(clock).issue(uuid4(), "student")
    claims = jwt.decode(pair.access_token, options={"verify_signature": False})
    unsigned = jwt.encode(claims, None, algorithm="none")
    foreign = issuer(clock, "another secret key of at least 32 characters").issue(uuid4(), "admin")

    for token in (pair.refresh_token, unsigned, foreign.access_token, "", "a.b.c"):
        with pytest.raises(NotAuthenticatedError):
            issuer(clock).read(token, "access")


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
    user = await services.identity.register(new)
    old_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    async with adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(update(User).where(User.id == user.id).values(password_hash=old_hash))

    await services.identity.sign_in(new.email, PASSWORD)

    async with adapters.database.transaction(MAINTENANCE) as session:
        renewed = await session.scalar(select(User.password_hash).where(User.id == user.id))
    assert renewed != old_hash
    assert await services.identity.sign_in(new.email, PASSWORD)


async def test_only_allowed_domains_register(adapters: Adapters) -> None:
    settings = adapters.settings.model_copy(update={"allowed_email_domains": ("School.edu",)})
    services = build_services(replace(adapters, settings=settings))

    await services.identity.register(new_user())
    with pytest.raises(InvalidValueError, match=r"school\.edu") as caught:
        await services.identity.register(NewUser(f"{uuid4().hex}@gmail.com", PASSWORD))

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
        await services.identity.sign_in(first.email, PASSWORD)


async def test_a_deleted_person_neither_signs_in_nor_refreshes(services: Services) -> None:
    new = new_user()
    user = await services.identity.register(new)
    pair = await services.identity.sign_in(new.email, PASSWORD)
    operator = await services.identity.operator()

    await services.users.delete(operator, user.id)

    for attempt in (
        services.identity.sign_in(new.email, PASSWORD),
        services.identity.refresh(pair.refresh_token),
        services.identity.authenticate(pair.access_token),
    ):
        with pytest.raises(NotAuthenticatedError):
            await attempt


async def test_a_block_by_another_process_holds_after_five_seconds(adapters: Adapters) -> None:
    clock = Clock()
    here = build_services(replace(adapters, clock=clock))
    elsewhere = build_services(replace(adapters, clock=clock))
    new = new_user()
    user = await here.identity.register(new)
    pair = await here.identity.sign_in(new.email, PASSWORD)
    await here.identity.authenticate(pair.access_token)

    operator = await elsewhere.identity.operator()
    await elsewhere.users.change(operator, user.id, {"is_active": False})
    clock.now += timedelta(seconds=5)

    with pytest.raises(NotAuthenticatedError):
        await here.identity.authenticate(pair.access_token)
