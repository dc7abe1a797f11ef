"""Erasing people's accounts, by themselves or by an admin."""

from uuid import UUID

from services.account_eraser import AccountEraser
from services.accounts.recovery import RecoveryService
from services.accounts.sessions import SessionService
from services.actors import Actor
from services.devices import Device
from services.errors import InvalidValueError
from storage.database import MAINTENANCE, Database
from storage.errors import NotFoundError
from storage.repositories.account_links import LinkHolder
from storage.repositories.users import UserRepository


class ErasureService:
    """Erases accounts for good, once it is sure that this is meant."""

    def __init__(
        self,
        database: Database,
        sessions: SessionService,
        recovery: RecoveryService,
        eraser: AccountEraser,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._recovery = recovery
        self._eraser = eraser

    async def erase_own(
        self, actor: Actor, password: str, email: str | None, device: Device
    ) -> None:
        """Erases the actor's account, for who knows its password.

        An account without a password is confirmed by its e-mail address.

        Raises:
            InvalidValueError: when the password is wrong, or the address.
            NotFoundError: when it is gone already.
            TooManyAttemptsError: when too many passwords were wrong.
            WrongStateError: when the actor is the last admin.
        """
        holder = LinkHolder(actor.user_id, actor.email)
        await self._recovery.require_password(holder, password, device)
        async with self._database.transaction(MAINTENANCE) as session:
            user = await UserRepository(session).find(actor.user_id)
            if user is None:
                raise NotFoundError("user", actor.user_id)
            if user.password_hash is None:
                _require_address(email, user.email)
            erased = await self._eraser.erase(session, actor.user_id, "person")
        self._sessions.forget_user(actor.user_id)
        await self._eraser.forget_streams(erased)

    async def erase_for(self, actor: Actor, user_id: UUID, email: str, device: Device) -> None:
        """Erases someone's account, deleted or not, by an admin who types its address.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            InvalidValueError: when it is the actor's own, or the address is another one.
            NotFoundError: when there is no such account.
            WrongStateError: when it is the last admin's.
        """
        actor.require("admin", action="erase other people's accounts")
        if user_id == actor.user_id:
            raise InvalidValueError("user_id", "Erase your own account at DELETE /users/me.")
        async with self._database.transaction(MAINTENANCE) as session:
            _require_address(email, await UserRepository(session).email_of_any(user_id))
            erased = await self._eraser.erase(
                session, user_id, "admin", admin_id=actor.user_id, address=device.address
            )
        self._sessions.forget_user(user_id)
        await self._eraser.forget_streams(erased)


def _require_address(typed: str | None, email: str) -> None:
    if typed is None or typed.strip().lower() != email:
        raise InvalidValueError("email", "Type the e-mail address of the account to confirm.")
