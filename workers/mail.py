"""Mails in a worker process, beside its jobs: a person waits for them, a job may take an hour."""

import asyncio
import logging
import threading

from bootstrap.accounts import build_mails
from bootstrap.adapters import open_database
from bootstrap.settings import Settings
from services.accounts.outbox import MailService
from services.accounts.upkeep import AccountUpkeep
from storage.errors import StorageError

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 3.0
LOOKS_PER_SWEEP = 200


class MailThread:
    """Looks for mails that are due, with a loop and a database connection of its own.

    Needs no broker: a request that wants a mail sent only writes its row.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Lets the mail under way be sent, for so long at most."""
        self._is_stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        looks = 0
        with asyncio.Runner() as runner:
            database = open_database(self._settings)
            mails, upkeep = build_mails(database, self._settings), AccountUpkeep(database)
            while not self._is_stopping.wait(LOOK_EVERY_SECONDS):
                try:
                    runner.run(self._look(mails))
                    if looks % LOOKS_PER_SWEEP == 0:
                        runner.run(upkeep.sweep())
                except StorageError as error:
                    logger.warning("mails wait until PostgreSQL answers: %s", error)
                except Exception:  # the edge of the thread: its end would keep all mails back
                    logger.exception("the mails failed unexpectedly; the next look goes on")
                looks += 1
            runner.run(database.close())

    async def _look(self, mails: MailService) -> None:
        while not self._is_stopping.is_set() and await mails.send_due():
            pass
