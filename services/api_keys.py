"""API keys: what programs sign in with, as their user."""

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from uuid_utils.compat import uuid7

from models import ApiKey
from services.actors import Actor
from services.errors import (
    InvalidValueError,
    NotAuthenticatedError,
    PermissionDeniedError,
    WrongStateError,
)
from services.recent import RecentValues
from storage.database import MAINTENANCE, Database, Scope
from storage.repositories.api_keys import ApiKeyRepository, UsedKey
from storage.repositories.audit import AuditRepository
from storage.repositories.users import UserRepository

KEY_MARK = "nsk_"
"""How every key begins, so that it is told from a token, and found where it should not stand."""
SECRET_BYTES = 32
SHOWN_CHARACTERS = len(KEY_MARK) + 6
KEYS_AT_MOST = 50
"""Of one user."""
NAME_CHARACTERS = 100
REMEMBERED_FOR = timedelta(seconds=5)
"""How long a process may still accept a key that another one took back."""


class KeyScope(StrEnum):
    """What a key is good for; its user's own rights bound it further."""

    READ = "read"
    """Look at courses, their material and people, jobs, and the user's profile and usage."""
    ASK = "ask"
    """Ask the tutor, and all that belongs to the user's own conversations."""
    WRITE = "write"
    """Change courses, their material and people, jobs, and the user's profile."""
    ADMIN = "admin"
    """Accounts and all below `/admin`."""


USUAL_SCOPES = (KeyScope.READ, KeyScope.ASK, KeyScope.WRITE)
"""Of a key that is made without naming any: what administers the school must be asked for."""


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """A key as its owner sees it: all but the key itself."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[KeyScope, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewApiKey(ApiKeyView):
    """A key that was just made; this is the only time it is shown."""

    key: str


class ApiKeyService:
    """Makes, lists and takes back keys, and knows whose a key is. Keys are their owner's alone."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._used: RecentValues[bytes, UsedKey] = RecentValues(REMEMBERED_FOR, clock)

    async def create(
        self,
        actor: Actor,
        name: str,
        expires_at: datetime | None,
        scopes: Collection[KeyScope] = USUAL_SCOPES,
    ) -> NewApiKey:
        """A new key of the actor's.

        Raises:
            InvalidValueError: when it would have expired already.
            WrongStateError: when the actor has as many keys as one may have.
        """
        return await self._create(actor.user_id, actor, name, expires_at, scopes)

    async def create_for(
        self,
        actor: Actor,
        email: str,
        name: str,
        lifetime: timedelta | None,
        scopes: Collection[KeyScope] = USUAL_SCOPES,
    ) -> NewApiKey:
        """A new key of another account's, for the operator or an admin.

        Raises:
            PermissionDeniedError: for anyone else.
            NotFoundError: when there is no such account.
            InvalidValueError: when the name is none.
            WrongStateError: when the account has as many keys as one may have.
        """
        actor.require("admin", action="make API keys for others")
        if not 0 < len(name.strip()) <= NAME_CHARACTERS or "\0" in name:
            message = f"The name of a key has 1 to {NAME_CHARACTERS} characters."
            raise InvalidValueError("name", message)
        async with self._database.transaction(actor.scope) as session:
            owner = await UserRepository(session).get_by_email(email)
        expires_at = None if lifetime is None else self._clock() + lifetime
        return await self._create(owner.id, actor, name.strip(), expires_at, scopes)

    async def of(self, actor: Actor) -> list[ApiKeyView]:
        """The actor's keys, the newest first."""
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            return [_view(key) for key in await ApiKeyRepository(session).of_user(actor.user_id)]

    async def revoke(self, actor: Actor, key_id: UUID) -> None:
        """Takes a key of the actor's back; other processes follow within seconds.

        Raises:
            NotFoundError: when the actor has no such key.
        """
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            key_hash = await ApiKeyRepository(session).delete(key_id, actor.user_id)
            await AuditRepository(session).record(
                "api_key.revoke", actor_id=actor.user_id, subject=str(key_id)
            )
        self._used.forget(key_hash)

    async def owner_of(self, key: str) -> UUID:
        """The user a key acts as; asked of the database every few seconds.

        Raises:
            NotAuthenticatedError: when it is unknown, taken back or expired.
        """
        return (await self._use(key)).user_id

    async def id_of(self, key: str) -> UUID:
        """The id of a key.

        Raises:
            NotAuthenticatedError: as `owner_of`.
        """
        return (await self._use(key)).id

    async def require_scope(self, key: str, scope: KeyScope | None) -> None:
        """Passes silently for a key that is good for `scope`; None is what no key is good for.

        Raises:
            PermissionDeniedError: for any other.
            NotAuthenticatedError: as `owner_of`.
        """
        if scope is None:
            raise PermissionDeniedError("do this with an API key; sign in")
        if scope not in (await self._use(key)).scopes:
            raise PermissionDeniedError(f"do this with an API key without the scope `{scope}`")

    async def _use(self, key: str) -> UsedKey:
        key_hash = hashed_key(key)
        used = self._used.get(key_hash)
        if used is None:
            async with self._database.transaction(MAINTENANCE) as session:
                used = await ApiKeyRepository(session).use(key_hash)
            if used is not None:
                self._used.put(key_hash, used)
        if used is None or (used.expires_at is not None and used.expires_at <= self._clock()):
            message = (
                "This API key is unknown, was taken back, or has expired."
                " Make a new one: POST /api/v1/users/me/api-keys."
            )
            raise NotAuthenticatedError(message)
        return used

    async def _create(
        self,
        owner_id: UUID,
        actor: Actor,
        name: str,
        expires_at: datetime | None,
        scopes: Collection[KeyScope],
    ) -> NewApiKey:
        if expires_at is not None and expires_at <= self._clock():
            raise InvalidValueError("expires_at", "must be in the future")
        key = KEY_MARK + secrets.token_urlsafe(SECRET_BYTES)
        values = {
            "id": uuid7(),
            "user_id": owner_id,
            "key_hash": hashed_key(key),
            "name": name,
            "prefix": key[:SHOWN_CHARACTERS],
            "expires_at": expires_at,
            "scopes": [scope for scope in KeyScope if scope in scopes],
        }
        async with self._database.transaction(Scope(user_id=owner_id)) as session:
            keys = ApiKeyRepository(session)
            if await keys.count(owner_id) >= KEYS_AT_MOST:
                message = f"An account has at most {KEYS_AT_MOST} API keys. Delete one first."
                raise WrongStateError(message)
            added = await keys.add(values)
            await AuditRepository(session).record(
                "api_key.create",
                actor_id=actor.user_id,
                subject=str(added.id),
                details={"owner": str(owner_id), "scopes": values["scopes"]},
            )
        return NewApiKey(
            id=added.id,
            name=added.name,
            prefix=added.prefix,
            scopes=_scopes(added),
            created_at=added.created_at,
            expires_at=added.expires_at,
            last_used_at=None,
            key=key,
        )


def is_api_key(token: str) -> bool:
    """Whether a bearer token is a key, good or not."""
    return token.startswith(KEY_MARK)


def _view(key: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        scopes=_scopes(key),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
    )


def _scopes(key: ApiKey) -> tuple[KeyScope, ...]:
    return tuple(map(KeyScope, key.scopes))


def hashed_key(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).digest()
