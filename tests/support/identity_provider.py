"""A provider of OpenID Connect of our own: checks what it is sent, and can be made to lie."""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.support.running_app import running_app

CLIENT_ID, CLIENT_SECRET = "neuroshiksha", "a secret of the client"


def new_key(key_id: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": key_id, "use": "sig", "alg": "RS256"})


@dataclass
class IdentityProvider:
    """Signs in whoever `person` is.

    Attributes:
        person: Claims of who sits at the browser.
        lies: Claims that the ID token has instead of the right ones.
        forged_by: Signs instead of the provider's own key.
        says_email_apart: Gives the address as user information only.
        refuses: Sends browsers back with this error.
    """

    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    forged_by: RSAKey | None = None
    says_email_apart: bool = False
    refuses: str | None = None
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    begun: dict[str, dict[str, str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.metadata),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
                Route("/userinfo", self.user_info),
            ]
        )

    async def metadata(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
            }
        )

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        is_right = (
            asked["client_id"] == CLIENT_ID
            and asked["response_type"] == "code"
            and asked["code_challenge_method"] == "S256"
            and {"openid", "email"} <= set(asked["scope"].split())
            and len(asked["nonce"]) > 20
        )
        if not is_right:
            return Response("a wrong request", 400)
        answer = {"state": asked["state"]}
        if self.refuses is not None:
            answer["error"] = self.refuses
        else:
            answer["code"] = secrets.token_urlsafe()
            self.begun[answer["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        code = str(form["code"])
        asked = self.begun.get(code)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        verifier = str(form.get("code_verifier", ""))
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_right = (
            asked is not None
            and code not in self.used
            and form["grant_type"] == "authorization_code"
            and form["redirect_uri"] == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
            and request.headers.get("authorization") == f"Basic {basic}"
        )
        if not is_right or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.used.add(code)
        return JSONResponse(
            {
                "access_token": "an-access-token",
                "token_type": "Bearer",
                "expires_in": 60,
                "id_token": self.id_token(asked["nonce"]),
            }
        )

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        person = dict(self.person)
        if self.says_email_apart:
            person = {"sub": person["sub"]}
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **person,
            **self.lies,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.forged_by or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    async def keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def user_info(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer an-access-token":
            return Response(status_code=401)
        return JSONResponse(self.person)


@asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    """A provider that listens until the context ends."""
    provider = IdentityProvider()
    async with running_app(provider.app()) as address:
        provider.issuer = address
        yield provider
