"""Passwords that are forgotten or changed."""

from collections.abc import Callable
from datetime import datetime

from services.accounts.addresses import normalise_email
from services.accounts.links import BadLinkError, token_hash
from services.accounts.outbox import queue_mail
from services.accounts.sessions import SessionService
from services.accounts.throttling import SignInThrottle
from services.actors import Actor
from services.devices import Device
from services.errors import InvalidValueError, WrongStateError
from services.notifications.events import EventKind, announce
from services.passwords import Passwords, require_strong
from storage.database import MAINTENANCE, Database
from storage.errors import NotFoundError
from storage.repositories.account_links import AccountLinkRepository, LinkHolder
from storage.repositories.audit import AuditRepository
from storage.repositories.sessions import SessionRepository
from storage.repositories.users import UserRepository


class RecoveryService:
    """Gives accounts new passwords."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: SessionService,
        clock: Callable[[], datetime],
        *,
        delivers_mail: bool,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._clock = clock
        self._delivers_mail = delivers_mail

    async def forgot(self, email: str) -> None:
        """Has a link sent to the owner of an address; for an unknown one the work is the same.

        Raises:
            InvalidValueError: when the address is none.
            WrongStateError: when no mail goes out here.
        """
        if not self._delivers_mail:
            raise WrongStateError("No mail is sent here. Ask an admin for a new password.")
        async with self._database.transaction(MAINTENANCE) as session:
            await queue_mail(session, "reset_password", normalise_email(email))

    async def reset(self, token: str, password: str, device: Device) -> None:
        """Sets a new password by a link; all sessions end, and the address counts as proven.

        Raises:
            BadLinkError: when the link is unknown, used or too old.
            InvalidValueError: when the password is weak; the link stays good.
            OverloadedError: when too many passwords are hashed just now.
        """
        hashed = token_hash(token)
        async with self._database.transaction(MAINTENANCE) as session:
            holder = await AccountLinkRepository(session).find(hashed, "reset_password")
        if holder is None:
            raise BadLinkError
        require_strong(password, holder.email)
        password_hash = await self._passwords.hash(password)
        async with self._database.transaction(MAINTENANCE) as session:
            if not await AccountLinkRepository(session).use(hashed):
                raise BadLinkError
            users = UserRepository(session)
            values = {"password_hash": password_hash, "email_verified_at": self._clock()}
            await users.change(holder.user_id, values)
            await SessionRepository(session).end_all(holder.user_id)
            await SignInThrottle(session, holder.email, device).forget()
            await AuditRepository(session).record(
                "password.reset",
                actor_id=holder.user_id,
                subject=str(holder.user_id),
                address=device.address,
            )
            await queue_mail(session, "password_changed", holder.email)
            await announce(session, EventKind.PASSWORD_CHANGED, None, user_id=holder.user_id)
        self._sessions.forget_user(holder.user_id)

    async def change(self, actor: Actor, current: str, new: str, device: Device) -> None:
        """Sets a new password for who knows the current one; other sessions end.

        Raises:
            InvalidValueError: when the current one is wrong, or the new one weak.
            TooManyAttemptsError: when too many current ones were wrong.
            OverloadedError: when too many passwords are hashed just now.
        """
        holder = LinkHolder(actor.user_id, actor.email)
        await self.require_password(holder, current, device, field="current_password")
        require_strong(new, actor.email)
        password_hash = await self._passwords.hash(new)
        async with self._database.transaction(MAINTENANCE) as session:
            await UserRepository(session).change(actor.user_id, {"password_hash": password_hash})
            await SessionRepository(session).end_all(actor.user_id, but=actor.session_id)
            await AuditRepository(session).record(
                "password.change",
                actor_id=actor.user_id,
                subject=str(actor.user_id),
                address=device.address,
            )
            await queue_mail(session, "password_changed", actor.email)
            await announce(session, EventKind.PASSWORD_CHANGED, None, user_id=actor.user_id)
        self._sessions.forget_user(actor.user_id)

    async def require_password(
        self, holder: LinkHolder, password: str, device: Device, *, field: str = "password"
    ) -> None:
        """Passes silently for the right password of an account, or for an account without one.

        Raises:
            InvalidValueError: when it is wrong.
            TooManyAttemptsError: when too many were wrong.
            OverloadedError: when too many passwords are hashed just now.
        """
        self._passwords.require_room()
        async with self._database.transaction(MAINTENANCE) as session:
            await SignInThrottle(session, holder.email, device).require_no_pause()
            user = await UserRepository(session).find(holder.user_id)
        if user is None:
            raise NotFoundError("user", holder.user_id)
        if user.password_hash is None:
            return
        is_right = await self._passwords.verify(password, user.password_hash)
        async with self._database.transaction(MAINTENANCE) as session:
            throttle = SignInThrottle(session, holder.email, device)
            if is_right:
                await throttle.require_no_pause()
                await throttle.forget()
            else:
                await throttle.count_failure()
        if not is_right:
            raise InvalidValueError(field, "This is not your current password.")
