"""Schemas of signing in with a browser, and of sessions."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output, PlainText
from api.schemas.users import UserRead

RefreshToken = Annotated[str, StringConstraints(min_length=1, max_length=4096), STORABLE]


class LoginCreate(Input):
    """Who signs in on the page."""

    email: Annotated[PlainText, Field(max_length=254, examples=["asha@school.edu"])]
    password: Annotated[PlainText, Field(max_length=256)]
    otp: Annotated[PlainText, Field(max_length=40)] | None = Field(
        default=None, description="Code of the second factor, or a recovery code."
    )


class BrowserSessionRead(Output):
    """Who is signed in in this browser; the session itself is in a cookie."""

    user: UserRead | None = Field(description="Null where nobody is.")
    csrf_token: str | None = Field(
        description="To be sent as `X-CSRF-Token` with all that changes something. Null where"
        " nobody is signed in."
    )
    lacks_second_factor: bool = Field(
        description="Whether one's role needs a second factor that is not set up: nothing else is"
        " possible before."
    )


class SessionRead(Output):
    """A sign-in on one device."""

    id: UUID
    kind: Literal["browser", "tool"]
    device: str = Field(description="As it names itself.", examples=["Mozilla/5.0 ..."])
    address: str = Field(examples=["203.0.113.7"])
    created_at: datetime
    last_used_at: datetime = Field(description="Within a minute.")
    expires_at: datetime
    is_current: bool = Field(description="Whether this request came in it.")


class RefreshRequest(Input):
    """A refresh token to be exchanged; it can be used once."""

    refresh_token: RefreshToken


class LogoutRequest(Input):
    """A tool's session to be ended by its refresh token."""

    refresh_token: RefreshToken
