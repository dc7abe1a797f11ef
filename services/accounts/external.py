"""Signing in through a provider of OpenID Connect, and whose account that is."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.oidc_values import (
    Attempt,
    ExternalPerson,
    ProviderError,
    ProviderUnavailableError,
)
from models import User
from services.accounts.registration import RegistrationService
from services.accounts.sessions import BrowserSession, Claimant, SessionService
from services.devices import Device
from services.errors import InvalidValueError, PermissionDeniedError, ServiceError
from services.secret_box import SecretBox, UnreadableSecretError
from storage.database import MAINTENANCE, Database
from storage.errors import ConflictError, NotFoundError
from storage.repositories.audit import AuditRepository
from storage.repositories.external_identities import ExternalIdentityRepository
from storage.repositories.users import UserRepository

logger = logging.getLogger(__name__)

ATTEMPT_SECONDS = 600


class ExternalSignInError(ServiceError):
    """Signing in through a provider failed; `code` says why, for the page to tell."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class OidcProvider(Protocol):
    """Sends a browser away, and learns who came back."""

    async def begin(self, redirect_uri: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember.

        Raises:
            ProviderUnavailableError: when the provider does not answer.
        """
        ...

    async def finish(self, code: str, attempt: Attempt, redirect_uri: str) -> ExternalPerson:
        """Who came back with that code.

        Raises:
            ProviderUnavailableError: when the provider does not answer.
            ProviderRefusedError: when its answer is not to be trusted.
        """
        ...


@dataclass(frozen=True, slots=True)
class OfferedProvider:
    """A provider as the sign-in page offers it."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what it keeps in a cookie meanwhile, which it cannot read."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Return:
    """What the browser came back with: all of it may be forged."""

    state: str
    code: str | None
    error: str | None


class ExternalSignInService:
    """Opens sessions for people whom a provider knows."""

    def __init__(
        self,
        database: Database,
        sessions: SessionService,
        registration: RegistrationService,
        box: SecretBox,
        providers: Mapping[str, OidcProvider],
        *,
        labels: Mapping[str, str],
        public_url: str,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._registration = registration
        self._box = box
        self._providers = providers
        self._labels = labels
        self._public_url = public_url.rstrip("/")

    @property
    def offered(self) -> list[OfferedProvider]:
        """The providers, in the order of the settings."""
        return [OfferedProvider(name, self._labels[name]) for name in self._providers]

    async def begin(self, name: str, return_to: str) -> Departure:
        """Sends a browser to a provider; it will come back to that path of the page.

        Raises:
            NotFoundError: when there is no such provider.
            ExternalSignInError: when the provider does not answer.
        """
        provider = self._find(name)
        try:
            url, attempt = await provider.begin(self._redirect_uri(name))
        except ProviderUnavailableError as error:
            logger.warning("nobody can be sent to %s: %s", name, error)
            raise ExternalSignInError("provider_unavailable", str(error)) from error
        kept = {**asdict(attempt), "provider": name, "return_to": own_path(return_to)}
        return Departure(url, self._box.seal(json.dumps(kept).encode()).decode())

    async def finish(
        self, name: str, cookie: str | None, came: Return, device: Device
    ) -> tuple[BrowserSession, str]:
        """The session of a browser that came back, and the path it wanted to.

        Raises:
            NotFoundError: when there is no such provider.
            ExternalSignInError: when nobody is to be signed in.
        """
        provider = self._find(name)
        kept = self._opened(name, cookie, came.state)
        if came.error is not None or came.code is None:
            raise ExternalSignInError("provider_refused", f"{name} refused: {came.error}")
        attempt = Attempt(kept["state"], kept["nonce"], kept["code_verifier"])
        try:
            person = await provider.finish(came.code, attempt, self._redirect_uri(name))
        except ProviderError as error:
            logger.warning("nobody could be signed in through %s: %s", name, error)
            is_away = isinstance(error, ProviderUnavailableError)
            code = "provider_unavailable" if is_away else "provider_refused"
            raise ExternalSignInError(code, str(error)) from error
        async with self._database.transaction(MAINTENANCE) as session:
            user = await self._account_of(session, person, device)
            claimant = Claimant(user.id, user.role)
            opened = await self._sessions.open_for_browser(session, claimant, device)
        return opened, kept["return_to"]

    async def _account_of(
        self, session: AsyncSession, person: ExternalPerson, device: Device
    ) -> User:
        """The account of a person: linked before, of the same address, or new.

        Raises:
            ExternalSignInError: when there is none, and none may be made.
        """
        identities = ExternalIdentityRepository(session)
        users = UserRepository(session)
        user_id = await identities.use(person.issuer, person.subject)
        if user_id is not None:
            user = await users.find(user_id)
            if user is None or not user.is_active:
                raise ExternalSignInError("account_blocked", "The account is blocked or gone.")
            return user
        if person.email is None:
            message = "The provider does not vouch for an e-mail address."
            raise ExternalSignInError("email_not_vouched", message)
        user = await users.find_by_email(person.email)
        if user is None:
            user = await self._admit(session, person, person.email, device)
        elif not user.is_active or user.email_verified_at is None:
            # Whoever registered it may have waited for its owner to come this way.
            message = "Prove the address of your account first: have a new password sent to it."
            raise ExternalSignInError("account_not_verified", message)
        await identities.add(person.issuer, person.subject, user.id)
        await AuditRepository(session).record(
            "external_identity.link",
            actor_id=user.id,
            subject=str(user.id),
            address=device.address,
            details={"issuer": person.issuer},
        )
        return user

    async def _admit(
        self, session: AsyncSession, person: ExternalPerson, email: str, device: Device
    ) -> User:
        try:
            return await self._registration.admit(
                session, email, device, name=person.name, language=person.language
            )
        except (InvalidValueError, PermissionDeniedError, ConflictError) as error:
            raise ExternalSignInError("registration_closed", str(error)) from error

    def _opened(self, name: str, cookie: str | None, state: str) -> dict[str, Any]:
        """What the browser was given when it left, if it is the browser that left.

        Raises:
            ExternalSignInError: when it is not, or was away too long.
        """
        lost = ExternalSignInError("attempt_lost", "This attempt is too old, or not yours.")
        if cookie is None:
            raise lost
        try:
            opened = self._box.open(cookie.encode(), seconds=ATTEMPT_SECONDS)
        except UnreadableSecretError as error:
            raise lost from error
        kept: dict[str, Any] = json.loads(opened)
        if kept["provider"] != name or kept["state"] != state:
            raise lost
        return kept

    def _find(self, name: str) -> OidcProvider:
        provider = self._providers.get(name)
        if provider is None:
            raise NotFoundError("provider", name)
        return provider

    def _redirect_uri(self, name: str) -> str:
        return f"{self._public_url}/api/v1/auth/oidc/{name}/callback"


def own_path(path: str) -> str:
    """The path where it is one of the page, else its start: another site is none."""
    is_own = path.startswith("/") and not path.startswith("//") and path.isprintable()
    return path if is_own and "\\" not in path else "/"
