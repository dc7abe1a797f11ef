"""Signed tokens: short-lived access, long-lived refresh (JWT, HS256), both of one session."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID, uuid4

from services.errors import NotAuthenticatedError
from services.keyring import KeyRing
from services.light_jwt import jwt

ALGORITHM = "HS256"
ISSUER = "neuroshiksha"
Use = Literal["access", "refresh"]
AUDIENCES: dict[Use, str] = {"access": "neuroshiksha-api", "refresh": "neuroshiksha-refresh"}
"""One audience per use, so that a refresh token never opens a route."""
REMEMBERED_TOKENS = 1024
LONGEST_TOKEN = 4096
NOT_VALID = "This token is not valid here. Sign in again."


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in gives to a tool."""

    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds until the access token ends."""


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a good token says.

    Attributes:
        generation: Counts the exchanges of the session's refresh token; 0 in an access token.
    """

    user_id: UUID
    session_id: UUID
    generation: int
    expires_at: float


class TokenIssuer:
    """Signs and reads the tokens of one installation."""

    def __init__(
        self,
        keys: KeyRing,
        *,
        access_lifetime: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._keys = keys
        self._access_lifetime = access_lifetime
        self._clock = clock
        # A reader sends the same token with each request.
        self._verified = lru_cache(REMEMBERED_TOKENS)(self._verify)

    def issue(
        self,
        user_id: UUID,
        role: str,
        session_id: UUID,
        *,
        session_ends_at: datetime,
        generation: int = 0,
    ) -> TokenPair:
        """A new pair for a session; neither outlives it."""
        access_ends_at = min(self._clock() + self._access_lifetime, session_ends_at)
        claims = {"sub": str(user_id), "sid": str(session_id)}
        return TokenPair(
            access_token=self._sign({**claims, "role": role}, "access", access_ends_at),
            refresh_token=self._sign({**claims, "gen": generation}, "refresh", session_ends_at),
            expires_in=round((access_ends_at - self._clock()).total_seconds()),
        )

    def read(self, token: str, use: Use) -> TokenClaims:
        """What a token says.

        Raises:
            NotAuthenticatedError: when it is forged, damaged, too old, or for another use.
        """
        if len(token) > LONGEST_TOKEN:
            raise NotAuthenticatedError(NOT_VALID)
        claims = self._verified(token, use)
        if claims.expires_at <= self._clock().timestamp():
            raise NotAuthenticatedError("This token has expired. Sign in again.")
        return claims

    def _verify(self, token: str, use: Use) -> TokenClaims:
        """What of a token cannot change; its time is looked at with each use."""
        try:
            key = self._keys.find(jwt.get_unverified_header(token).get("kid", ""))
            if key is None:
                raise NotAuthenticatedError(NOT_VALID)
            claims = jwt.decode(
                token,
                key.secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCES[use],
                issuer=ISSUER,
                options={
                    "require": ["exp", "iat", "sub", "sid"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            return _claims(claims)
        except (jwt.InvalidTokenError, ValueError, TypeError) as error:
            raise NotAuthenticatedError(NOT_VALID) from error

    def _sign(self, claims: dict[str, Any], use: Use, ends_at: datetime) -> str:
        content = {
            "iss": ISSUER,
            "aud": AUDIENCES[use],
            "iat": self._clock(),
            "exp": ends_at,
            "jti": uuid4().hex,
            **claims,
        }
        key = self._keys.signing_key
        return jwt.encode(content, key.secret, algorithm=ALGORITHM, headers={"kid": key.id})


def _claims(claims: dict[str, Any]) -> TokenClaims:
    return TokenClaims(
        user_id=UUID(claims["sub"]),
        session_id=UUID(claims["sid"]),
        generation=int(claims.get("gen", 0)),
        expires_at=float(claims["exp"]),
    )
