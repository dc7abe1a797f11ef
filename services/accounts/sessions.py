"""Sessions: opened by a sign-in, used by a cookie or by tokens, listed, and ended."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import UserSession
from services.actors import Actor
from services.devices import Device
from services.errors import NotAuthenticatedError
from services.recent import RecentValues
from services.tokens import TokenIssuer, TokenPair
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import NotFoundError
from storage.repositories.audit import AuditRepository
from storage.repositories.sessions import SessionRepository

COOKIE_BYTES = 32
SESSIONS_AT_MOST = 500
"""Of one user; a program that signs in for each run has them, people a handful."""
REPLAYED = (
    "This refresh token was used before, so it may have been stolen: its session has ended."
    " Sign in again."
)
UNKNOWN = "This session has ended. Sign in again."

RememberedActors = RecentValues[UUID | bytes, Actor]
"""By session, by the hash of a browser's cookie, or, behind an API key, by user."""


@dataclass(frozen=True, slots=True)
class SessionLifetime:
    """When a session ends by itself: so long after the sign-in, or after its last use."""

    whole: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its user sees it."""

    id: UUID
    kind: str
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """What a browser gets: the cookie's value, and what shows that a request is the page's own."""

    cookie: str
    csrf_token: str
    expires_in: int
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Whose session is to be opened."""

    user_id: UUID
    role: str


class SessionService:
    """Opens, renews, lists and ends sessions; each is a row, so that Redis may forget anything."""

    def __init__(
        self,
        database: Database,
        tokens: TokenIssuer,
        actors: RememberedActors,
        lifetime: SessionLifetime,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._actors = actors
        self._lifetime = lifetime
        self._clock = clock

    async def open_for_tool(
        self, session: AsyncSession, claimant: Claimant, device: Device
    ) -> TokenPair:
        """Tokens of a new session, kept in the transaction of the sign-in."""
        session_id, ends_at = await self._open(session, claimant, device, "tool")
        return self._tokens.issue(
            claimant.user_id, claimant.role, session_id, session_ends_at=ends_at
        )

    async def open_for_browser(
        self, session: AsyncSession, claimant: Claimant, device: Device
    ) -> BrowserSession:
        """The cookie of a new session, kept in the transaction of the sign-in."""
        cookie = secrets.token_urlsafe(COOKIE_BYTES)
        await self._open(session, claimant, device, "browser", cookie_hash(cookie))
        seconds = int(self._lifetime.whole.total_seconds())
        return BrowserSession(cookie, csrf_token(cookie), seconds)

    async def refresh(self, refresh_token: str, device: Device) -> TokenPair:
        """A new pair for the session's last refresh token, which is used up by it.

        A refresh token that was used before ends its session: one of two holders is a thief, and
        nobody knows which. There is no time of grace, as a thief would have it too.

        Raises:
            NotAuthenticatedError: when the token is not good, or the account is blocked or gone.
        """
        claims = self._tokens.read(refresh_token, "refresh")
        replayed_by = None
        async with self._database.transaction(MAINTENANCE) as session:
            sessions = SessionRepository(session)
            rotated = await sessions.rotate(
                claims.session_id, claims.generation, device.address, self._lifetime.idle
            )
            if rotated is None:
                replayed_by = await sessions.end_replayed(claims.session_id, claims.generation)
            if replayed_by is not None:
                await AuditRepository(session).record(
                    "session.replay",
                    actor_id=replayed_by,
                    subject=str(claims.session_id),
                    address=device.address,
                )
        if rotated is None:
            self._forget(claims.session_id)
            raise NotAuthenticatedError(UNKNOWN if replayed_by is None else REPLAYED)
        return self._tokens.issue(
            rotated.user_id,
            rotated.role,
            rotated.id,
            session_ends_at=rotated.expires_at,
            generation=rotated.generation,
        )

    async def of(self, actor: Actor) -> list[SessionView]:
        """The actor's sessions, the newest first."""
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            rows = await SessionRepository(session).of_user(actor.user_id, self._lifetime.idle)
        return [_view(row, actor.session_id) for row in rows]

    async def end(self, actor: Actor, session_id: UUID, device: Device) -> None:
        """Ends one of the actor's sessions; other processes follow within seconds.

        Raises:
            NotFoundError: when the actor has no such session.
        """
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            await SessionRepository(session).end(session_id, actor.user_id)
            await AuditRepository(session).record(
                "session.end",
                actor_id=actor.user_id,
                subject=str(session_id),
                address=device.address,
            )
        self._forget(session_id)

    async def end_by_token(self, refresh_token: str) -> None:
        """Ends the session of a refresh token, for a tool whose access token is over.

        Nothing happens where it has ended already.

        Raises:
            NotAuthenticatedError: when the token is not good.
        """
        claims = self._tokens.read(refresh_token, "refresh")
        async with self._database.transaction(Scope(user_id=claims.user_id)) as session:
            with suppress(NotFoundError):
                await SessionRepository(session).end(claims.session_id, claims.user_id)
        self._forget(claims.session_id)

    async def end_all(self, actor: Actor, device: Device) -> int:
        """Ends all of the actor's sessions, this one too; how many there were."""
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            ended = await SessionRepository(session).end_all(actor.user_id)
            await AuditRepository(session).record(
                "session.end_all",
                actor_id=actor.user_id,
                subject=str(actor.user_id),
                address=device.address,
                details={"sessions": ended},
            )
        self.forget_user(actor.user_id)
        return ended

    def forget_user(self, user_id: UUID) -> None:
        """Has this process ask again who the user is, at their next request."""
        self._actors.forget_where(lambda actor: actor.user_id == user_id)

    def _forget(self, session_id: UUID) -> None:
        self._actors.forget_where(lambda actor: actor.session_id == session_id)

    async def _open(
        self,
        session: AsyncSession,
        claimant: Claimant,
        device: Device,
        kind: Literal["browser", "tool"],
        hashed_cookie: bytes | None = None,
    ) -> tuple[UUID, datetime]:
        session_id, ends_at = uuid7(), self._clock() + self._lifetime.whole
        await SessionRepository(session).add(
            {
                "id": session_id,
                "user_id": claimant.user_id,
                "kind": kind,
                "cookie_hash": hashed_cookie,
                "device": device.name,
                "address": device.address,
                "expires_at": ends_at,
            }
        )
        await SessionRepository(session).prune(claimant.user_id, SESSIONS_AT_MOST)
        await AuditRepository(session).record(
            "session.start",
            actor_id=claimant.user_id,
            subject=str(session_id),
            address=device.address,
            details={"kind": kind, "device": device.name},
        )
        return session_id, ends_at


def cookie_hash(cookie: str) -> bytes:
    """What is kept of a browser's cookie."""
    return hashlib.sha256(cookie.encode()).digest()


def csrf_token(cookie: str) -> str:
    """What the page sends beside the cookie: another site can cause neither to be read."""
    digest = hmac.digest(cookie.encode(), b"neuroshiksha csrf", "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _view(row: UserSession, current_id: UUID | None) -> SessionView:
    return SessionView(
        id=row.id,
        kind=row.kind,
        device=row.device,
        address=row.address,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        is_current=row.id == current_id,
    )
