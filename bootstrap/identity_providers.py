"""Providers of OpenID Connect, opened from the settings at their first use."""

from bootstrap.account_settings import OidcProviderSettings
from connectors.oidc_values import Attempt, ExternalPerson, Provider
from services.accounts.external import OidcProvider


class LateOidcProvider:
    """A provider whose client is loaded when someone first signs in through it."""

    def __init__(self, settings: OidcProviderSettings) -> None:
        secret = settings.client_secret.get_secret_value()
        self._provider = Provider(
            issuer=settings.issuer,
            client_id=settings.client_id,
            client_secret=secret or None,
            scope=settings.scope,
            trusts_email=settings.trusts_email,
        )
        self._client: OidcProvider | None = None

    async def begin(self, redirect_uri: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember.

        Raises:
            ProviderUnavailableError: when the provider does not answer.
        """
        return await self._opened().begin(redirect_uri)

    async def finish(self, code: str, attempt: Attempt, redirect_uri: str) -> ExternalPerson:
        """Who came back with that code.

        Raises:
            ProviderUnavailableError: when the provider does not answer.
            ProviderRefusedError: when its answer is not to be trusted.
        """
        return await self._opened().finish(code, attempt, redirect_uri)

    def _opened(self) -> OidcProvider:
        if self._client is None:
            # Imported on use: an installation without providers needs no client of one.
            from connectors.oidc import OidcClient

            self._client = OidcClient(self._provider)
        return self._client
