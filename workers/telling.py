"""Notices and webhooks in a worker process, beside its jobs: somebody waits for them."""

import asyncio
import logging
import threading

from bootstrap.adapters import open_database
from bootstrap.notifications import Telling, build_telling
from bootstrap.settings import Settings
from storage.errors import StorageError

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
LOOKS_PER_UPKEEP = 1_800


class TellingThread:
    """Tells what was announced and sends what is due, with a loop and connections of its own.

    Needs no broker: what happened only writes its row.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="telling", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Lets what is under way end, for so long at most."""
        self._is_stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        looks = 0
        with asyncio.Runner() as runner:
            database = open_database(self._settings)
            telling = build_telling(database, self._settings)
            while not self._is_stopping.wait(LOOK_EVERY_SECONDS):
                try:
                    runner.run(self._look(telling))
                    if looks % LOOKS_PER_UPKEEP == 0:
                        runner.run(_tend(telling))
                except StorageError as error:
                    logger.warning("notices wait until PostgreSQL answers: %s", error)
                except Exception:  # the edge of the thread: its end would keep all notices back
                    logger.exception("the notices failed unexpectedly; the next look goes on")
                looks += 1
            runner.run(_close(telling))
            runner.run(database.close())

    async def _look(self, telling: Telling) -> None:
        for step in (
            telling.events.tell_waiting,
            telling.notices.deliver_due,
            telling.webhooks.send_due,
        ):
            while not self._is_stopping.is_set() and await step():
                pass


async def _tend(telling: Telling) -> None:
    await telling.upkeep.remind()
    await telling.upkeep.forget_old()
    await telling.webhooks.forget_old()


async def _close(telling: Telling) -> None:
    await telling.close()
