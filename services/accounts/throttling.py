"""How often one may be wrong: growing pauses for one account from one network.

Neither alone: pauses of an account would let anyone keep its owner out, pauses of an address
would keep out the whole school behind it.
"""

import hashlib
import unicodedata

from sqlalchemy.ext.asyncio import AsyncSession

from services.devices import Device
from services.errors import TooManyAttemptsError
from storage.repositories.sign_in_attempts import SignInAttemptRepository

FREE_ATTEMPTS = 5
"""So many may be wrong before the first pause; each further one doubles it."""
FIRST_PAUSE_SECONDS = 1
LONGEST_PAUSE_SECONDS = 15 * 60


class SignInThrottle:
    """The failed attempts on one account from one network, in one transaction.

    The account need not exist, so that pauses do not tell which do.
    """

    def __init__(self, session: AsyncSession, email: str, device: Device) -> None:
        self._attempts = SignInAttemptRepository(session)
        self._key = attempt_key(email, device)

    async def require_no_pause(self) -> None:
        """Passes silently where an attempt may be made now.

        Raises:
            TooManyAttemptsError: when it has to wait.
        """
        seconds = await self._attempts.seconds_to_wait(self._key)
        if seconds > 0:
            raise TooManyAttemptsError(seconds)

    async def count_failure(self) -> int:
        """Counts an attempt that was wrong; how many there were."""
        return await self._attempts.fail(
            self._key,
            free=FREE_ATTEMPTS,
            first_seconds=FIRST_PAUSE_SECONDS,
            longest_seconds=LONGEST_PAUSE_SECONDS,
        )

    async def forget(self) -> None:
        """Begins anew, after an attempt that was right."""
        await self._attempts.forget(self._key)


def attempt_key(email: str, device: Device) -> bytes:
    """What attempts are counted by: the account, however it is written, and the network."""
    account = unicodedata.normalize("NFKC", email.strip().lower()).lower()
    return hashlib.sha256(f"{account}\0{device.network}".encode()).digest()
