"""Schemas of registration, links sent by mail, new passwords and invitations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output, PlainText
from api.schemas.users import Email, Password, RegistrationCreate
from services.actors import Role

LinkToken = Annotated[
    str, StringConstraints(min_length=1, max_length=200), STORABLE, Field(examples=["q3Zt..."])
]


class Registration(RegistrationCreate):
    """A person who registers: a student, or who the invitation says."""

    invitation: LinkToken | None = Field(
        default=None, description="What stands after # in the invitation's link."
    )


class EmailRequest(Input):
    """An address that a mail is wanted to."""

    email: Email = Field(examples=["asha@school.edu"])


class MailPromised(Output):
    """The same for each address, whether it has an account or not."""

    message: str = Field(examples=["If the address has an account, a mail is on its way to it."])


class EmailVerification(Input):
    """The token of the link in the mail."""

    token: LinkToken


class PasswordReset(Input):
    """A new password, and the token of the link in the mail."""

    token: LinkToken
    password: Password


class PasswordChange(Input):
    """A new password, for who knows the current one."""

    current_password: Annotated[PlainText, Field(max_length=256)]
    new_password: Password


class InvitationCreate(Input):
    """Whom to invite."""

    email: Email = Field(examples=["asha@school.edu"])
    role: Role = "student"


class InvitationRead(Output):
    """An invitation that nobody has used yet."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


class InvitationCreated(InvitationRead):
    """An invitation that was just made."""

    link: str | None = Field(
        description="To be handed over, where no mail is sent; shown this once. Null where a mail"
        " is on its way."
    )


class OutgoingMailRead(Output):
    """A mail that waits, failed, or is kept to be read here."""

    id: UUID
    kind: str = Field(examples=["reset_password"])
    recipient: str
    created_at: datetime
    attempts: int
    due_at: datetime = Field(description="Of the next attempt.")
    ended_at: datetime | None = Field(description="Null while it waits.")
    error: str | None = Field(description="Of the last attempt.")
    subject: str | None
    body: str | None = Field(
        description="Null but in the embedded mode without a mail server, where mails are kept."
    )
