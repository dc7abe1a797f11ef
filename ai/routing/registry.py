"""All deployments and aliases of the installation, checked against one another."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ai.routing.deployment import Alias, Deployment
from ai.routing.errors import RegistryError

TUTOR = "tutor"
"""The alias that answers learners, and stands in for aliases that are not defined."""
BUILT_IN_ALIASES = (TUTOR, "writer", "judge", "speech")
GROUNDED = "grounded"


@dataclass(frozen=True, slots=True)
class Registry:
    """Deployments and aliases by name; they do not contradict one another.

    Raises:
        RegistryError: A name is taken twice, or an alias names what is not there or itself.
    """

    deployments: Mapping[str, Deployment] = field(default_factory=dict)
    aliases: Mapping[str, Alias] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (*self.deployments, *self.aliases):
            if name == GROUNDED:
                message = f"“{GROUNDED}” is the name of the built-in model. Choose another."
                raise RegistryError(f"deployments.{name}", message)
        for name in self.aliases:
            if name in self.deployments:
                message = f"“{name}” is the name of a deployment already. Choose another."
                raise RegistryError(f"aliases.{name}", message)
            list(self._expanded(name, ()))

    def behind(self, name: str) -> tuple[str, ...] | None:
        """The enabled deployments that a name stands for, each once, in the order of fallback.

        `tutor` stands for all of them where it is not defined, and the other built-in aliases for
        what `tutor` stands for. None for a name that means nothing.
        """
        if name in self.deployments:
            return (name,)
        if name in self.aliases:
            names: tuple[str, ...] = tuple(dict.fromkeys(self._expanded(name, ())))
        elif name in BUILT_IN_ALIASES:
            names = tuple(self.deployments) if TUTOR not in self.aliases else ()
            names = names or tuple(dict.fromkeys(self._expanded(TUTOR, ())))
        else:
            return None
        return tuple(name for name in names if self.deployments[name].is_enabled)

    def _expanded(self, alias: str, path: tuple[str, ...]) -> Iterator[str]:
        if alias in path:
            circle = " → ".join((*path[path.index(alias) :], alias))
            message = f"The aliases fall back to one another in a circle: {circle}."
            raise RegistryError(f"aliases.{path[0]}.deployments", message)
        definition = self.aliases.get(alias)
        for name in definition.deployments if definition else ():
            if name in self.deployments:
                yield name
            elif name in self.aliases:
                yield from self._expanded(name, (*path, alias))
            else:
                message = f"There is no deployment or alias “{name}”."
                raise RegistryError(f"aliases.{alias}.deployments", message)


def read_key(reference: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """The key that a reference names: `env:NAME` or `file:/path`; None for no reference.

    Raises:
        RegistryError: There is no key where it should be.
    """
    if reference is None:
        return None
    kind, _, place = reference.partition(":")
    if kind == "env":
        key = environment.get(place, "")
        missing = f"The environment variable {place} is not set, or empty."
    else:
        try:
            key = Path(place).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise RegistryError("key", f"The key file {place} cannot be read: {error}") from error
        missing = f"The key file {place} is empty."
    if not key:
        raise RegistryError("key", missing)
    return key
