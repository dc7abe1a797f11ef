"""Reads one prompt template: TOML front matter, then a `system` and a `user` block of Jinja."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, Template, TemplateSyntaxError, meta, nodes
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ai.prompts.errors import PromptError, PromptFileError, PromptTextError, TemplateFault
from ai.prompts.template_rules import rule_faults
from ai.prompts.variables import known_variables

MAXIMUM_TEMPLATE_CHARACTERS = 20_000

_FRONT_MATTER = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)
_BLOCKS = {"system", "user"}


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One version of a prompt, ready to render.

    Attributes:
        name: Its name, dotted from area to task.
        version: From 1; a text that has been used is never changed, a new version is added.
        variables: What `render` must be given.
        description: What it makes the model do, in one sentence.
        body: Its text, without the front matter.
        template: The compiled body.
    """

    name: str
    version: int
    variables: frozenset[str]
    description: str
    body: str
    template: Template

    @property
    def reference(self) -> str:
        """The template as answers record it, `name@version`."""
        return f"{self.name}@{self.version}"


def read_template(path: Path, environment: Environment) -> PromptTemplate:
    """Reads and checks the template file at `path`, `<name>/<version>.md.jinja`.

    Raises:
        PromptFileError: Front matter is missing or incomplete or disagrees with the path, or the
            body has a fault.
    """
    try:
        prompt = read_template_text(path.read_text(encoding="utf-8"), environment)
    except PromptError as error:
        raise PromptFileError(f"{path}: {error}") from error
    if path.parts[-2:] != (prompt.name, f"{prompt.version}.md.jinja"):
        raise PromptFileError(f"{path}: says it is {prompt.reference}")
    return prompt


def read_template_text(text: str, environment: Environment) -> PromptTemplate:
    """Reads and checks the text of a template file.

    Raises:
        PromptFileError: Front matter is missing or incomplete.
        PromptTextError: The body has a fault; lines count from its own first one.
    """
    found = _FRONT_MATTER.match(text)
    if found is None:
        raise PromptFileError("does not begin with front matter between +++ lines")
    try:
        declared = _FrontMatter.model_validate(tomllib.loads(found[1]))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise PromptFileError(str(error)) from error
    return parse_template(**dict(declared), body=found[2], environment=environment)


def template_text(prompt: PromptTemplate) -> str:
    """The text of the file that `read_template_text` reads this template from."""
    variables = ", ".join(f'"{name}"' for name in sorted(prompt.variables))
    # A JSON string without non-ASCII escapes is a TOML basic string.
    description = json.dumps(prompt.description, ensure_ascii=False)
    return (
        f'+++\nname = "{prompt.name}"\nversion = {prompt.version}\n'
        f"variables = [{variables}]\ndescription = {description}\n+++\n{prompt.body}"
    )


def parse_template(
    *,
    name: str,
    version: int,
    variables: frozenset[str],
    description: str,
    body: str,
    environment: Environment,
) -> PromptTemplate:
    """Checks and compiles the text of a template.

    Raises:
        PromptTextError: The text is too long, has a syntax error, does what no template may,
            reads other variables than `variables`, or has other blocks than system and user.
    """
    if len(body) > MAXIMUM_TEMPLATE_CHARACTERS:
        limit = f"{MAXIMUM_TEMPLATE_CHARACTERS:,}"
        raise PromptTextError([TemplateFault(None, f"longer than {limit} characters")])
    try:
        syntax = environment.parse(body)
    except TemplateSyntaxError as error:
        raise PromptTextError([TemplateFault(error.lineno, error.message or "")]) from error
    faults = [*rule_faults(syntax), *_variable_faults(syntax, variables), *_block_faults(syntax)]
    if faults:
        raise PromptTextError(faults)
    template = environment.from_string(body)
    return PromptTemplate(name, version, variables, description, body, template)


def variables_read(body: str, environment: Environment) -> frozenset[str]:
    """The variables that a text reads, declared or not; none where it has a syntax error."""
    try:
        return frozenset(meta.find_undeclared_variables(environment.parse(body)))
    except TemplateSyntaxError:
        return frozenset()


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int = Field(ge=1)
    variables: frozenset[str]
    description: str = Field(min_length=1)


def _variable_faults(syntax: nodes.Template, declared: frozenset[str]) -> list[TemplateFault]:
    used = meta.find_undeclared_variables(syntax)
    lines = {name.name: name.lineno for name in reversed([*syntax.find_all(nodes.Name)])}
    return [
        *(
            TemplateFault(lines.get(name), f"reads “{name}”, which is not declared")
            for name in sorted(used - declared, key=lambda name: lines.get(name, 0))
        ),
        *(
            TemplateFault(None, f"declares “{name}”, which it never reads")
            for name in sorted(declared - used)
        ),
        *(
            TemplateFault(None, f"declares “{name}”, which is no variable of prompts")
            for name in sorted(declared - known_variables().keys())
        ),
    ]


def _block_faults(syntax: nodes.Template) -> list[TemplateFault]:
    blocks = [block.name for block in syntax.find_all(nodes.Block)]
    if sorted(blocks) == sorted(_BLOCKS):
        return []
    return [TemplateFault(None, "needs exactly one block “system” and one block “user”")]
