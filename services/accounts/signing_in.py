"""Signing in with a password: pauses, proof, and a session in one transaction with the proof."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from models import User
from services.accounts.outbox import queue_mail
from services.accounts.second_factor import SecondFactorService
from services.accounts.sessions import BrowserSession, Claimant, SessionService
from services.accounts.throttling import SignInThrottle
from services.devices import Device
from services.errors import (
    EmailNotVerifiedError,
    NotAuthenticatedError,
    OtpInvalidError,
    OtpRequiredError,
)
from services.passwords import Passwords
from services.tokens import TokenPair
from storage.database import MAINTENANCE, Database
from storage.repositories.audit import AuditRepository
from storage.repositories.users import UserRepository

WRONG = "The e-mail address or the password is wrong."
LONGEST_SUBJECT = 254

Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class Proof:
    """What someone signs in with; `otp` only where the account has a second factor."""

    email: str
    password: str
    otp: str | None = None


class SignInService:
    """Opens sessions for people who prove who they are."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: SessionService,
        second_factor: SecondFactorService,
        *,
        requires_verified_email: bool = False,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._second_factor = second_factor
        self._requires_verified_email = requires_verified_email

    async def for_tool(self, proof: Proof, device: Device) -> TokenPair:
        """Tokens for the right address and password, and a code where the account asks for one.

        As slow for an unknown address as for a wrong password, and with the same error.

        Raises:
            NotAuthenticatedError: when they do not belong together, or the account is blocked;
                its kinds say that the code is missing or wrong.
            EmailNotVerifiedError: when the account's owner has to prove its address first.
            TooManyAttemptsError: when too many attempts from there were wrong.
            OverloadedError: when too many people sign in just now.
        """
        return await self._sign_in(proof, device, self._sessions.open_for_tool)

    async def for_browser(self, proof: Proof, device: Device) -> BrowserSession:
        """A browser's session for the same.

        Raises:
            NotAuthenticatedError: as `for_tool`, and so on.
        """
        return await self._sign_in(proof, device, self._sessions.open_for_browser)

    async def _sign_in(
        self,
        proof: Proof,
        device: Device,
        open_session: Callable[[AsyncSession, Claimant, Device], Awaitable[Opened]],
    ) -> Opened:
        self._passwords.require_room()
        user = await self._find(proof.email, device)
        password_hash = user.password_hash if user else None
        is_right = await self._passwords.verify(proof.password, password_hash)
        if user is None or password_hash is None or not is_right or not user.is_active:
            await self._refuse(proof.email, user, device)
            raise NotAuthenticatedError(WRONG)
        await self._require_verified_email(user)
        await self._require_second_factor(user, proof, device)
        new_hash = await self._renewed(proof.password, password_hash)
        async with self._database.transaction(MAINTENANCE) as session:
            throttle = SignInThrottle(session, proof.email, device)
            await throttle.require_no_pause()  # guesses made side by side count for each other
            await throttle.forget()
            if new_hash is not None:
                await UserRepository(session).change(user.id, {"password_hash": new_hash})
            return await open_session(session, Claimant(user.id, user.role), device)

    async def _require_second_factor(self, user: User, proof: Proof, device: Device) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            if not await self._second_factor.is_enabled(session, user.id):
                return
            if not proof.otp:
                raise OtpRequiredError
            await SignInThrottle(session, proof.email, device).require_no_pause()
            is_right = await self._second_factor.use(session, user.id, proof.otp, device)
        if not is_right:
            await self._refuse(proof.email, user, device)
            raise OtpInvalidError

    async def _find(self, email: str, device: Device) -> User | None:
        async with self._database.transaction(MAINTENANCE) as session:
            await SignInThrottle(session, email, device).require_no_pause()
            return await UserRepository(session).find_by_email(email)

    async def _refuse(self, email: str, user: User | None, device: Device) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            count = await SignInThrottle(session, email, device).count_failure()
            await AuditRepository(session).record(
                "session.refuse",
                actor_id=None,
                subject=str(user.id) if user else None,
                address=device.address,
                details={"failures": count, "email": _typed_address(email)},
            )

    async def _require_verified_email(self, user: User) -> None:
        if not self._requires_verified_email or user.email_verified_at is not None:
            return
        async with self._database.transaction(MAINTENANCE) as session:
            await queue_mail(session, "verify_email", user.email)
        raise EmailNotVerifiedError

    async def _renewed(self, password: str, password_hash: str) -> str | None:
        """A new hash where the old one has parameters of former times."""
        if not self._passwords.is_outdated(password_hash):
            return None
        return await self._passwords.hash(password)


def _typed_address(typed: str) -> str | None:
    """What was typed as an address; None where it may be a password in the wrong field."""
    return typed[:LONGEST_SUBJECT] if "@" in typed else None
