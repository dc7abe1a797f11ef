"""The registry of chat models while the service runs: admins change it, every process follows."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from ai.chat.chat_model import ChatRequest
from ai.chat.errors import ChatModelError
from ai.prompts.registry import PromptRegistry
from ai.routing.deployment import Alias, Deployment
from ai.routing.errors import RegistryError
from ai.routing.registry import BUILT_IN_ALIASES, read_key
from ai.routing.routed_deployment import RoutedDeployment
from ai.routing.router import ModelRouter
from services.actors import Actor
from services.errors import InvalidValueError
from services.model_following import BreakerNews, RegistryFollower, merged_registry
from services.model_views import (
    AliasView,
    DeploymentView,
    RegistryView,
    view_alias,
    view_deployment,
)
from storage.database import Database
from storage.errors import ConflictError, NotFoundError
from storage.repositories.audit import AuditRepository
from storage.repositories.deployments import DeploymentRepository

SECRETS_FOLDER = "/run/secrets/"
"""The only folder whose files an admin may name as keys; the models file may name any."""
PROBE_PROMPT = "operator.probe"
PROBE_TOKENS = 16


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
        self._prompts = prompts
        self._follower = RegistryFollower(database, router, news)

    async def open(self) -> None:
        """Follows the registry and the breakers in the background until `close`."""
        await self._follower.open()

    async def close(self) -> None:
        """Stops following."""
        await self._follower.close()

    async def overview(self, actor: Actor) -> RegistryView:
        """All deployments and aliases, the built-in ones included.

        Raises:
            PermissionDeniedError: The actor is not an admin.
        """
        actor.require("admin", action="see the chat models")
        await self._follower.refresh()
        registry = self._router.registry
        names = dict.fromkeys((*BUILT_IN_ALIASES, *registry.aliases))
        return RegistryView(
            tuple(self._view(name) for name in registry.deployments),
            tuple(view_alias(registry, name) for name in names),
        )

    async def read(self, actor: Actor, name: str) -> DeploymentView:
        """One deployment.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            NotFoundError: There is none of that name.
        """
        actor.require("admin", action="see the chat models")
        await self._follower.refresh()
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
        return await self._put(actor, "model.create", name, definition, is_new=True)

    async def replace(self, actor: Actor, name: str, definition: Deployment) -> DeploymentView:
        """Sets every field of a deployment.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            NotFoundError: There is none of that name.
            InvalidValueError: The definition cannot be used.
        """
        actor.require("admin", action="change chat models")
        await self._follower.refresh()
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
        await self._follower.refresh()
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
        await self._follower.refresh()

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
        await self._follower.refresh()
        return view_alias(self._router.registry, name)

    async def probe(self, actor: Actor, name: str) -> Probe:
        """Asks a deployment for one word, even while its breaker is open; success closes that.

        Raises:
            PermissionDeniedError: The actor is not an admin.
            NotFoundError: There is none of that name.
        """
        actor.require("admin", action="probe chat models")
        await self._follower.refresh()
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
        self,
        actor: Actor,
        action: str,
        name: str,
        definition: Deployment,
        *,
        is_new: bool = False,
    ) -> DeploymentView:
        self._check_key(definition)
        values = definition.model_dump(mode="json", exclude={"is_enabled"})
        async with self._database.transaction(actor.scope) as session:
            repository = DeploymentRepository(session)
            await repository.lock()
            known = {*self._router.base.deployments, *(await repository.all()).deployments}
            if is_new and name in known:
                raise ConflictError("chat model", "name", name)
            await repository.put(name, values, is_enabled=definition.is_enabled)
            await self._check(session)
            await AuditRepository(session).record(
                action, actor_id=actor.user_id, subject=name, details=values
            )
        await self._follower.refresh()
        return self._view(name)

    async def _check(self, session: AsyncSession) -> None:
        """Passes silently when the registry holds together with what was just written.

        Raises:
            InvalidValueError: It does not; the transaction is to be given up.
        """
        await session.flush()
        try:
            merged_registry(self._router.base, await DeploymentRepository(session).all())
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

    def _require(self, name: str) -> Deployment:
        definition = self._router.registry.deployments.get(name)
        if definition is None:
            raise NotFoundError("chat model", name)
        return definition

    def _view(self, name: str) -> DeploymentView:
        is_stored = name in self._follower.stored_names
        return view_deployment(self._router, name, "database" if is_stored else "file")


def _validated(values: Mapping[str, Any]) -> Deployment:
    try:
        return Deployment.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidValueError(field, f"{field}: {first['msg']}") from error
