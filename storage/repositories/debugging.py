"""What PostgreSQL knows of itself and of who may sign in, for those who look for faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ACTIVITY = text("""
SELECT coalesce(state, 'background') AS state, count(*) AS connections,
       coalesce(extract(epoch FROM max(now() - xact_start)), 0)::float AS longest_seconds
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
GROUP BY 1 ORDER BY 1
""")
JOBS = text("""
SELECT kind, status, count(*) AS jobs,
       extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'queued'))::float
           AS oldest_seconds,
       extract(epoch FROM avg(finished_at - started_at))::float AS mean_seconds,
       extract(epoch FROM max(finished_at - started_at))::float AS max_seconds,
       max(attempts)::int AS most_attempts
FROM jobs WHERE status IN ('queued', 'running') OR finished_at > now() - interval '1 day'
GROUP BY kind, status ORDER BY kind, status
""")
SESSION = text("""
SELECT s.expires_at, s.last_used_at, s.generation, s.kind, u.email, u.role,
       u.is_active AND u.deleted_at IS NULL AS is_active
FROM user_sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = :session_id AND s.user_id = :user_id
""")
API_KEY = text("""
SELECT k.id, k.name, k.scopes, k.created_at, k.expires_at, k.last_used_at, u.id AS user_id,
       u.email, u.role, u.is_active AND u.deleted_at IS NULL AS is_active
FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.key_hash = :key_hash
""")


@dataclass(frozen=True, slots=True)
class ServerConnections:
    """Connections to the database in one state, and how long the oldest transaction has lasted."""

    state: str
    connections: int
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class JobFigures:
    """Jobs of a kind in one status; those that ended, of the last day.

    Attributes:
        oldest_seconds: How long the oldest of those that wait has waited.
        mean_seconds: At work, of those that ended.
    """

    kind: str
    status: str
    jobs: int
    oldest_seconds: float | None
    mean_seconds: float | None
    max_seconds: float | None
    most_attempts: int


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A session and its user."""

    expires_at: datetime
    last_used_at: datetime
    generation: int
    kind: str
    email: str
    role: str
    is_active: bool


class DebuggingRepository:
    """Reads within one transaction of the maintenance role; changes nothing, not even last uses."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def connections(self) -> list[ServerConnections]:
        """Who is connected to this database, without the asking connection."""
        return [ServerConnections(*row) for row in await self._session.execute(ACTIVITY)]

    async def jobs(self) -> list[JobFigures]:
        """Jobs that wait or are at work, and those that ended within a day."""
        return [JobFigures(*row) for row in await self._session.execute(JOBS)]

    async def session(self, session_id: UUID, user_id: UUID) -> KnownSession | None:
        """A user's session, over or not."""
        values = {"session_id": session_id, "user_id": user_id}
        row = (await self._session.execute(SESSION, values)).one_or_none()
        return None if row is None else KnownSession(*row)

    async def api_key(self, key_hash: bytes) -> Mapping[str, Any] | None:
        """What is known of a key and its user, expired or not."""
        found = await self._session.execute(API_KEY, {"key_hash": key_hash})
        row = found.mappings().one_or_none()
        return None if row is None else {str(name): value for name, value in row.items()}
