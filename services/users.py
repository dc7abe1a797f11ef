"""People's accounts: their own profile, and what an admin may do with anyone's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import User
from services.accounts.sessions import SessionService
from services.actors import Actor, Role
from services.errors import InvalidValueError
from services.passwords import Passwords, require_strong
from storage.database import Database
from storage.errors import NotFoundError
from storage.paging import Order, Page, PageRequest
from storage.repositories.audit import AuditRepository
from storage.repositories.sessions import SessionRepository
from storage.repositories.users import UserFilter, UserRepository

LearningPreference = Literal["balanced", "examples_first", "theory_first", "practice_first"]


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be made."""

    email: str
    password: str
    display_name: str | None = None
    role: Role = "student"
    language: str = "en"
    learning_preference: LearningPreference = "balanced"
    interests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UserView:
    """An account as its owner and admins see it."""

    id: UUID
    email: str
    display_name: str
    role: Role
    is_active: bool
    language: str
    learning_preference: LearningPreference
    interests: tuple[str, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, user: User) -> "UserView":
        """The view of a row."""
        return cls(
            id=user.id,
            email=user.email,
            display_name=user.display_name,
            role=cast("Role", user.role),
            is_active=user.is_active,
            language=user.language,
            learning_preference=cast("LearningPreference", user.learning_preference),
            interests=tuple(user.interests),
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class UserService:
    """Reads and changes accounts; what an admin does to another's is audited."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: SessionService,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._clock = clock

    async def row_of(self, new: NewUser) -> dict[str, Any]:
        """The columns of a new account, its password hashed.

        Raises:
            InvalidValueError: when the password is weak.
            OverloadedError: when too many passwords are hashed just now.
        """
        email = new.email.strip().lower()
        require_strong(new.password, email)
        return {
            "id": uuid7(),
            "email": email,
            "display_name": new.display_name or email.partition("@")[0],
            "role": new.role,
            "password_hash": await self._passwords.hash(new.password),
            "language": new.language,
            "learning_preference": new.learning_preference,
            "interests": list(new.interests),
        }

    async def create(self, actor: Actor, new: NewUser) -> UserView:
        """Makes an account of any role, by an admin, who vouches for its address.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            InvalidValueError: when the password is weak.
            ConflictError: when the address is taken.
        """
        actor.require("admin", action="create users")
        values = await self.row_of(new) | {"email_verified_at": self._clock()}
        async with self._database.transaction(actor.scope) as session:
            user = await UserRepository(session).add(values)
            await record(session, "user.create", actor, user.id, {"role": user.role})
        return UserView.of(user)

    async def page(
        self, actor: Actor, request: PageRequest, order: Order, wanted: UserFilter
    ) -> Page[UserView]:
        """A page of all accounts, for an admin.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            InvalidCursorError: when the cursor is not one of this list.
        """
        actor.require("admin", action="list users")
        async with self._database.transaction(actor.scope) as session:
            page = await UserRepository(session).page(request, order, wanted)
        return page.map(UserView.of)

    async def read(self, actor: Actor, user_id: UUID) -> UserView:
        """One account: the actor's own, or any for an admin.

        Raises:
            PermissionDeniedError: when it is another's and the actor is not an admin.
            NotFoundError: when there is none.
        """
        self._require_own_or_admin(actor, user_id, "see other people's accounts")
        async with self._database.transaction(actor.scope) as session:
            user = await UserRepository(session).find(user_id)
        if user is None:
            raise NotFoundError("user", user_id)
        return UserView.of(user)

    async def change_own(self, actor: Actor, values: Mapping[str, Any]) -> UserView:
        """Sets the given fields of the actor's own profile.

        Raises:
            NotFoundError: when the account is gone.
        """
        async with self._database.transaction(actor.scope) as session:
            user = await UserRepository(session).change(actor.user_id, values)
        return UserView.of(user)

    async def change(self, actor: Actor, user_id: UUID, values: Mapping[str, Any]) -> UserView:
        """Sets the given fields of any account, for an admin; `password` is hashed.

        A new password, and blocking the account, end its sessions.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            InvalidValueError: when the password is weak, or admins would lock themselves out.
            NotFoundError: when there is no such account.
            ConflictError: when the new address is taken.
        """
        actor.require("admin", action="change other people's accounts")
        if user_id == actor.user_id and self._locks_out(values):
            message = "You cannot block yourself or give up your own admin role."
            raise InvalidValueError("role" if "role" in values else "is_active", message)
        password = values.get("password")
        password_hash = None if password is None else await self._passwords.hash(password)
        async with self._database.transaction(actor.scope) as session:
            users = UserRepository(session)
            columns = {name: value for name, value in values.items() if name != "password"}
            if password is not None:
                require_strong(password, columns.get("email") or await users.email_of(user_id))
                columns["password_hash"] = password_hash
            if "email" in columns:
                columns["email_verified_at"] = self._clock()  # the admin vouches for it
            user = await users.change(user_id, columns)
            if password is not None or not user.is_active:
                await SessionRepository(session).end_all(user_id)
            await record(session, "user.update", actor, user_id, {"fields": sorted(values)})
        self._sessions.forget_user(user_id)
        return UserView.of(user)

    async def delete(self, actor: Actor, user_id: UUID) -> None:
        """Deletes an account softly, for an admin.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            InvalidValueError: when it is the actor's own.
            NotFoundError: when there is no such account.
        """
        actor.require("admin", action="delete users")
        if user_id == actor.user_id:
            raise InvalidValueError("user_id", "You cannot delete your own account here.")
        async with self._database.transaction(actor.scope) as session:
            await UserRepository(session).delete(user_id)
            await SessionRepository(session).end_all(user_id)
            await record(session, "user.delete", actor, user_id)
        self._sessions.forget_user(user_id)

    async def restore(self, actor: Actor, user_id: UUID) -> UserView:
        """Brings a deleted account back, for an admin.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            NotFoundError: when it is not among the deleted.
            ConflictError: when its address was taken meanwhile.
        """
        actor.require("admin", action="restore users")
        async with self._database.transaction(actor.scope) as session:
            user = await UserRepository(session).restore(user_id)
            await record(session, "user.restore", actor, user_id)
        return UserView.of(user)

    @staticmethod
    def _require_own_or_admin(actor: Actor, user_id: UUID, action: str) -> None:
        if user_id != actor.user_id:
            actor.require("admin", action=action)

    @staticmethod
    def _locks_out(values: Mapping[str, Any]) -> bool:
        return values.get("role", "admin") != "admin" or values.get("is_active", True) is False


async def record(
    session: AsyncSession,
    action: str,
    actor: Actor,
    user_id: UUID,
    details: dict[str, Any] | None = None,
) -> None:
    """Adds the audit event of an act on an account."""
    await AuditRepository(session).record(
        action, actor_id=actor.user_id, subject=str(user_id), details=details
    )
