"""API keys: kept as hashes, found by them, listed by their owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from models import ApiKey
from storage.errors import NotFoundError

USE = text("""
WITH found AS (
    SELECT id, user_id, expires_at, last_used_at, scopes FROM api_keys
    WHERE key_hash = :key_hash AND (expires_at IS NULL OR expires_at > now())
), noted AS (
    UPDATE api_keys SET last_used_at = now() FROM found
    WHERE api_keys.id = found.id
      AND (found.last_used_at IS NULL OR found.last_used_at < now() - interval '1 minute')
)
SELECT id, user_id, expires_at, scopes FROM found
""")


@dataclass(frozen=True, slots=True)
class UsedKey:
    """Whose key was found, what it is good for, and until when."""

    id: UUID
    user_id: UUID
    expires_at: datetime | None
    scopes: frozenset[str]


class ApiKeyRepository:
    """The rows of `api_keys`; `use` needs the maintenance role, as nobody is known before it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def use(self, key_hash: bytes) -> UsedKey | None:
        """Finds a key that is good, and notes at most once a minute that it was used."""
        row = (await self._session.execute(USE, {"key_hash": key_hash})).one_or_none()
        if row is None:
            return None
        return UsedKey(row.id, row.user_id, row.expires_at, frozenset(row.scopes))

    async def add(self, values: dict[str, Any]) -> ApiKey:
        """Keeps a new key."""
        added = await self._session.scalars(insert(ApiKey).values(values).returning(ApiKey))
        return added.one()

    async def count(self, user_id: UUID) -> int:
        """How many keys a user has."""
        statement = select(func.count()).where(ApiKey.user_id == user_id)
        return await self._session.scalar(statement) or 0

    async def of_user(self, user_id: UUID) -> Sequence[ApiKey]:
        """A user's keys, the newest first."""
        statement = (
            select(ApiKey)
            .where(ApiKey.user_id == user_id)
            .order_by(ApiKey.created_at.desc(), ApiKey.id.desc())
        )
        return (await self._session.scalars(statement)).all()

    async def delete(self, key_id: UUID, user_id: UUID) -> bytes:
        """Forgets a user's key; gives its hash.

        Raises:
            NotFoundError: when they have no such key.
        """
        statement = (
            delete(ApiKey)
            .where(ApiKey.id == key_id, ApiKey.user_id == user_id)
            .returning(ApiKey.key_hash)
        )
        key_hash: bytes | None = await self._session.scalar(statement)
        if key_hash is None:
            raise NotFoundError("API key", key_id)
        return key_hash
