"""Says of a token or API key what it claims, and why it is good or not; never its secret."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from services.api_keys import hashed_key, is_api_key
from services.keyring import KeyRing
from services.light_jwt import jwt
from services.tokens import ALGORITHM, AUDIENCES, ISSUER, LONGEST_TOKEN
from storage.database import MAINTENANCE, Database
from storage.repositories.debugging import DebuggingRepository

Kind = Literal["access", "refresh", "api_key", "unknown"]
MOMENTS = ("iat", "exp", "nbf")


@dataclass(frozen=True, slots=True)
class TokenReport:
    """What a token says of itself and what is known of it.

    Attributes:
        reasons: Why it does not open anything; empty for a good one.
        header: Of a JWT.
        claims: As they stand in it, also where the signature is not ours.
        known: What the database holds of its session, or of the key.
    """

    kind: Kind
    reasons: tuple[str, ...]
    header: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether it would be accepted now."""
        return not self.reasons


class TokenInspector:
    """Looks at tokens as the service itself would, but tells all that is wrong at once."""

    def __init__(
        self, database: Database, keys: KeyRing, idle: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._keys = keys
        self._idle = idle
        self._clock = clock

    async def inspect(self, token: str) -> TokenReport:
        """The report; looking at a token does not count as its use."""
        token = token.strip().removeprefix("Bearer ").strip()
        if is_api_key(token):
            return await self._of_api_key(token)
        return await self._of_jwt(token)

    async def _of_jwt(self, token: str) -> TokenReport:
        if len(token) > LONGEST_TOKEN:
            return TokenReport("unknown", ("It is longer than any of ours.",))
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError as error:
            reason = f"It is neither an API key of ours nor a JSON Web Token: {error}."
            return TokenReport("unknown", (reason,))
        kind = next((use for use, name in AUDIENCES.items() if claims.get("aud") == name), None)
        reasons = [*self._signature(token, header), *self._claims(claims)]
        known: Mapping[str, Any] = {}
        if kind is not None:
            more, known = await self._session(claims, kind)
            reasons += more
        return TokenReport(
            kind or "unknown", tuple(reasons), header, {**claims, **_moments(claims)}, known
        )

    def _signature(self, token: str, header: Mapping[str, Any]) -> list[str]:
        key = self._keys.find(str(header.get("kid", "")))
        if header.get("alg") != ALGORITHM:
            return [f"It is signed by {header.get('alg')!r}; only {ALGORITHM} is accepted."]
        if key is None:
            return [
                "Its key (kid) is not on this installation's ring: it was signed elsewhere, or"
                " NEUROSHIKSHA_SECRET_KEY no longer holds the secret."
            ]
        try:
            jwt.decode(
                token,
                key.secret,
                algorithms=[ALGORITHM],
                options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return ["Its signature is not the one of its content: it was changed or forged."]
        return []

    def _claims(self, claims: Mapping[str, Any]) -> list[str]:
        reasons = []
        if claims.get("iss") != ISSUER:
            reasons.append(f"It was issued by {claims.get('iss')!r}, not by {ISSUER!r}.")
        if claims.get("aud") not in AUDIENCES.values():
            reasons.append(f"It is for {claims.get('aud')!r}, which is nothing of this service.")
        ends = claims.get("exp")
        now = self._clock().timestamp()
        if not isinstance(ends, int | float):
            reasons.append("It says nothing of when it ends.")
        elif ends <= now:
            reasons.append(f"It expired {timedelta(seconds=int(now - ends))} ago (h:mm:ss).")
        return reasons

    async def _session(
        self, claims: Mapping[str, Any], kind: Literal["access", "refresh"]
    ) -> tuple[list[str], Mapping[str, Any]]:
        try:
            session_id, user_id = UUID(str(claims.get("sid"))), UUID(str(claims.get("sub")))
        except ValueError:
            return ["It names no session (sid) or no user (sub)."], {}
        async with self._database.transaction(MAINTENANCE) as session:
            found = await DebuggingRepository(session).session(session_id, user_id)
        if found is None:
            return ["Its session has ended: signed out, replaced, or its account is gone."], {}
        reasons, now = [], self._clock()
        if found.expires_at <= now or found.last_used_at <= now - self._idle:
            reasons.append("Its session is over: too old, or not used for too long.")
        if not found.is_active:
            reasons.append("Its account is blocked or deleted.")
        if kind == "refresh" and claims.get("gen") != found.generation:
            reasons.append(
                f"It was exchanged already: it is number {claims.get('gen')}, the good one is"
                f" {found.generation}."
            )
        known = {
            "email": found.email,
            "role": found.role,
            "session_kind": found.kind,
            "session_expires_at": found.expires_at.isoformat(),
            "session_last_used_at": found.last_used_at.isoformat(),
        }
        return reasons, known

    async def _of_api_key(self, key: str) -> TokenReport:
        async with self._database.transaction(MAINTENANCE) as session:
            found = await DebuggingRepository(session).api_key(hashed_key(key))
        if found is None:
            return TokenReport("api_key", ("It is unknown here, or was taken back.",))
        reasons = []
        if found["expires_at"] is not None and found["expires_at"] <= self._clock():
            reasons.append(f"It expired at {found['expires_at'].isoformat()}.")
        if not found["is_active"]:
            reasons.append("Its account is blocked or deleted.")
        known = {name: _plain(value) for name, value in found.items() if name != "is_active"}
        return TokenReport("api_key", tuple(reasons), known=known)


def _moments(claims: Mapping[str, Any]) -> dict[str, str]:
    """The numbers that are times, as times too."""
    found = {}
    for name in MOMENTS:
        value = claims.get(name)
        if isinstance(value, int | float) and 0 <= value < 1 << 33:
            found[f"{name}_time"] = datetime.fromtimestamp(value, UTC).isoformat()
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, list) or value is None else str(value)
