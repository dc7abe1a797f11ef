"""The registry of chat models while the service runs: admins change it, every process follows."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from ai.chat.chat_model import ChatRequest
from ai.chat.errors import ChatModelError
from ai.prompts.registry import PromptRegistry
from ai.routing.breaker import BreakerState, Opening
from ai.routing.deployment import Alias, Deployment
from ai.routing.errors import RegistryError
from ai.routing.gauge import LastError
from ai.routing.registry import BUILT_IN_ALIASES, Registry, read_key
from ai.routing.routed_deployment import RoutedDeployment
from ai.routing.router import ModelRouter
from services.actors import Actor
from services.errors import InvalidValueError
from storage.database import MAINTENANCE, Database
from storage.errors import ConflictError, NotFoundError, StorageUnavailableError
from storage.repositories.audit import AuditRepository
from storage.repositories.deployments import DeploymentRepository, StoredRegistry

EXCHANGE_SECONDS = 1.0
"""Between looks at what other processes know of breakers."""
EXCHANGES_PER_REFRESH = 3
"""The registry itself is read at every third of them."""
SECRETS_FOLDER = "/run/secrets/"
"""The only folder whose files an admin may name as keys; the models file may name any."""
PROBE_PROMPT = "operator.probe"
PROBE_TOKENS = 16

Source = Literal["file", "database"]

logger = logging.getLogger(__name__)


class BreakerNews(Protocol):
    """What other processes know of breakers."""

    async def exchange(self, deployments: list[str]) -> Mapping[str, Opening | None]:
        """Sends what happened here; gives what happened elsewhere, None for a breaker closed.

        Raises:
            StorageUnavailableError: The others cannot be reached.
        """
        ...


@dataclass(frozen=True, slots=True)
class DeploymentHealth:
    """How a deployment does, as this process sees it.

    Attributes:
        state: Of its breaker; `unusable` where it could not be opened at all.
        success_share: Of the latest attempts, 0 to 1; None where there was none.
        latencies_ms: Times to the first token of the latest attempts, oldest first.
    """

    state: BreakerState | Literal["unusable", "disabled"]
    last_error: LastError | None
    reason: str | None
    attempts: int
    success_share: float | None
    latencies_ms: tuple[float, ...]
    in_flight: int


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """A deployment as admins see it."""

    name: str
    source: Source
    definition: Deployment
    health: DeploymentHealth


@dataclass(frozen=True, slots=True)
class AliasView:
    """An alias, and the deployments it comes down to."""

    name: str
    strategy: str
    deployments: tuple[str, ...]
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistryView:
    """Everything an admin can see of the registry."""

    deployments: tuple[DeploymentView, ...]
    aliases: tuple[AliasView, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of asking a deployment for one word."""

    is_answering: bool
    latency_ms: float
    error: str | None


class ModelService:
    """Shows and changes deployments and aliases; only admins may, and all of it is audited."""

    def __init__(
        self, database: Database, router: ModelRouter, news: BreakerNews, prompts: PromptRegistry
    ) -> None:
        self._database = database
        self._router = router
        self._news = news
        self._prompts = prompts
        self._following: asyncio.Task[None] | None = None
        self._stored_names: frozenset[str] = frozenset()

    async def open(self) -> None:
        """Takes on what the database holds, then follows it in the background until `close`."""
        await self._follow_once(with_registry=True)
        self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stops following."""
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following

    async def refresh(self) -> None:
        """Takes on the registry as the database has it now.

        Raises:
            StorageUnavailableError: The database does not answer; the registry stays as it is.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            stored = await DeploymentRepository(session).all()
        try:
            registry = self._merged(stored)
        except RegistryError as error:
            logger.warning("The registry stays as it is: %s: %s", error.field, error)
            return
        self._stored_names = frozenset(stored.deployments)
        if registry != self._router.registry:
            self._router.apply(registry)
        await self._router.close_retired()

    async def overview(self, actor: Actor) -> RegistryView:
        """All deployments and aliases, the built-in ones included.

        Raises:
            PermissionDeniedError: The actor is not an admin.
        """
        actor.require("admin", action="see the chat models")
        await self.refresh()
        registry = self._router.registry
        names = dict.fromkeys((*BUILT_IN_ALIASES, *registry.aliases))
        return RegistryView(
            tuple(self._view(name) for name in registry.deployments),
            tuple(_alias_view(registry, name) for name in names),
        )

    async def read(self, actor: Actor, name: str) -> DeploymentView:
        """One deployment.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            NotFoundError: There is none of that name.
        """
        actor.require("admin", action="see the chat models")
        await self.refresh()
        self._require(name)
        return self._view(name)

    async def create(self, actor: Actor, name: str, definition: Deployment) -> DeploymentView:
        """Adds a deployment.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            ConflictError: There is one of that name.
            InvalidValueError: The definition cannot be used.
        """
        actor.require("admin", action="add chat models")
        await self.refresh()
        if name in self._router.registry.deployments:
            raise ConflictError("chat model", "name", name)
        return await self._put(actor, "model.create", name, definition)

    async def replace(self, actor: Actor, name: str, definition: Deployment) -> DeploymentView:
        """Sets every field of a deployment.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            NotFoundError: There is none of that name.
            InvalidValueError: The definition cannot be used.
        """
        actor.require("admin", action="change chat models")
        await self.refresh()
        self._require(name)
        return await self._put(actor, "model.change", name, definition)

    async def change(self, actor: Actor, name: str, values: Mapping[str, Any]) -> DeploymentView:
        """Sets the fields given of a deployment.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            NotFoundError: There is none of that name.
            InvalidValueError: The definition cannot be used.
        """
        actor.require("admin", action="change chat models")
        await self.refresh()
        present = self._require(name).model_dump(mode="json")
        return await self._put(actor, "model.change", name, _validated({**present, **values}))

    async def delete(self, actor: Actor, name: str) -> None:
        """Takes a deployment out; one of the models file gets back what the file says.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            NotFoundError: There is none of that name that was added or changed by an admin.
            InvalidValueError: An alias still names it.
        """
        actor.require("admin", action="remove chat models")
        async with self._database.transaction(actor.scope) as session:
            repository = DeploymentRepository(session)
            await repository.lock()
            if name not in (await repository.all()).deployments:
                raise NotFoundError("chat model added at run time", name)
            await repository.delete(name)
            await self._check(session)
            await AuditRepository(session).record(
                "model.delete", actor_id=actor.user_id, subject=name
            )
        await self.refresh()

    async def set_alias(self, actor: Actor, name: str, alias: Alias) -> AliasView:
        """Sets which deployments stand behind an alias.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            InvalidValueError: It names what is not there, or leads back to itself.
        """
        actor.require("admin", action="change chat models")
        async with self._database.transaction(actor.scope) as session:
            repository = DeploymentRepository(session)
            await repository.lock()
            await repository.put_alias(name, alias.deployments, alias.strategy)
            await self._check(session)
            details = alias.model_dump(mode="json")
            await AuditRepository(session).record(
                "model_alias.change", actor_id=actor.user_id, subject=name, details=details
            )
        await self.refresh()
        return _alias_view(self._router.registry, name)

    async def probe(self, actor: Actor, name: str) -> Probe:
        """Asks a deployment for one word, even while its breaker is open; success closes that.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            NotFoundError: There is none of that name.
        """
        actor.require("admin", action="probe chat models")
        await self.refresh()
        self._require(name)
        deployment = self._router.deployments.get(name)
        if deployment is None:
            return Probe(
                is_answering=False, latency_ms=0.0, error=self._router.unusable[name].reason
            )
        return await self._ask(deployment)

    async def _ask(self, deployment: RoutedDeployment) -> Probe:
        clock = asyncio.get_running_loop().time
        started = clock()
        prompt = self._prompts.render(PROBE_PROMPT)
        request = ChatRequest(prompt, prompt.user, None, (), max_output_tokens=PROBE_TOKENS)
        error = None
        try:
            async with aclosing(deployment.probed_model.stream(request)) as chunks:
                async for _ in chunks:
                    pass
        except ChatModelError as failure:
            error = str(failure)
        else:
            deployment.breaker.close()
        return Probe(
            is_answering=error is None,
            latency_ms=round((clock() - started) * 1000, 1),
            error=error,
        )

    async def _put(
        self, actor: Actor, action: str, name: str, definition: Deployment
    ) -> DeploymentView:
        self._check_key(definition)
        values = definition.model_dump(mode="json", exclude={"is_enabled"})
        async with self._database.transaction(actor.scope) as session:
            repository = DeploymentRepository(session)
            await repository.lock()
            await repository.put(name, values, is_enabled=definition.is_enabled)
            await self._check(session)
            await AuditRepository(session).record(
                action, actor_id=actor.user_id, subject=name, details=values
            )
        await self.refresh()
        return self._view(name)

    async def _check(self, session: AsyncSession) -> None:
        """Passes silently when the registry holds together with what was just written.

        Raises:
            InvalidValueError: It does not; the transaction is to be given up.
        """
        await session.flush()
        try:
            self._merged(await DeploymentRepository(session).all())
        except RegistryError as error:
            raise InvalidValueError(error.field, str(error)) from error

    def _check_key(self, definition: Deployment) -> None:
        """Keeps an admin from sending any file of the machine to an address of their choice."""
        key = definition.key
        named_by_file = {deployment.key for deployment in self._router.base.deployments.values()}
        is_file = key is not None and key.startswith("file:")
        is_secret = is_file and ".." not in str(key) and str(key)[5:].startswith(SECRETS_FOLDER)
        if is_file and not is_secret and key not in named_by_file:
            message = f"A key file must lie in {SECRETS_FOLDER}, or be named by the models file."
            raise InvalidValueError("key", message)
        try:
            read_key(key)
        except RegistryError as error:
            raise InvalidValueError("key", str(error)) from error

    def _merged(self, stored: StoredRegistry) -> Registry:
        """The registry of the models file with what admins changed over it.

        Raises:
            RegistryError: They do not hold together.
        """
        base = self._router.base
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

    def _require(self, name: str) -> Deployment:
        definition = self._router.registry.deployments.get(name)
        if definition is None:
            raise NotFoundError("chat model", name)
        return definition

    def _view(self, name: str) -> DeploymentView:
        definition = self._router.registry.deployments[name]
        source: Source = "database" if name in self._stored_names else "file"
        return DeploymentView(name, source, definition, self._health(name, definition))

    def _health(self, name: str, definition: Deployment) -> DeploymentHealth:
        deployment = self._router.deployments.get(name)
        if deployment is None:
            reason = self._router.unusable[name].reason
            return DeploymentHealth("unusable", None, reason, 0, None, (), 0)
        gauge = deployment.gauge
        return DeploymentHealth(
            state=deployment.breaker.state if definition.is_enabled else "disabled",
            last_error=gauge.last_error,
            reason=None,
            attempts=gauge.attempts,
            success_share=gauge.success_share,
            latencies_ms=tuple(round(s * 1000, 1) for s in gauge.recent_latencies_seconds),
            in_flight=deployment.in_flight,
        )

    async def _follow(self) -> None:
        count = 0
        while True:
            await asyncio.sleep(EXCHANGE_SECONDS)
            count += 1
            await self._follow_once(with_registry=count % EXCHANGES_PER_REFRESH == 0)

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


def _alias_view(registry: Registry, name: str) -> AliasView:
    alias = registry.aliases.get(name)
    return AliasView(
        name,
        alias.strategy if alias else "in_order",
        alias.deployments if alias else (),
        registry.behind(name) or (),
    )


def _validated(values: Mapping[str, Any]) -> Deployment:
    try:
        return Deployment.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidValueError(field, f"{field}: {first['msg']}") from error
