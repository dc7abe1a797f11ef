"""Keeps the router of this process up with what admins and other processes do."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from pydantic import ValidationError

from ai.routing.breaker import Opening
from ai.routing.deployment import Alias, Deployment
from ai.routing.errors import RegistryError
from ai.routing.registry import Registry
from ai.routing.router import ModelRouter
from services.ending_tasks import end_task
from storage.database import MAINTENANCE, Database
from storage.errors import StorageUnavailableError
from storage.repositories.deployments import DeploymentRepository, StoredRegistry

EXCHANGE_SECONDS = 1.0
"""Between looks at what other processes know of breakers."""
EXCHANGES_PER_REFRESH = 3
"""The registry itself is read at every third of them."""

logger = logging.getLogger(__name__)


class BreakerNews(Protocol):
    """What other processes know of breakers."""

    async def exchange(self, deployments: list[str]) -> Mapping[str, Opening | None]:
        """Sends what happened here; gives what happened elsewhere, None for a breaker closed.

        Raises:
            StorageUnavailableError: The others cannot be reached.
        """
        ...


class RegistryFollower:
    """Reads the registry from the database and the breakers from the other processes.

    Attributes:
        stored_names: Deployments that the database defines.
    """

    def __init__(self, database: Database, router: ModelRouter, news: BreakerNews) -> None:
        self._database = database
        self._router = router
        self._news = news
        self._following: asyncio.Task[None] | None = None
        self.stored_names: frozenset[str] = frozenset()

    async def open(self) -> None:
        """Takes on what the database holds, then follows it in the background until `close`."""
        await self._follow_once(with_registry=True)
        self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stops following."""
        if self._following is not None:
            await end_task(self._following)

    async def refresh(self) -> None:
        """Takes on the registry as the database has it now.

        Raises:
            StorageUnavailableError: The database does not answer; the registry stays as it is.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            stored = await DeploymentRepository(session).all()
        try:
            registry = merged_registry(self._router.base, stored)
        except RegistryError as error:
            logger.warning("The registry stays as it is: %s: %s", error.field, error)
            return
        self.stored_names = frozenset(stored.deployments)
        if registry != self._router.registry:
            self._router.apply(registry)
        await self._router.close_retired()

    async def _follow(self) -> None:
        count = 0
        while True:
            await asyncio.sleep(EXCHANGE_SECONDS)
            count += 1
            try:
                await self._follow_once(with_registry=count % EXCHANGES_PER_REFRESH == 0)
            except Exception:  # the edge of the task: its end would keep the registry as it is
                logger.exception("The registry is not followed just now")

    async def _follow_once(self, *, with_registry: bool) -> None:
        """Hears of breakers, and of the registry; what cannot be reached is asked again later."""
        if with_registry:
            with suppress(StorageUnavailableError):
                await self.refresh()
        with suppress(StorageUnavailableError):
            news = await self._news.exchange(list(self._router.deployments))
            for name, opening in news.items():
                self._hear(name, opening)

    def _hear(self, name: str, opening: Opening | None) -> None:
        deployment = self._router.deployments.get(name)
        if deployment is None:
            return
        if opening is None:
            deployment.breaker.hear_closed()
        else:
            deployment.breaker.hear_opened(opening)


def merged_registry(base: Registry, stored: StoredRegistry) -> Registry:
    """The registry of the models file with what admins changed over it.

    Raises:
        RegistryError: They do not hold together.
    """
    deployments, aliases = dict(base.deployments), dict(base.aliases)
    try:
        for name, values in stored.deployments.items():
            deployments[name] = Deployment.model_validate(values)
        for name, values in stored.aliases.items():
            aliases[name] = Alias.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RegistryError(field, f"{first['msg']} (stored for {name})") from error
    return Registry(deployments, aliases)
