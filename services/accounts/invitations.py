"""Invitations, which let an address register with the role that an admin chose."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from uuid_utils.compat import uuid7

from models import Invitation
from services.accounts.addresses import normalise_email
from services.accounts.links import link, new_token, token_hash
from services.accounts.outbox import queue_mail
from services.actors import Actor, Role
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.audit import AuditRepository
from storage.repositories.invitations import InvitationRepository

LIFETIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as admins see it."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewInvitation(InvitationView):
    """An invitation that was just made; without a mail server, its link is shown this once."""

    link: str | None


class InvitationService:
    """Invites people; for admins."""

    def __init__(self, database: Database, public_url: str, *, sends_mail: bool) -> None:
        self._database = database
        self._public_url = public_url
        self._sends_mail = sends_mail

    async def create(self, actor: Actor, email: str, role: Role) -> NewInvitation:
        """Invites an address, by mail where there is a mail server.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            InvalidValueError: when the address is none.
        """
        actor.require("admin", action="invite people")
        token = new_token()
        values = {
            "id": uuid7(),
            "token_hash": token_hash(token),
            "email": normalise_email(email),
            "role": role,
            "invited_by": actor.user_id,
        }
        async with self._database.transaction(actor.scope) as session:
            made = await InvitationRepository(session).add(values, LIFETIME)
            if self._sends_mail:
                details = {"invitation_id": str(made.id)}
                await queue_mail(session, "invitation", made.email, details)
            await AuditRepository(session).record(
                "invitation.create",
                actor_id=actor.user_id,
                subject=str(made.id),
                details={"email": made.email, "role": role},
            )
        shown = None if self._sends_mail else link(self._public_url, "register", token)
        view = _view(made)
        return NewInvitation(
            view.id, view.email, view.role, view.created_at, view.expires_at, shown
        )

    async def page(self, actor: Actor, request: PageRequest) -> Page[InvitationView]:
        """Invitations that nobody has used, the newest first.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            InvalidCursorError: when the cursor is not one of this list.
        """
        actor.require("admin", action="list invitations")
        async with self._database.transaction(actor.scope) as session:
            page = await InvitationRepository(session).page(request)
        return page.map(_view)

    async def revoke(self, actor: Actor, invitation_id: UUID) -> None:
        """Takes an invitation back.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            NotFoundError: when there is none.
        """
        actor.require("admin", action="take invitations back")
        async with self._database.transaction(actor.scope) as session:
            await InvitationRepository(session).delete(invitation_id)
            await AuditRepository(session).record(
                "invitation.revoke", actor_id=actor.user_id, subject=str(invitation_id)
            )


def _view(row: Invitation) -> InvitationView:
    return InvitationView(
        id=row.id,
        email=row.email,
        role=cast("Role", row.role),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
