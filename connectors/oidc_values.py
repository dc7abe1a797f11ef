"""What a sign-in at a provider of OpenID Connect takes and gives, apart from its client."""

from dataclasses import dataclass


class ProviderError(Exception):
    """A provider did not say who someone is.

    ```
    ProviderError
    ├── ProviderUnavailableError    try again later: it is not reached, or does not answer rightly
    └── ProviderRefusedError        begin anew: its answer to this attempt is not to be trusted
    ```
    """


class ProviderUnavailableError(ProviderError):
    """The provider cannot be asked just now."""


class ProviderRefusedError(ProviderError):
    """The provider refused, or what it says does not fit what it was asked."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who is asked, and what we are called there.

    Attributes:
        trusts_email: Takes addresses as verified where the provider does not say; right only for
            an issuer whose accounts are all the school's own.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    scope: str = "openid email profile"
    trusts_email: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What ties the answer to the browser that began; secret but for the state."""

    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class ExternalPerson:
    """Who someone is, as the provider says.

    Attributes:
        email: Only where it is verified.
        language: As a BCP 47 tag.
    """

    issuer: str
    subject: str
    email: str | None
    name: str | None
    language: str | None
