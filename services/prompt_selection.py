"""Which version of each prompt is in use, known without asking the database."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from ai.prompts.environment import prompt_environment
from ai.prompts.errors import PromptError, UnknownPromptError
from ai.prompts.registry import PromptRegistry
from ai.prompts.template_file import PromptTemplate, read_template_text
from ai.prompts.weights import chosen_version
from services.ending_tasks import end_task
from storage.database import MAINTENANCE, Database
from storage.errors import StorageUnavailableError
from storage.repositories.prompts import PromptRepository, StoredPromptVersion

PAUSE_SECONDS = 2.0
"""Between looks for a change: how long another process's activation may take to arrive."""

logger = logging.getLogger(__name__)


class PromptSelection:
    """Chooses the version of a prompt by the weights in use; without any, a file's newest."""

    def __init__(self, database: Database, built_in: PromptRegistry) -> None:
        self._database = database
        self._built_in = built_in
        self._registry = built_in
        self._weights: Mapping[str, Mapping[int, int]] = {}
        self._activation_id: UUID | None = None
        self._following: asyncio.Task[None] | None = None
        self._is_behind = False

    def select(self, name: str, key: object) -> PromptTemplate:
        """The version of a prompt that `key`, such as a conversation's id, gets.

        Raises:
            UnknownPromptError: There is no prompt of that name.
        """
        weights = self._weights.get(name)
        if weights is None:
            return self._built_in.find(name)
        return self._registry.find(name, chosen_version(weights, name, str(key)))

    def find(self, reference: str | None) -> PromptTemplate | None:
        """The prompt of that `name@version`, if this process knows it."""
        name, _, version = (reference or "").rpartition("@")
        try:
            return self._registry.find(name, int(version))
        except (UnknownPromptError, ValueError):
            return None

    async def refresh(self) -> None:
        """Takes over what was activated since the last look; one small query if nothing was.

        Raises:
            StorageUnavailableError: PostgreSQL cannot be reached; the selection stays as it is.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            repository = PromptRepository(session)
            activation_id = await repository.latest_activation_id()
            if activation_id == self._activation_id:
                return
            weights = await repository.current_weights()
            stored = await repository.versions()
        registry = await asyncio.to_thread(with_stored, self._built_in, stored)
        self._weights = {
            name: each for name, each in weights.items() if _is_usable(registry, name, each)
        }
        self._registry = registry
        self._activation_id = activation_id

    async def open(self) -> None:
        """Takes over what is in use, then follows changes in the background until `close`."""
        await self._refresh_if_possible()
        self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stops following."""
        if self._following is not None:
            await end_task(self._following)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            await self._refresh_if_possible()

    async def _refresh_if_possible(self) -> None:
        try:
            await self.refresh()
        except (StorageUnavailableError, DBAPIError) as error:
            if not self._is_behind:
                logger.warning("Prompts stay as they are for now: %s", error)
            self._is_behind = True
        else:
            self._is_behind = False


def with_stored(built_in: PromptRegistry, stored: Iterable[StoredPromptVersion]) -> PromptRegistry:
    """The prompts of the files with those of the database; what no longer fits is left out.

    A version fits while its text passes the rules and reads no more than the file's newest version.
    """
    environment = prompt_environment()
    prompts: list[PromptTemplate] = []
    for row in stored:
        try:
            prompt = read_template_text(row.source, environment)
            expected = built_in.find(row.name).variables
        except PromptError as error:
            logger.warning("Prompt %s@%d is left out: %s", row.name, row.version, error)
            continue
        if prompt.variables <= expected:
            prompts.append(prompt)
        else:
            logger.warning("Prompt %s is left out: its variables changed", prompt.reference)
    return built_in.with_more(prompts)


def _is_usable(registry: PromptRegistry, name: str, weights: Mapping[int, int]) -> bool:
    known = {prompt.version for prompt in registry.prompts if prompt.name == name}
    if known >= {version for version, weight in weights.items() if weight > 0}:
        return True
    logger.warning("The weights of prompt %s name versions that cannot be used", name)
    return False
