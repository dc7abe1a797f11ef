"""The secret keys of the installation: the first one signs and encrypts, all of them are read."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

SEPARATOR = ","


class SigningKey(NamedTuple):
    """A key for signatures, and the name by which a signature says which one made it."""

    id: str
    secret: bytes
    """32 bytes."""


class KeyRing:
    """Keys derived from the installation's secrets, apart for each purpose.

    To change the secret, put the new one before the old one, and remove the old one once nothing
    signed or encrypted with it is in use any more.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        """Takes the secrets, the one in use first.

        Raises:
            ValueError: when there is none.
        """
        if not secret_keys:
            raise ValueError("a key ring needs at least one secret key")
        self._secret_keys = tuple(secret_keys)
        keys = [SigningKey(_key_id(key), _derived(key, "signatures")) for key in secret_keys]
        self.signing_key = keys[0]
        self._signing_keys: Mapping[str, SigningKey] = {key.id: key for key in keys}

    @classmethod
    def of_setting(cls, setting: str) -> "KeyRing":
        """The ring of a setting; without one its keys are good for this process only."""
        return cls(split_secret_keys(setting) or [secrets.token_urlsafe(48)])

    def find(self, key_id: str) -> SigningKey | None:
        """The signing key of that name, or None where it was taken off the ring."""
        return self._signing_keys.get(key_id)

    def derived(self, purpose: str) -> list[bytes]:
        """Keys of 32 bytes for one purpose, the one in use first."""
        return [_derived(key, purpose) for key in self._secret_keys]


def split_secret_keys(setting: str) -> list[str]:
    """The secrets that a setting names, separated by commas."""
    return [key.strip() for key in setting.split(SEPARATOR) if key.strip()]


def _key_id(secret_key: str) -> str:
    return hashlib.sha256(b"key id:" + secret_key.encode()).hexdigest()[:12]


def _derived(secret_key: str, purpose: str) -> bytes:
    """As HKDF-Expand of one block. Source: RFC 5869; the secrets are random already."""
    message = f"neuroshiksha {purpose}".encode() + b"\x01"
    return hmac.digest(secret_key.encode(), message, "sha256")
