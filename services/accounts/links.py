"""Links that prove a mailbox: single-use, kept as hashes."""

import hashlib
import secrets
from datetime import timedelta

from services.errors import InvalidValueError
from storage.repositories.account_links import LinkPurpose

TOKEN_BYTES = 32
LIFETIMES: dict[LinkPurpose, timedelta] = {
    "verify_email": timedelta(days=3),
    "reset_password": timedelta(hours=1),
}
PAUSE = timedelta(minutes=1)
"""Between two mails of one purpose to one account."""


def new_token() -> str:
    """A random token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def link(public_url: str, path: str, token: str) -> str:
    """The address of a view of the page; what follows `#` reaches no server and no referrer."""
    return f"{public_url.rstrip('/')}/{path}#{token}"


class BadLinkError(InvalidValueError):
    """The token of a link is unknown, used up or too old."""

    code = "bad_link"

    def __init__(self) -> None:
        super().__init__("token", "This link is unknown, was used, or is too old. Get a new one.")
