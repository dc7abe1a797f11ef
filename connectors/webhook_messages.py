"""Messages to other systems as Standard Webhooks has them: values, signatures, failures."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

SECRET_PREFIX = "whsec_"  # noqa: S105 - begins every secret
SECRET_BYTES = 32


class WebhookError(Exception):
    """A message did not get through.

    ```
    WebhookError
    ├── WebhookFailedError     try again later: not reached, or answered with an error
    └── WebhookRefusedError    give up: gone for good, or an address that may not be called
    ```

    Attributes:
        status: what was answered; None where nothing was.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class WebhookFailedError(WebhookError):
    """Later it may get through."""


class WebhookRefusedError(WebhookError):
    """It never will."""


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """What is sent: the same id for each attempt, so that one that comes twice can be told."""

    id: str
    timestamp: int
    """Of the attempt, in seconds since 1970."""
    body: bytes


def new_secret() -> str:
    """A secret as receivers' libraries take it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message: WebhookMessage) -> str:
    """The value of `webhook-signature`.

    Source: Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, in base64, after `v1,`.
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message.id}.{message.timestamp}.".encode() + message.body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
