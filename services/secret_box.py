"""Secrets at rest: encrypted, so that a copy of the database is not enough to read them."""

from functools import cached_property
from typing import TYPE_CHECKING

from services.keyring import KeyRing

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class UnreadableSecretError(Exception):
    """A stored secret was changed, or encrypted with a key that is off the ring."""


class SecretBox:
    """Encrypts with the first key of the ring, and reads what any of them has encrypted (Fernet).

    Attributes:
        purpose: Secrets of another purpose are encrypted with other keys.
    """

    def __init__(self, keys: KeyRing, purpose: str) -> None:
        self.purpose = purpose
        self._keys = keys

    def seal(self, secret: bytes) -> bytes:
        """The secret, encrypted; differs each time."""
        return self._fernet.encrypt(secret)

    def open(self, sealed: bytes, *, seconds: int | None = None) -> bytes:
        """What was encrypted, within the last `seconds` where they are given.

        Raises:
            UnreadableSecretError: when it was changed, is too old, or its key is off the ring.
        """
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed, ttl=seconds)
        except InvalidToken as error:
            message = f"a stored secret ({self.purpose}) cannot be read with the keys on the ring"
            raise UnreadableSecretError(message) from error

    def renewed(self, sealed: bytes) -> bytes:
        """The same secret, encrypted with the first key of the ring.

        Raises:
            UnreadableSecretError: as `open`.
        """
        return self.seal(self.open(sealed))

    @cached_property
    def _fernet(self) -> "MultiFernet":
        # Imported on use: a process that meets no stored secret need not load OpenSSL twice.
        import base64

        from cryptography.fernet import Fernet, MultiFernet

        keys = self._keys.derived(self.purpose)
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
