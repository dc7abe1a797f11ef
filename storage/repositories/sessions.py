"""Sessions: a row for each sign-in; ending one is deleting it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from models import UserSession
from storage.errors import NotFoundError

SWEPT_AT_ONCE = 1_000

_USED = """
WITH found AS (
    SELECT s.id, s.user_id, s.last_used_at, u.email, u.role,
           f.confirmed_at IS NOT NULL AS has_second_factor
    FROM user_sessions s JOIN users u ON u.id = s.user_id
    LEFT JOIN second_factors f ON f.user_id = s.user_id
    WHERE s.{column} = :value AND s.expires_at > now()
      AND s.last_used_at > now() - CAST(:idle AS interval)
      AND u.is_active AND u.deleted_at IS NULL
), noted AS (
    UPDATE user_sessions SET last_used_at = now() FROM found
    WHERE user_sessions.id = found.id AND found.last_used_at < now() - interval '1 minute'
)
SELECT id, user_id, email, role, has_second_factor FROM found
"""
USED_BY_ID = text(_USED.format(column="id"))
USED_BY_COOKIE = text(_USED.format(column="cookie_hash"))

ROTATE = text("""
UPDATE user_sessions s SET generation = s.generation + 1, last_used_at = now(), address = :address
FROM users u
WHERE s.id = :id AND s.generation = :generation
  AND s.expires_at > now() AND s.last_used_at > now() - CAST(:idle AS interval)
  AND u.id = s.user_id AND u.is_active AND u.deleted_at IS NULL
RETURNING s.id, s.user_id, s.generation, s.expires_at, u.role
""")
"""Of two exchanges at the same instant one finds the generation it names, and the other none."""

END_REPLAYED = text("""
DELETE FROM user_sessions WHERE id = :id AND generation > :generation RETURNING user_id
""")

PRUNE = text("""
DELETE FROM user_sessions WHERE id IN (
    SELECT id FROM user_sessions WHERE user_id = :user_id
    ORDER BY created_at DESC, id DESC OFFSET :keep
)
""")

SWEEP = text("""
DELETE FROM user_sessions WHERE id IN (
    SELECT id FROM user_sessions WHERE expires_at <= now()
    ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
""")


@dataclass(frozen=True, slots=True)
class UsedSession:
    """A session that is good, and whose it is."""

    id: UUID
    user_id: UUID
    email: str
    role: str
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class RotatedSession:
    """A session whose refresh token was exchanged; `generation` is the new one's."""

    id: UUID
    user_id: UUID
    generation: int
    expires_at: datetime
    role: str


class SessionRepository:
    """The rows of `user_sessions`; finding one needs the maintenance role, as nobody is known."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, values: dict[str, Any]) -> None:
        """Keeps a new session."""
        await self._session.execute(insert(UserSession).values(values))

    async def prune(self, user_id: UUID, keep: int) -> None:
        """Ends the oldest sessions of a user who has more than so many."""
        await self._session.execute(PRUNE, {"user_id": user_id, "keep": keep})

    async def use(self, session_id: UUID, idle: timedelta) -> UsedSession | None:
        """Finds a session that is good, and notes at most once a minute that it was used."""
        return await self._use(USED_BY_ID, session_id, idle)

    async def use_by_cookie(self, cookie_hash: bytes, idle: timedelta) -> UsedSession | None:
        """The same by what a browser sends."""
        return await self._use(USED_BY_COOKIE, cookie_hash, idle)

    async def rotate(
        self, session_id: UUID, generation: int, address: str, idle: timedelta
    ) -> RotatedSession | None:
        """Takes in the refresh token of that generation; None where it is not the good one."""
        values = {"id": session_id, "generation": generation, "address": address, "idle": idle}
        row = (await self._session.execute(ROTATE, values)).one_or_none()
        if row is None:
            return None
        return RotatedSession(row.id, row.user_id, row.generation, row.expires_at, row.role)

    async def end_replayed(self, session_id: UUID, generation: int) -> UUID | None:
        """Ends a session whose refresh token of that generation was taken in before; whose it was.

        None where there is no such session, or the generation is the good one.
        """
        values = {"id": session_id, "generation": generation}
        user_id: UUID | None = await self._session.scalar(END_REPLAYED, values)
        return user_id

    async def of_user(self, user_id: UUID, idle: timedelta) -> Sequence[UserSession]:
        """A user's sessions that are good, the newest first."""
        statement = (
            select(UserSession)
            .where(
                UserSession.user_id == user_id,
                UserSession.expires_at > func.now(),
                UserSession.last_used_at > func.now() - idle,
            )
            .order_by(UserSession.created_at.desc(), UserSession.id.desc())
        )
        return (await self._session.scalars(statement)).all()

    async def end(self, session_id: UUID, user_id: UUID) -> None:
        """Ends a user's session.

        Raises:
            NotFoundError: when they have no such session.
        """
        statement = (
            delete(UserSession)
            .where(UserSession.id == session_id, UserSession.user_id == user_id)
            .returning(UserSession.id)
        )
        if await self._session.scalar(statement) is None:
            raise NotFoundError("session", session_id)

    async def end_all(self, user_id: UUID, but: UUID | None = None) -> int:
        """Ends a user's sessions, all or all but one; how many there were."""
        statement = delete(UserSession).where(UserSession.user_id == user_id)
        if but is not None:
            statement = statement.where(UserSession.id != but)
        ended = await self._session.scalars(statement.returning(UserSession.id))
        return len(ended.all())

    async def _use(
        self, statement: TextClause, value: object, idle: timedelta
    ) -> UsedSession | None:
        row = (await self._session.execute(statement, {"value": value, "idle": idle})).one_or_none()
        return None if row is None else UsedSession(*row)


async def sweep_sessions(session: AsyncSession) -> None:
    """Forgets sessions whose time is over, a bounded number at a time."""
    await session.execute(SWEEP, {"limit": SWEPT_AT_ONCE})
