"""Schemas of accounts and signing in."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, EmailStr, Field, StringConstraints

from api.schemas.common import STORABLE, Input, Language, Output, PlainText, Tag
from services.actors import Role
from services.users import LearningPreference

Email = Annotated[EmailStr, StringConstraints(max_length=254, to_lower=True)]
Password = Annotated[
    PlainText,
    Field(
        max_length=256,
        description="At least 10 characters; not the e-mail address, not a common password.",
        examples=["correct horse battery"],
    ),
]
DisplayName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), STORABLE
]
Interests = Annotated[tuple[Tag, ...], Field(max_length=20)]


class ProfileFields(Input):
    """What people say about themselves."""

    language: Language = Field(
        default="en",
        description="Of mails: Hindi, or else English. Answers have that of the question.",
        examples=["en", "hi"],
    )
    learning_preference: LearningPreference = Field(
        default="balanced", description="How explanations are built up."
    )
    interests: Interests = Field(
        default=(), description="Examples are drawn from these.", examples=[["cricket", "music"]]
    )


class RegistrationCreate(ProfileFields):
    """A person who registers; they become a student."""

    email: Email = Field(examples=["asha@school.edu"])
    password: Password
    display_name: DisplayName | None = Field(default=None, examples=["Asha"])


class UserCreate(RegistrationCreate):
    """An account made by an admin."""

    role: Role = "student"


class UserReplace(ProfileFields):
    """Everything about an account that an admin sets; what is left out gets its default."""

    email: Email = Field(examples=["asha@school.edu"])
    display_name: DisplayName = Field(examples=["Asha"])
    role: Role = "student"
    is_active: bool = Field(default=True, description="False blocks signing in.")


class ProfileUpdate(Input):
    """What to change of one's own profile; fields left out stay as they are."""

    display_name: DisplayName = Field(default="", examples=["Asha"])
    language: Language = Field(default="en", examples=["hi"])
    learning_preference: LearningPreference = "balanced"
    interests: Interests = Field(default=(), examples=[["cricket"]])


class UserUpdate(ProfileUpdate):
    """What an admin changes of an account; fields left out stay as they are."""

    email: Email = Field(default="", examples=["asha@school.edu"])
    password: Password = ""
    role: Role = "student"
    is_active: bool = Field(default=True, description="False blocks signing in.")


class OwnErasure(Input):
    """What confirms that one's own account is to be erased."""

    password: PlainText = Field(
        default="", max_length=256, description="The current one; empty where there is none."
    )
    email: Annotated[str, StringConstraints(max_length=254), STORABLE] | None = Field(
        default=None,
        description="Instead of a password, for an account without one: its address.",
        examples=["asha@school.edu"],
    )


class ErasureCreate(Input):
    """What confirms that somebody's account is to be erased."""

    email: Annotated[str, StringConstraints(max_length=254), STORABLE] = Field(
        description="Its address, typed.", examples=["asha@school.edu"]
    )


class UserRead(Output):
    """An account."""

    id: UUID
    email: str = Field(examples=["asha@school.edu"])
    display_name: str = Field(examples=["Asha"])
    role: Role
    is_active: bool
    language: str = Field(examples=["en"])
    learning_preference: LearningPreference
    interests: list[str]
    created_at: datetime
    updated_at: datetime


class PasswordForm(BaseModel):
    """The OAuth2 password form; fields of the form that mean nothing here are let pass.

    Source: RFC 6749, section 4.3.2.
    """

    grant_type: Literal["password"] = "password"
    username: Annotated[PlainText, Field(max_length=254, description="The e-mail address.")]
    password: Annotated[PlainText, Field(max_length=256)]
    otp: Annotated[
        PlainText | None,
        Field(max_length=40, description="Code of the second factor, or a recovery code."),
    ] = None


class TokenRead(Output):
    """Tokens of a sign-in."""

    access_token: str = Field(description="Send as `Authorization: Bearer ...`.")
    refresh_token: str = Field(description="Gives a new pair at `/auth/refresh`.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme, not a secret
    expires_in: int = Field(description="Seconds until the access token ends.", examples=[43200])


class DemoAccountRead(Output):
    """An account to try the service with; its password is public."""

    email: str = Field(examples=["student@demo.local"])
    password: str = Field(examples=["learn-by-asking"])
    role: Role


class ProviderRead(Output):
    """A provider to sign in through, at `/auth/oidc/{name}`."""

    name: str = Field(examples=["google"])
    label: str = Field(examples=["Google"])


class SignInOptionsRead(Output):
    """What the sign-in page offers."""

    demo_accounts: list[DemoAccountRead] = Field(description="Empty in production.")
    registration: Literal["open", "domains", "invitation"] = Field(
        description="Who may register: everyone, addresses of some domains, or who is invited."
    )
    providers: list[ProviderRead]
    sends_mail: bool = Field(
        description="False where mails go out to nobody: in the embedded mode admins read them."
    )
    link_hosts: list[str] = Field(
        description="Hosts that the page may show links of answers to, besides this service.",
        examples=[["openstax.org"]],
    )
