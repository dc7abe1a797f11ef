"""Signing in at a provider of OpenID Connect: authorization code with PKCE, state and nonce."""

import re
import secrets
import time
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connectors.oidc_values import (
    Attempt,
    ExternalPerson,
    Provider,
    ProviderRefusedError,
    ProviderUnavailableError,
)

DISCOVERY = "/.well-known/openid-configuration"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures by the provider's private key only: no `none`, and no secret that we share."""
TIMEOUT_SECONDS = 10.0
METADATA_SECONDS = 3600.0
KEYS_AT_MOST_EVERY_SECONDS = 60.0
"""How often an unknown key has the provider's keys read again."""
LEEWAY_SECONDS = 60
VERIFIER_CHARACTERS = 64
NEEDED_METADATA = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}")


class OidcClient:
    """Asks one provider, whose addresses and keys it finds out and remembers."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._metadata: dict[str, Any] = {}
        self._metadata_until = 0.0
        self._keys: KeySet | None = None
        self._keys_read_at = 0.0

    async def begin(self, redirect_uri: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember until it is back.

        Raises:
            ProviderUnavailableError: when the provider's addresses cannot be found out.
        """
        metadata = await self._find_metadata()
        attempt = Attempt(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            code_verifier=generate_token(VERIFIER_CHARACTERS),
        )
        async with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.code_verifier,
            )
        return url, attempt

    async def finish(self, code: str, attempt: Attempt, redirect_uri: str) -> ExternalPerson:
        """Who signed in, for the code that the browser came back with.

        Raises:
            ProviderUnavailableError: when the provider cannot be asked.
            ProviderRefusedError: when it refuses the code, or its answer is not to be trusted.
        """
        metadata = await self._find_metadata()
        try:
            async with self._client(redirect_uri) as client:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.code_verifier,
                )
                claims = await self._verified(token, attempt.nonce)
                if "email" not in claims and "userinfo_endpoint" in metadata:
                    claims |= await self._user_info(client, metadata, str(claims["sub"]))
        except (httpx2.HTTPError, OSError) as error:
            raise ProviderUnavailableError(f"the provider does not answer: {error}") from error
        except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderRefusedError(f"the answer is not to be trusted: {error!r}") from error
        return self._person(claims)

    def _person(self, claims: dict[str, Any]) -> ExternalPerson:
        is_verified = claims.get("email_verified", self._provider.trusts_email) in {True, "true"}
        email, name = claims.get("email"), claims.get("name")
        return ExternalPerson(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            email=email if is_verified and isinstance(email, str) else None,
            name=name if isinstance(name, str) else None,
            language=language_tag(claims.get("locale")),
        )

    async def _verified(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of an ID token, once everything about them fits.

        Source: OpenID Connect Core 1.0, section 3.1.3.7.
        """
        id_token = token["id_token"]
        try:
            decoded = jwt.decode(id_token, await self._find_keys(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if not self._may_read_keys_again():
                raise
            self._keys = None  # the provider may have changed them
            decoded = jwt.decode(id_token, await self._find_keys(), algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self._provider.issuer},
                "aud": {"essential": True, "value": self._provider.client_id},
                "exp": {"essential": True},
            },
            params={
                "nonce": nonce,
                "client_id": self._provider.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(leeway=LEEWAY_SECONDS)
        return dict(decoded.claims)

    async def _user_info(
        self, client: AsyncOAuth2Client, metadata: dict[str, Any], subject: str
    ) -> dict[str, Any]:
        """What more the provider says of the same person. Source: the same, section 5.3.2."""
        response = await client.get(metadata["userinfo_endpoint"])
        response.raise_for_status()
        said = response.json()
        if said["sub"] != subject:
            raise ValueError("the user information is about someone else")
        return {name: said[name] for name in ("email", "email_verified", "name") if name in said}

    async def _find_metadata(self) -> dict[str, Any]:
        if time.monotonic() >= self._metadata_until:
            address = self._provider.issuer.rstrip("/") + DISCOVERY
            metadata = await self._read(address)
            is_own = metadata.get("issuer") == self._provider.issuer
            if not is_own or any(name not in metadata for name in NEEDED_METADATA):
                raise ProviderUnavailableError(f"{address} does not describe this issuer")
            self._metadata = metadata
            self._metadata_until = time.monotonic() + METADATA_SECONDS
        return self._metadata

    async def _find_keys(self) -> KeySet:
        if self._keys is None:
            metadata = await self._find_metadata()
            self._keys = KeySet.import_key_set(await self._read(metadata["jwks_uri"]))
            self._keys_read_at = time.monotonic()
        return self._keys

    def _may_read_keys_again(self) -> bool:
        return time.monotonic() - self._keys_read_at >= KEYS_AT_MOST_EVERY_SECONDS

    async def _read(self, address: str) -> Any:  # noqa: ANN401 - JSON
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                response = await client.get(address)
                response.raise_for_status()
                return response.json()
        except (httpx2.HTTPError, OSError, ValueError) as error:
            raise ProviderUnavailableError(f"{address} cannot be read: {error}") from error

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        provider = self._provider
        return AsyncOAuth2Client(
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
            scope=provider.scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            leeway=0,  # the access token is used at once, however short its life
            timeout=TIMEOUT_SECONDS,
        )


def language_tag(locale: object) -> str | None:
    """The BCP 47 tag of a `locale` claim, whose parts some providers join by underscores.

    Source: OpenID Connect Core 1.0, section 5.1.
    """
    if not isinstance(locale, str) or not LOCALE.fullmatch(locale):
        return None
    language, *subtags = re.split("[-_]", locale)
    return "-".join([language.lower(), *subtags])
