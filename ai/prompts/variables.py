"""The words prompts are written with: what each variable means, with a value to try it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ai.prompts.errors import PromptFileError

_FILE = Path(__file__).parent / "variables.toml"


@dataclass(frozen=True, slots=True)
class PromptVariable:
    """A variable, which means the same in every prompt.

    Attributes:
        name: As templates write it.
        description: What it holds.
        sample: A value for previews and tests.
    """

    name: str
    description: str
    sample: Any


@cache
def known_variables() -> Mapping[str, PromptVariable]:
    """Every variable that a template may declare, by name; read once.

    Raises:
        PromptFileError: The file of variables is damaged.
    """
    try:
        entries = _ENTRIES.validate_python(tomllib.loads(_FILE.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise PromptFileError(f"{_FILE}: {error}") from error
    return {
        name: PromptVariable(name, entry.description, entry.sample)
        for name, entry in entries.items()
    }


def sample_values(names: Iterable[str]) -> dict[str, Any]:
    """A value for each of the variables."""
    known = known_variables()
    return {name: known[name].sample for name in sorted(names)}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str = Field(min_length=1)
    sample: Any


_ENTRIES = TypeAdapter(dict[str, _Entry])
