"""Reads the models file: TOML that defines deployments and aliases."""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ai.routing.deployment import Alias, Deployment, Name
from ai.routing.errors import ModelsFileError, RegistryError
from ai.routing.registry import Registry, read_key

_TOML_PLACE = re.compile(r"^(?P<what>.*) \(at line (?P<line>\d+), column \d+\)$")


class _ModelsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    deployments: dict[Name, Deployment] = Field(default_factory=dict)
    aliases: dict[Name, Alias] = Field(default_factory=dict)


def read_models_file(path: Path) -> Registry:
    """The registry that a models file defines.

    Raises:
        ModelsFileError: It cannot be read, or cannot be used as it stands; says where and why.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ModelsFileError("", f"The models file {path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        found = _TOML_PLACE.match(str(error))
        line = found["line"] if found else "the last"
        what = found["what"] if found else str(error)
        raise ModelsFileError("", f"{path}, line {line}: not valid TOML: {what}") from error
    try:
        registry = _checked(content)
    except RegistryError as error:
        line = str(line_of(text, error.field))
        message = f"{path}, line {line}, {error.field}: {error}"
        raise ModelsFileError(error.field, message) from error
    return registry


def line_of(text: str, field: str) -> int:
    """The line of a TOML text, from 1, where a field stands; else that of the table it is in."""
    wanted = field.split(".")
    table: list[str] = []
    best, best_depth = 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = _parts(stripped.strip("[] \t").split("]")[0])
            path = table
        elif match := re.match(r"""([\w.\-"' ]+?)\s*=""", stripped):
            path = [*table, *_parts(match[1])]
        else:
            continue
        depth = len(path) if wanted[: len(path)] == path else 0
        if depth > best_depth:
            best, best_depth = number, depth
    return best


def _parts(dotted: str) -> list[str]:
    """The parts of a dotted key; dots within quotes divide here as they do in a field's path."""
    return [part for part in re.sub(r"[\"'\s]", "", dotted).split(".") if part]


def _checked(content: dict[str, Any]) -> Registry:
    try:
        found = _ModelsFile.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise RegistryError(field, first["msg"]) from error
    for name, deployment in found.deployments.items():
        try:
            read_key(deployment.key)
        except RegistryError as error:
            raise RegistryError(f"deployments.{name}.key", str(error)) from error
    return Registry(found.deployments, found.aliases)
