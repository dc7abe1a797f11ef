"""A second factor: codes of an authenticator app (TOTP), and recovery codes for when it is lost."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.accounts.one_time_codes import (
    matching_counter,
    new_recovery_code,
    recovery_code_hash,
)
from services.accounts.recovery import RecoveryService
from services.accounts.sessions import SessionService
from services.accounts.throttling import SignInThrottle
from services.actors import Actor, Role
from services.devices import Device
from services.errors import InvalidValueError, WrongStateError
from services.secret_box import SecretBox, UnreadableSecretError
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import NotFoundError
from storage.repositories.account_links import LinkHolder
from storage.repositories.audit import AuditRepository
from storage.repositories.second_factors import SecondFactorRepository
from storage.repositories.sessions import SessionRepository
from storage.repositories.users import UserRepository

logger = logging.getLogger(__name__)

RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True)
class SecondFactorSetup:
    """What an authenticator app is set up with; shown once."""

    secret: str
    uri: str
    qr_code: str
    """A `data:` address of an SVG."""


@dataclass(frozen=True, slots=True)
class SecondFactorStatus:
    """Whether one has a second factor, has to have one, and how many recovery codes are left."""

    is_enabled: bool
    is_required: bool
    recovery_codes_left: int


class SecondFactorService:
    """Sets second factors up, checks codes, and takes them away."""

    def __init__(
        self,
        database: Database,
        sessions: SessionService,
        recovery: RecoveryService,
        box: SecretBox,
        clock: Callable[[], datetime],
        *,
        school: str,
        required_roles: frozenset[Role] = frozenset(),
    ) -> None:
        """Takes what it needs.

        Args:
            database: Where secrets are kept.
            sessions: Whose sessions end with a change.
            recovery: Asks for the password before a change.
            box: Encrypts the secrets.
            clock: Tells which codes are good.
            school: What authenticator apps call the installation.
            required_roles: Who has to have a second factor.
        """
        self._database = database
        self._sessions = sessions
        self._recovery = recovery
        self._box = box
        self._clock = clock
        self._school = school
        self._required_roles = required_roles

    async def status(self, actor: Actor) -> SecondFactorStatus:
        """How things stand with the actor's second factor."""
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            factors = SecondFactorRepository(session)
            kept = await factors.find(actor.user_id)
            left = await factors.codes_left(actor.user_id)
        is_enabled = kept is not None and kept.is_confirmed
        return SecondFactorStatus(is_enabled, actor.role in self._required_roles, left)

    async def set_up(self, actor: Actor, password: str, device: Device) -> SecondFactorSetup:
        """A new secret, which counts once a code of it was right.

        Raises:
            InvalidValueError: when the password is wrong.
            WrongStateError: when the actor has a second factor already.
            TooManyAttemptsError: when too many passwords were wrong.
        """
        import pyotp
        import segno

        await self._recovery.require_password(_holder(actor), password, device)
        secret = pyotp.random_base32()
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            sealed = self._box.seal(secret.encode())
            if not await SecondFactorRepository(session).begin(actor.user_id, sealed):
                raise WrongStateError("There is a second factor already. Disable it first.")
        uri = pyotp.TOTP(secret).provisioning_uri(name=actor.email, issuer_name=self._school)
        qr_code = segno.make(uri, error="m", micro=False).svg_data_uri(scale=5, light="white")
        return SecondFactorSetup(secret, uri, qr_code)

    async def confirm(self, actor: Actor, code: str, device: Device) -> list[str]:
        """Has codes asked for from now on; gives recovery codes, shown this once.

        Other sessions end, as they began without a second factor.

        Raises:
            InvalidValueError: when the code is wrong.
            WrongStateError: when nothing waits to be confirmed.
            TooManyAttemptsError: when too many codes were wrong.
        """
        kept = None
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            kept = await SecondFactorRepository(session).find(actor.user_id)
        if kept is None or kept.is_confirmed:
            raise WrongStateError("There is nothing to confirm. Set a second factor up first.")
        await self._require_code(actor, code, device, takes_recovery_codes=False)
        codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            factors = SecondFactorRepository(session)
            await factors.confirm(actor.user_id)
            await factors.replace_codes(actor.user_id, map(recovery_code_hash, codes))
            await SessionRepository(session).end_all(actor.user_id, but=actor.session_id)
            await _record(session, "second_factor.enable", actor, actor.user_id, device)
        self._sessions.forget_user(actor.user_id)
        return codes

    async def renew_codes(self, actor: Actor, code: str, device: Device) -> list[str]:
        """New recovery codes in the place of the old ones.

        Raises:
            InvalidValueError: when the code is wrong.
            WrongStateError: when the actor has no second factor.
            TooManyAttemptsError: when too many codes were wrong.
        """
        await self._require_enabled(actor)
        await self._require_code(actor, code, device)
        codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            factors = SecondFactorRepository(session)
            await factors.replace_codes(actor.user_id, map(recovery_code_hash, codes))
            await _record(session, "second_factor.renew_codes", actor, actor.user_id, device)
        return codes

    async def disable(self, actor: Actor, password: str, code: str, device: Device) -> None:
        """Has no codes asked for any more.

        Raises:
            InvalidValueError: when password or code are wrong.
            WrongStateError: when the actor has no second factor.
            TooManyAttemptsError: when too many were wrong.
        """
        await self._require_enabled(actor)
        await self._recovery.require_password(_holder(actor), password, device)
        await self._require_code(actor, code, device)
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            await SecondFactorRepository(session).remove(actor.user_id)
            await _record(session, "second_factor.disable", actor, actor.user_id, device)
        self._sessions.forget_user(actor.user_id)

    async def remove_for(self, actor: Actor, user_id: UUID, device: Device) -> None:
        """Takes the second factor of someone who lost it away, by an admin; their sessions end.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            NotFoundError: when there is none.
        """
        actor.require("admin", action="take second factors away")
        async with self._database.transaction(actor.scope) as session:
            if not await SecondFactorRepository(session).remove(user_id):
                raise NotFoundError("second factor of user", user_id)
            await SessionRepository(session).end_all(user_id)
            await _record(session, "second_factor.remove", actor, user_id, device)
        self._sessions.forget_user(user_id)

    async def remove_for_address(self, actor: Actor, email: str, device: Device) -> None:
        """The same for the account of an address, such as that of the only admin.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            NotFoundError: when there is no such account, or it has no second factor.
        """
        actor.require("admin", action="take second factors away")
        async with self._database.transaction(actor.scope) as session:
            user = await UserRepository(session).get_by_email(email)
        await self.remove_for(actor, user.id, device)

    async def is_enabled(self, session: AsyncSession, user_id: UUID) -> bool:
        """Whether a user is to be asked for a code."""
        kept = await SecondFactorRepository(session).find(user_id)
        return kept is not None and kept.is_confirmed

    async def use(
        self,
        session: AsyncSession,
        user_id: UUID,
        code: str,
        device: Device,
        *,
        takes_recovery_codes: bool = True,
    ) -> bool:
        """Uses up a code of the app, or a recovery code; False where it is wrong or used up."""
        factors = SecondFactorRepository(session)
        plain = "".join(code.split()).replace("-", "").lower()
        if plain.isascii() and plain.isdecimal() and len(plain) == 6:
            return await self._use_app_code(factors, user_id, plain)
        if not takes_recovery_codes:
            return False
        if not await factors.use_code(user_id, recovery_code_hash(plain)):
            return False
        await AuditRepository(session).record(
            "second_factor.recover",
            actor_id=user_id,
            subject=str(user_id),
            address=device.address,
        )
        return True

    async def _use_app_code(
        self, factors: SecondFactorRepository, user_id: UUID, code: str
    ) -> bool:
        kept = await factors.find(user_id)
        if kept is None:
            return False
        try:
            secret = self._box.open(kept.secret).decode()
        except UnreadableSecretError as error:
            logger.error("the second factor of user %s is lost: %s", user_id, error)  # noqa: TRY400
            return False
        counter = matching_counter(secret, code, self._clock())
        if counter is None:
            return False
        return await factors.use(user_id, counter, self._box.seal(secret.encode()))

    async def _require_enabled(self, actor: Actor) -> None:
        async with self._database.transaction(Scope(user_id=actor.user_id)) as session:
            if not await self.is_enabled(session, actor.user_id):
                raise WrongStateError("There is no second factor.")

    async def _require_code(
        self, actor: Actor, code: str, device: Device, *, takes_recovery_codes: bool = True
    ) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            throttle = SignInThrottle(session, actor.email, device)
            await throttle.require_no_pause()
            is_right = await self.use(
                session,
                actor.user_id,
                code,
                device,
                takes_recovery_codes=takes_recovery_codes,
            )
            if not is_right:
                await throttle.count_failure()
        if not is_right:
            raise InvalidValueError("otp", "This code is wrong, or was used before.")


def _holder(actor: Actor) -> LinkHolder:
    return LinkHolder(actor.user_id, actor.email)


async def _record(
    session: AsyncSession, action: str, actor: Actor, user_id: UUID, device: Device
) -> None:
    await AuditRepository(session).record(
        action, actor_id=actor.user_id, subject=str(user_id), address=device.address
    )
