"""What admins do with prompts: read, write, try, put in use, return to what was."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ai.prompts.environment import prompt_environment
from ai.prompts.errors import (
    PromptTextError,
    PromptTooLongError,
    PromptVariableError,
    UnknownPromptError,
)
from ai.prompts.registry import PromptRegistry, render_template
from ai.prompts.rendered_prompt import RenderedPrompt
from ai.prompts.template_file import PromptTemplate, parse_template, template_text, variables_read
from ai.prompts.variables import PromptVariable, known_variables, sample_values
from services.actors import Actor
from services.errors import InvalidValueError
from services.prompt_selection import PromptSelection, with_stored
from storage.database import Database
from storage.errors import NotFoundError
from storage.repositories.audit import AuditRepository
from storage.repositories.prompts import (
    FIRST_WRITTEN_VERSION,
    PromptRepository,
    StoredActivation,
    StoredPromptVersion,
)

SHOWN_ACTIVATIONS = 50
ACTION = "see or change prompts"


@dataclass(frozen=True, slots=True)
class PromptVersionView:
    """One version of a prompt; `created_at` is None for one that came in a file."""

    version: int
    description: str
    body: str
    is_built_in: bool
    created_at: datetime | None
    created_by: UUID | None
    evaluation: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class PromptSummary:
    """A prompt in a list, with the weights in use."""

    name: str
    description: str
    versions: tuple[int, ...]
    weights: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class PromptView:
    """All about one prompt; activations are newest first."""

    name: str
    description: str
    variables: tuple[PromptVariable, ...]
    weights: Mapping[int, int]
    versions: tuple[PromptVersionView, ...]
    activations: tuple[StoredActivation, ...]


class PromptService:
    """Reads and changes prompts, for admins; every change is audited."""

    def __init__(
        self, database: Database, built_in: PromptRegistry, selection: PromptSelection
    ) -> None:
        self._database = database
        self._built_in = built_in
        self._selection = selection

    async def list_all(self, actor: Actor) -> list[PromptSummary]:
        """Every prompt, by name.

        Raises:
            PermissionDeniedError: for anyone but an admin.
        """
        actor.require("admin", action=ACTION)
        async with self._database.transaction(actor.scope) as session:
            repository = PromptRepository(session)
            stored = await repository.versions()
            weights = await repository.current_weights()
        registry = await asyncio.to_thread(with_stored, self._built_in, stored)
        versions: dict[str, list[int]] = {}
        for prompt in registry.prompts:
            versions.setdefault(prompt.name, []).append(prompt.version)
        return [
            PromptSummary(
                name,
                self._built_in.find(name).description,
                tuple(known),
                weights.get(name, self._default_weights(name)),
            )
            for name, known in versions.items()
        ]

    async def read(self, actor: Actor, name: str) -> PromptView:
        """One prompt with its versions and what was in use when.

        Raises:
            NotFoundError: there is no such prompt.
            PermissionDeniedError: for anyone but an admin.
        """
        actor.require("admin", action=ACTION)
        async with self._database.transaction(actor.scope) as session:
            return await self._view(session, name)

    async def preview(
        self,
        actor: Actor,
        name: str,
        *,
        body: str | None = None,
        version: int | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> RenderedPrompt:
        """A prompt filled in with sample values, or those given in their place.

        Args:
            actor: An admin.
            name: Of the prompt.
            body: A text that need not be saved; else a version.
            version: None takes the newest of the files.
            values: Instead of the samples of these variables.

        Raises:
            NotFoundError: there is no such prompt or version.
            InvalidValueError: the body has a fault, or the values do not fit it.
            PermissionDeniedError: for anyone but an admin.
        """
        actor.require("admin", action=ACTION)
        if body is not None:
            prompt = self._parsed(name, body, self._newest(name).description)
        else:
            async with self._database.transaction(actor.scope) as session:
                prompt = await self._version(session, name, version)
        filled_in = {**sample_values(prompt.variables), **(values or {})}
        return await asyncio.to_thread(_rendered, prompt, filled_in, "values")

    async def add_version(
        self, actor: Actor, name: str, body: str, description: str
    ) -> PromptVersionView:
        """Saves a new version of a prompt; it is not in use until it is activated.

        Raises:
            NotFoundError: there is no such prompt.
            InvalidValueError: the text has a fault; the message names its line.
            PermissionDeniedError: for anyone but an admin.
        """
        actor.require("admin", action=ACTION)
        prompt = self._parsed(name, body, description)
        await asyncio.to_thread(_rendered, prompt, sample_values(prompt.variables), "body")
        async with self._database.transaction(actor.scope) as session:
            version = await PromptRepository(session).next_version(name)
            prompt = replace(prompt, version=version)
            row = await PromptRepository(session).add_version(
                name, version, template_text(prompt), actor.user_id
            )
            await _audit(session, actor, "prompt.add_version", prompt.reference)
        return _version_view(prompt, row)

    async def set_evaluation(
        self, actor: Actor, name: str, version: int, evaluation: Mapping[str, Any]
    ) -> PromptView:
        """Keeps what an evaluation found beside a version, in place of what was there.

        Raises:
            NotFoundError: there is no such prompt or version.
            PermissionDeniedError: for anyone but an admin.
        """
        actor.require("admin", action=ACTION)
        async with self._database.transaction(actor.scope) as session:
            prompt = await self._version(session, name, version)
            await PromptRepository(session).set_evaluation(
                name, version, template_text(prompt), evaluation
            )
            await _audit(session, actor, "prompt.set_evaluation", prompt.reference)
            return await self._view(session, name)

    async def activate(self, actor: Actor, name: str, weights: Mapping[int, int]) -> PromptView:
        """Shares the conversations out among versions by weight, from now on.

        Raises:
            NotFoundError: there is no such prompt or version.
            InvalidValueError: no weight is above zero.
            PermissionDeniedError: for anyone but an admin.
        """
        actor.require("admin", action=ACTION)
        if not any(weight > 0 for weight in weights.values()):
            raise InvalidValueError("weights", "At least one version needs a weight above zero.")
        async with self._database.transaction(actor.scope) as session:
            for version in weights:
                await self._version(session, name, version)
            view = await self._put_in_use(session, actor, "prompt.activate", name, weights)
        await self._selection.refresh()
        return view

    async def roll_back(self, actor: Actor, name: str) -> PromptView:
        """Returns to the weights before the last change; done twice, it changes nothing.

        Raises:
            NotFoundError: there is no such prompt.
            InvalidValueError: nothing was ever activated, so there is nothing to return to.
            PermissionDeniedError: for anyone but an admin.
        """
        actor.require("admin", action=ACTION)
        default = self._default_weights(name)
        async with self._database.transaction(actor.scope) as session:
            latest = await PromptRepository(session).activations(name, 2)
            if not latest:
                message = f"Prompt “{name}” was never activated: there is nothing to return to."
                raise InvalidValueError("name", message)
            weights = latest[1].weights if len(latest) > 1 else default
            view = await self._put_in_use(session, actor, "prompt.roll_back", name, weights)
        await self._selection.refresh()
        return view

    async def _put_in_use(
        self,
        session: AsyncSession,
        actor: Actor,
        action: str,
        name: str,
        weights: Mapping[int, int],
    ) -> PromptView:
        await PromptRepository(session).activate(name, weights, actor.user_id)
        shown = {str(version): weight for version, weight in weights.items()}
        await _audit(session, actor, action, name, {"weights": shown})
        return await self._view(session, name)

    async def _view(self, session: AsyncSession, name: str) -> PromptView:
        newest = self._newest(name)
        repository = PromptRepository(session)
        stored = await repository.versions(name)
        activations = await repository.activations(name, SHOWN_ACTIVATIONS)
        registry = await asyncio.to_thread(with_stored, self._built_in, stored)
        rows = {row.version: row for row in stored}
        known = known_variables()
        return PromptView(
            name=name,
            description=newest.description,
            variables=tuple(known[variable] for variable in sorted(newest.variables)),
            weights=activations[0].weights if activations else self._default_weights(name),
            versions=tuple(
                _version_view(prompt, rows.get(prompt.version))
                for prompt in registry.prompts
                if prompt.name == name
            ),
            activations=tuple(activations),
        )

    async def _version(
        self, session: AsyncSession, name: str, version: int | None
    ) -> PromptTemplate:
        newest = self._newest(name)
        if version is None:
            return newest
        stored = await PromptRepository(session).versions(name)
        registry = await asyncio.to_thread(with_stored, self._built_in, stored)
        try:
            return registry.find(name, version)
        except UnknownPromptError as error:
            raise NotFoundError("prompt version", f"{name}@{version}") from error

    def _newest(self, name: str) -> PromptTemplate:
        try:
            return self._built_in.find(name)
        except UnknownPromptError as error:
            raise NotFoundError("prompt", name) from error

    def _default_weights(self, name: str) -> dict[int, int]:
        return {self._newest(name).version: 1}

    def _parsed(self, name: str, body: str, description: str) -> PromptTemplate:
        """The text as a version: it reads what every version does, and what the newest may."""
        newest = self._newest(name)
        environment = prompt_environment()
        optional = newest.variables & variables_read(body, environment)
        try:
            return parse_template(
                name=name,
                version=FIRST_WRITTEN_VERSION,
                variables=self._built_in.required_variables(name) | optional,
                description=description,
                body=body,
                environment=environment,
            )
        except PromptTextError as error:
            raise InvalidValueError("body", str(error)) from error


def _rendered(prompt: PromptTemplate, values: Mapping[str, Any], field: str) -> RenderedPrompt:
    try:
        return render_template(prompt, values)
    except (PromptVariableError, PromptTooLongError) as error:
        raise InvalidValueError(field, str(error)) from error


def _version_view(prompt: PromptTemplate, row: StoredPromptVersion | None) -> PromptVersionView:
    is_built_in = prompt.version < FIRST_WRITTEN_VERSION
    return PromptVersionView(
        version=prompt.version,
        description=prompt.description,
        body=prompt.body,
        is_built_in=is_built_in,
        created_at=None if is_built_in or row is None else row.created_at,
        created_by=None if row is None else row.created_by,
        evaluation=None if row is None else row.evaluation,
    )


async def _audit(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject: str,
    details: dict[str, Any] | None = None,
) -> None:
    await AuditRepository(session).record(
        action, actor_id=actor.user_id, subject=subject, details=details
    )
