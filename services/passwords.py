"""Password hashes (argon2id) and the rules a new password must meet."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import InvalidValueError, OverloadedError
from services.retry_pace import RetryPace

Result = TypeVar("Result")

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 256
COMMON_PASSWORDS = frozenset(
    {
        "1234567890", "12345678910", "0123456789", "0987654321", "1111111111", "1q2w3e4r5t",
        "1qaz2wsx3edc", "abcdefghij", "administrator", "changemenow", "iloveyou123",
        "letmein123", "myspace123", "password12", "password123", "password1234", "passwordpassword",
        "q1w2e3r4t5", "qwerty12345", "qwerty123456", "qwertyuiop", "qwertyuiop123", "welcome123",
        "welcome1234",
    }
)  # fmt: skip
"""The commonest of at least ten characters in published lists of leaked passwords."""


PASSES = 2
MEMORY_KIB = 19 * 1024
LANES = 1
"""Cost of one hash.

Source: OWASP Password Storage Cheat Sheet, argon2id. The 64 MiB of RFC 9106 would outgrow an API
process of 250 MB when a class signs in at once.
"""
CONCURRENT_HASHES = 2
HASHES_WAITING = 64
"""About a second's worth on two slow cores; whoever comes then is asked to come again."""
SHORTEST_RETRY_SECONDS = 2
NICENESS = 10
"""Of the threads, on Linux: answers under way go before people who sign in."""


class Passwords:
    """Hashes and checks passwords in threads, few at a time: each costs memory and time."""

    def __init__(
        self, hasher: PasswordHasher | None = None, *, waiting: int = HASHES_WAITING
    ) -> None:
        self._hasher = hasher or PasswordHasher(PASSES, MEMORY_KIB, LANES)
        self._dummy_hash: str | None = None
        self._at_most = CONCURRENT_HASHES + waiting
        self._under_way = 0
        self._pace = RetryPace(SHORTEST_RETRY_SECONDS)
        self._threads = ThreadPoolExecutor(
            CONCURRENT_HASHES, thread_name_prefix="passwords", initializer=_give_way
        )

    def require_room(self) -> None:
        """Passes silently where a hash could be made now: asked before anything costs time.

        Raises:
            OverloadedError: when so many are made or wait that one more would wait too long.
        """
        if self._under_way >= self._at_most:
            raise OverloadedError("sign-ins", self._pace.refuse())

    async def hash(self, password: str) -> str:
        """The encoded argon2id hash of a password.

        Raises:
            OverloadedError: when too many wait.
        """
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the right one; without a hash as slow, and False.

        The second is for unknown users, so that the time of an answer does not tell who exists.

        Raises:
            OverloadedError: when too many wait.
        """
        if len(password) > MAXIMUM_LENGTH:
            return False
        if password_hash is None:
            return await self._run(lambda: self._verify_dummy(password))
        return await self._run(lambda: self._verify(password, password_hash))

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _verify_dummy(self, password: str) -> bool:
        if self._dummy_hash is None:
            self._dummy_hash = self._hasher.hash("nobody has this password")
        self._verify(password, self._dummy_hash)
        return False

    async def _run(self, work: Callable[[], Result]) -> Result:
        self.require_room()
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1


def _give_way() -> None:
    """Lowers the priority of the calling thread, where threads have one of their own."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        niceness = max(os.getpriority(os.PRIO_PROCESS, thread), NICENESS)
        os.setpriority(os.PRIO_PROCESS, thread, niceness)


def require_strong(password: str, email: str) -> None:
    """Passes silently for a password that is long enough, not too long, and not easily guessed.

    Raises:
        InvalidValueError: naming `password` and the rule it breaks.
    """
    folded = password.casefold()
    if len(password) < MINIMUM_LENGTH:
        raise InvalidValueError("password", f"Use at least {MINIMUM_LENGTH} characters.")
    if len(password) > MAXIMUM_LENGTH:
        raise InvalidValueError("password", f"Use at most {MAXIMUM_LENGTH} characters.")
    if folded in {email.casefold(), email.casefold().partition("@")[0]}:
        raise InvalidValueError("password", "The password must not be the e-mail address.")
    if folded in COMMON_PASSWORDS or len(set(folded)) <= 2:
        raise InvalidValueError("password", "This password is among the commonest. Choose another.")
