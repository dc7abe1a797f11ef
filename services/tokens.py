"""Signed tokens: short-lived access, long-lived refresh (JWT, HS256)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID, uuid4

import jwt

from services.errors import NotAuthenticatedError

ALGORITHM = "HS256"
ISSUER = "neuroshiksha"
Use = Literal["access", "refresh"]
AUDIENCES: dict[Use, str] = {"access": "neuroshiksha-api", "refresh": "neuroshiksha-refresh"}
"""One audience per use, so that a refresh token never opens a route."""
REFRESH_LIFETIME = timedelta(days=30)
REMEMBERED_TOKENS = 1024


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in gives."""

    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds until the access token ends."""


class TokenIssuer:
    """Signs and reads the tokens of one installation."""

    def __init__(
        self, secret_key: str, *, access_lifetime: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._secret_key = secret_key
        self._key_id = hashlib.sha256(b"key id:" + secret_key.encode()).hexdigest()[:12]
        self._access_lifetime = access_lifetime
        self._clock = clock
        # A reader sends the same token with each request.
        self._verified = lru_cache(REMEMBERED_TOKENS)(self._verify)

    def issue(self, user_id: UUID, role: str) -> TokenPair:
        """A new pair for a user."""
        return TokenPair(
            access_token=self._sign(user_id, role, "access", self._access_lifetime),
            refresh_token=self._sign(user_id, role, "refresh", REFRESH_LIFETIME),
            expires_in=int(self._access_lifetime.total_seconds()),
        )

    def read(self, token: str, use: Use) -> UUID:
        """The user a token was signed for.

        Raises:
            NotAuthenticatedError: when it is forged, damaged, too old, or for another use.
        """
        user_id, expires_at = self._verified(token, use)
        if expires_at <= self._clock().timestamp():
            raise NotAuthenticatedError("This token has expired. Sign in again.")
        return user_id

    def _verify(self, token: str, use: Use) -> tuple[UUID, float]:
        """The user, and when the token ends: what of a token cannot change."""
        try:
            claims = jwt.decode(
                token,
                self._secret_key,
                algorithms=[ALGORITHM],
                audience=AUDIENCES[use],
                issuer=ISSUER,
                options={
                    "require": ["exp", "iat", "sub"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            return UUID(claims["sub"]), float(claims["exp"])
        except (jwt.InvalidTokenError, ValueError, TypeError) as error:
            raise NotAuthenticatedError("This token is not valid here. Sign in again.") from error

    def _sign(self, user_id: UUID, role: str, use: Use, lifetime: timedelta) -> str:
        now = self._clock()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCES[use],
            "sub": str(user_id),
            "role": role,
            "iat": now,
            "exp": now + lifetime,
            "jti": uuid4().hex,
        }
        headers = {"kid": self._key_id}
        return jwt.encode(claims, self._secret_key, algorithm=ALGORITHM, headers=headers)
