"""Schemas of the second factor."""

from typing import Annotated

from pydantic import Field

from api.schemas.common import Input, Output, PlainText

CurrentPassword = Annotated[
    PlainText, Field(max_length=256, description="Empty for an account that has none.")
]
Otp = Annotated[
    PlainText,
    Field(
        min_length=6,
        max_length=40,
        description="A code of the authenticator app, or a recovery code.",
        examples=["123456"],
    ),
]


class SecondFactorStatusRead(Output):
    """How things stand with one's second factor."""

    is_enabled: bool
    is_required: bool = Field(description="Whether one's role has to have one.")
    recovery_codes_left: int


class SecondFactorSetupCreate(Input):
    """Proof that it is the user who sets it up."""

    password: CurrentPassword


class SecondFactorSetupRead(Output):
    """What an authenticator app is set up with; shown this once."""

    secret: str = Field(description="To be typed, where the code cannot be scanned.")
    uri: str = Field(examples=["otpauth://totp/..."])
    qr_code: str = Field(description="The same as a picture, a `data:` address of an SVG.")


class SecondFactorCode(Input):
    """A code."""

    otp: Otp


class SecondFactorDisable(Input):
    """Proof of both factors."""

    password: CurrentPassword
    otp: Otp


class RecoveryCodesRead(Output):
    """Each stands in for a code of the app, once; shown this once."""

    recovery_codes: list[str] = Field(examples=[["abcd-efgh-ijkl-mnop"]])
