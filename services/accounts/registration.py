"""Registering: open, for some domains, or by invitation; and proving one's address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import User
from services.accounts.addresses import normalise_email
from services.accounts.links import BadLinkError, token_hash
from services.accounts.outbox import queue_mail
from services.actors import Role
from services.devices import Device
from services.errors import InvalidValueError, PermissionDeniedError
from services.users import NewUser, UserService, UserView
from storage.database import MAINTENANCE, Database
from storage.errors import ConflictError
from storage.repositories.account_links import AccountLinkRepository
from storage.repositories.audit import AuditRepository
from storage.repositories.invitations import InvitationRepository
from storage.repositories.users import UserRepository

LONGEST_NAME = 100
Policy = Literal["open", "domains", "invitation"]


@dataclass(frozen=True, slots=True)
class RegistrationRules:
    """Who may register.

    Attributes:
        allowed_domains: Empty for all; holds for `open` as well where it is not.
        requires_verified_email: Whether one has to prove one's address before signing in.
    """

    policy: Policy = "open"
    allowed_domains: Sequence[str] = ()
    requires_verified_email: bool = False


class RegistrationService:
    """Makes accounts for people who ask for one."""

    def __init__(
        self,
        database: Database,
        users: UserService,
        rules: RegistrationRules,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._users = users
        self._rules = rules
        self._domains = frozenset(domain.lower() for domain in rules.allowed_domains)
        self._clock = clock

    @property
    def policy(self) -> Policy:
        """Who may register."""
        if self._rules.policy == "open" and self._domains:
            return "domains"
        return self._rules.policy

    async def register(
        self, new: NewUser, device: Device, invitation: str | None = None
    ) -> UserView:
        """Makes an account: a student's, or of the role that the invitation names.

        Where addresses have to be proven, an address that has an account gets the same answer
        after the same work, and a mail that says so. Else the address is told to be taken.

        Raises:
            InvalidValueError: when the password is weak, the address is none, or its domain or
                the invitation is not accepted.
            PermissionDeniedError: when an invitation is needed.
            ConflictError: when the address is taken.
        """
        new = replace(new, email=normalise_email(new.email), role="student")
        self._require_allowed(new.email, invitation)
        values = await self._users.row_of(new)
        async with self._database.transaction(MAINTENANCE) as session:
            if invitation is not None:
                values |= await self._invited(session, invitation, new.email)
            user = await UserRepository(session).add_unless_taken(values)
            if user is not None:
                await AuditRepository(session).record(
                    "user.create",
                    actor_id=user.id,
                    subject=str(user.id),
                    address=device.address,
                    details={"role": user.role},
                )
            elif not self._rules.requires_verified_email:
                raise ConflictError("user", "email", new.email)
            if self._rules.requires_verified_email and invitation is None:
                kind: Literal["verify_email", "address_taken"]
                kind = "address_taken" if user is None else "verify_email"
                await queue_mail(session, kind, new.email)
        return self._view_of(values) if user is None else UserView.of(user)

    async def admit(
        self,
        session: AsyncSession,
        email: str,
        device: Device,
        *,
        name: str | None,
        language: str | None,
    ) -> User:
        """Makes a student's account without a password, for who proved the address elsewhere.

        Raises:
            InvalidValueError: when the address is none, or its domain not accepted.
            PermissionDeniedError: when an invitation is needed.
            ConflictError: when the address is taken.
        """
        email = normalise_email(email)
        self._require_allowed(email, None)
        shown = " ".join((name or "").replace("\0", "").split())[:LONGEST_NAME]
        user = await UserRepository(session).add(
            {
                "id": uuid7(),
                "email": email,
                "display_name": shown or email.partition("@")[0],
                "role": "student",
                "email_verified_at": self._clock(),
            }
            | ({} if language is None else {"language": language})
        )
        await AuditRepository(session).record(
            "user.create",
            actor_id=user.id,
            subject=str(user.id),
            address=device.address,
            details={"role": user.role},
        )
        return user

    async def send_link_again(self, email: str) -> None:
        """Has the link that proves an address sent again, where it has not been proven.

        Raises:
            InvalidValueError: when the address is none.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            await queue_mail(session, "verify_email", normalise_email(email))

    async def verify_email(self, token: str, device: Device) -> None:
        """Takes a link in that proves an address.

        Raises:
            BadLinkError: when it is unknown, used or too old.
        """
        hashed = token_hash(token)
        async with self._database.transaction(MAINTENANCE) as session:
            links = AccountLinkRepository(session)
            holder = await links.find(hashed, "verify_email")
            if holder is None or not await links.use(hashed):
                raise BadLinkError
            verified = {"email_verified_at": self._clock()}
            await UserRepository(session).change(holder.user_id, verified)
            await AuditRepository(session).record(
                "email.verify",
                actor_id=holder.user_id,
                subject=str(holder.user_id),
                address=device.address,
            )

    def _require_allowed(self, email: str, invitation: str | None) -> None:
        if invitation is not None:
            return
        if self._rules.policy == "invitation":
            raise PermissionDeniedError("register without an invitation")
        domain = email.rpartition("@")[2]
        if self._domains and domain not in self._domains:
            allowed = ", ".join(sorted(self._domains))
            message = f"Addresses at {domain} may not register here; these may: {allowed}."
            raise InvalidValueError("email", message)

    async def _invited(self, session: AsyncSession, invitation: str, email: str) -> dict[str, Any]:
        """What an invitation adds to an account; it is used up."""
        found = await InvitationRepository(session).use(token_hash(invitation), email)
        if found is None:
            message = "This invitation is unknown, used, too old, or for another address."
            raise InvalidValueError("invitation", message)
        return {"role": found.role, "email_verified_at": self._clock()}

    def _view_of(self, values: dict[str, Any]) -> UserView:
        """What the account would look like; it was not made."""
        now = self._clock()
        return UserView(
            id=cast("UUID", values["id"]),
            email=values["email"],
            display_name=values["display_name"],
            role=cast("Role", values["role"]),
            is_active=True,
            language=values["language"],
            learning_preference=values["learning_preference"],
            interests=tuple(values["interests"]),
            created_at=now,
            updated_at=now,
        )
