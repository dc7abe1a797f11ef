"""Settings of accounts: who may register, how long sessions last, where mail goes out."""

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)
from pydantic_settings import BaseSettings

from bootstrap.remote_settings import named
from connectors.mail import MailAddressError, SmtpServer
from services.keyring import split_secret_keys

WEAK_WORDS = ("secret", "changeme", "change-me", "password", "neuroshiksha", "example")
MINIMUM_SECRET_LENGTH = 32
FEWEST_DIFFERENT_CHARACTERS = 8

HttpAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")]


class OidcProviderSettings(BaseModel):
    """A provider of OpenID Connect that people may sign in through."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    """Stands in addresses: /auth/oidc/{name}."""
    label: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    """On the button."""
    issuer: HttpAddress
    client_id: Annotated[str, StringConstraints(min_length=1)]
    client_secret: SecretStr = SecretStr("")
    scope: str = "openid email profile"
    trusts_email: bool = False
    """Takes addresses as verified where the provider does not say."""


class AccountSettings(BaseSettings):
    """Who may have an account, and how people sign in.

    Raises:
        pydantic.ValidationError: on a weak secret in production, or settings that do not fit.
    """

    environment: Literal["embedded", "production"] = Field(
        default="embedded",
        validation_alias=named("NEUROSHIKSHA_ENV"),
        description="embedded: servers of its own, open metrics, demo accounts. production: none.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("NEUROSHIKSHA_SECRET_KEY"),
        description="Signs tokens and encrypts stored secrets; at least 32 random characters."
        " Several are separated by commas: the first is used, all are read. `up` makes one by"
        " itself.",
    )
    access_token_minutes: int = Field(
        default=12 * 60,
        ge=1,
        le=30 * 24 * 60,
        validation_alias=named("NEUROSHIKSHA_ACCESS_TOKEN_MINUTES"),
        description="Lifetime of an access token; it ends earlier with its session.",
    )
    session_days: int = Field(
        default=30,
        ge=1,
        le=400,
        validation_alias=named("NEUROSHIKSHA_SESSION_DAYS"),
        description="How long after signing in one has to sign in again.",
    )
    session_idle_days: int = Field(
        default=14,
        ge=1,
        le=400,
        validation_alias=named("NEUROSHIKSHA_SESSION_IDLE_DAYS"),
        description="How long a session lasts that is not used.",
    )
    registration: Literal["open", "domains", "invitation"] = Field(
        default="open",
        validation_alias=named("NEUROSHIKSHA_REGISTRATION"),
        description="Who may register: everyone; addresses of"
        " NEUROSHIKSHA_ALLOWED_EMAIL_DOMAINS; only whom an admin has invited.",
    )
    allowed_email_domains: tuple[str, ...] = Field(
        default=(),
        validation_alias=named("NEUROSHIKSHA_ALLOWED_EMAIL_DOMAINS"),
        description='JSON list of e-mail domains that may register, e.g. ["school.edu"].',
    )
    email_verification: Literal["auto", "required", "off"] = Field(
        default="auto",
        validation_alias=named("NEUROSHIKSHA_EMAIL_VERIFICATION"),
        description="Whether who registers has to prove the address before signing in; auto:"
        " where there is an SMTP_URL.",
    )
    two_factor_roles: tuple[Literal["admin", "teacher", "student"], ...] = Field(
        default=(),
        validation_alias=named("NEUROSHIKSHA_TWO_FACTOR_ROLES"),
        description='JSON list of the roles that have to have a second factor, e.g. ["admin"].',
    )
    oidc_providers: tuple[OidcProviderSettings, ...] = Field(
        default=(),
        validation_alias=named("NEUROSHIKSHA_OIDC_PROVIDERS"),
        description="JSON list of OpenID Connect providers to sign in through; docs/accounts.md has"
        " its members.",
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("SMTP_URL"),
        description="Server for outgoing mail, smtp://user:password@host:587 or smtps://... Empty:"
        " no mail is sent; in the embedded mode it is kept to be read by admins.",
    )
    mail_from: str = Field(
        default="",
        pattern=r"^([^\r\n]*<)?[^\s<>@]+@[^\s<>@]+>?$|^$",
        validation_alias=named("NEUROSHIKSHA_MAIL_FROM"),
        description="Sender of mails, such as `Our School <tutor@school.edu>`. Needed with"
        " SMTP_URL.",
    )
    public_url: HttpAddress = Field(
        default="http://127.0.0.1:8000",
        validation_alias=named("NEUROSHIKSHA_PUBLIC_URL"),
        description="Address of the page as people type it, for links in mails. Needed with"
        " SMTP_URL in production.",
    )
    school_name: str = Field(
        default="NeuroShiksha",
        min_length=1,
        max_length=100,
        pattern=r"^[^\r\n]+$",
        validation_alias=named("NEUROSHIKSHA_SCHOOL_NAME"),
        description="What mails call this installation.",
    )

    @property
    def sends_mail(self) -> bool:
        """Whether there is a mail server."""
        return bool(self.smtp_url.get_secret_value())

    @property
    def delivers_mail(self) -> bool:
        """Whether mails reach anyone: by a server, or kept for an admin to read."""
        return self.sends_mail or self.environment == "embedded"

    @property
    def requires_verified_email(self) -> bool:
        """Whether who registers has to prove the address before signing in."""
        return self.email_verification == "required" or (
            self.email_verification == "auto" and self.sends_mail
        )

    @model_validator(mode="after")
    def _refuse_a_weak_secret_in_production(self) -> "AccountSettings":
        keys = split_secret_keys(self.secret_key.get_secret_value())
        if self.environment == "production" and (not keys or any(map(is_weak, keys))):
            message = (
                "NEUROSHIKSHA_SECRET_KEY is missing or weak. Set it to at least"
                f" {MINIMUM_SECRET_LENGTH} random characters, for instance the output of"
                " `openssl rand -hex 32`."
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _refuse_mail_that_cannot_be_sent(self) -> "AccountSettings":
        if not self.sends_mail:
            if self.email_verification == "required" and not self.delivers_mail:
                raise ValueError("NEUROSHIKSHA_EMAIL_VERIFICATION=required needs SMTP_URL.")
            return self
        try:
            SmtpServer.of_url(self.smtp_url.get_secret_value())
        except MailAddressError as error:
            raise ValueError(str(error)) from error
        if not self.mail_from:
            raise ValueError("SMTP_URL needs NEUROSHIKSHA_MAIL_FROM, the sender of mails.")
        if self.environment == "production" and "public_url" not in self.model_fields_set:
            raise ValueError("SMTP_URL needs NEUROSHIKSHA_PUBLIC_URL, which links begin with.")
        return self

    @model_validator(mode="after")
    def _refuse_providers_that_cannot_be_used(self) -> "AccountSettings":
        names = [provider.name for provider in self.oidc_providers]
        if len(set(names)) < len(names):
            raise ValueError("NEUROSHIKSHA_OIDC_PROVIDERS has two providers of one name.")
        if self.environment == "production" and any(
            provider.issuer.startswith("http:") for provider in self.oidc_providers
        ):
            raise ValueError("NEUROSHIKSHA_OIDC_PROVIDERS needs issuers with https://.")
        return self

    @model_validator(mode="after")
    def _refuse_domains_without_domains(self) -> "AccountSettings":
        if self.registration == "domains" and not self.allowed_email_domains:
            message = "NEUROSHIKSHA_REGISTRATION=domains needs NEUROSHIKSHA_ALLOWED_EMAIL_DOMAINS."
            raise ValueError(message)
        return self


def is_weak(secret: str) -> bool:
    """Whether a secret key is short, of few characters, a repetition, or holds a usual word."""
    folded = secret.lower()
    is_repetition = (folded * 2).find(folded, 1) < len(folded)
    return (
        len(secret) < MINIMUM_SECRET_LENGTH
        or len(set(folded)) < FEWEST_DIFFERENT_CHARACTERS
        or is_repetition
        or any(word in folded for word in WEAK_WORDS)
    )
