"""Reads one prompt template: TOML front matter, then a `system` and a `user` block of Jinja."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ai.prompts.errors import PromptFileError

_FRONT_MATTER = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)
_BLOCKS = {"system", "user"}
_DELIMITER_TAG = re.compile(r"<(?=\s*/?\s*(?:source|question)\b)", re.IGNORECASE)
_WHITE_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One version of a prompt, ready to render.

    Attributes:
        name: Its name, dotted from area to task.
        version: From 1; a text that has been used is never changed, a new version is added.
        variables: What `render` must be given.
        description: What it makes the model do, in one sentence.
        template: The compiled body.
    """

    name: str
    version: int
    variables: frozenset[str]
    description: str
    template: Template

    @property
    def reference(self) -> str:
        """The template as answers record it, `name@version`."""
        return f"{self.name}@{self.version}"


def prompt_environment() -> ImmutableSandboxedEnvironment:
    """Gives the environment templates run in: sandboxed, strict, with filters that defuse text."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["as_data"] = _as_data
    environment.filters["as_attribute"] = _as_attribute
    environment.filters["on_one_line"] = _on_one_line
    return environment


def read_template(path: Path, environment: ImmutableSandboxedEnvironment) -> PromptTemplate:
    """Reads and checks the template file at `path`, `<name>/<version>.md.jinja`.

    Raises:
        PromptFileError: Front matter is missing or incomplete, disagrees with the path, declares
            other variables than the body uses, or a block is missing.
    """
    found = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if found is None:
        raise PromptFileError(f"{path}: does not begin with front matter between +++ lines")
    try:
        declared = _FrontMatter.model_validate(tomllib.loads(found[1]))
        template = environment.from_string(found[2])
        used = meta.find_undeclared_variables(environment.parse(found[2]))
    except (TemplateSyntaxError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise PromptFileError(f"{path}: {error}") from error
    prompt = PromptTemplate(
        declared.name, declared.version, declared.variables, declared.description, template
    )
    _check(path, prompt, used)
    return prompt


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int = Field(ge=1)
    variables: frozenset[str]
    description: str = Field(min_length=1)


def _check(path: Path, prompt: PromptTemplate, used: set[str]) -> None:
    if path.parts[-2:] != (prompt.name, f"{prompt.version}.md.jinja"):
        raise PromptFileError(f"{path}: says it is {prompt.reference}")
    if used != prompt.variables:
        raise PromptFileError(
            f"{path}: declares {sorted(prompt.variables)}, its body uses {sorted(used)}"
        )
    if prompt.template.blocks.keys() != _BLOCKS:
        raise PromptFileError(f"{path}: needs exactly the blocks {sorted(_BLOCKS)}")


def _as_data(text: str) -> str:
    """Keeps `text` inside its delimiters: its own tags of that name lose their bracket."""
    return _DELIMITER_TAG.sub("&lt;", text)


def _as_attribute(text: str) -> str:
    return _on_one_line(text).replace('"', "'").replace("<", "&lt;")


def _on_one_line(text: str) -> str:
    return _WHITE_SPACE.sub(" ", text).strip()
