"""All prompts of the installation, by name and version."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from jinja2 import Template, UndefinedError
from jinja2.exceptions import SecurityError

from ai.prompts.environment import BUILT_IN_TEMPLATES, prompt_environment
from ai.prompts.errors import (
    PromptFileError,
    PromptTooLongError,
    PromptVariableError,
    UnknownPromptError,
)
from ai.prompts.rendered_prompt import RenderedPrompt
from ai.prompts.template_file import PromptTemplate, read_template

MAXIMUM_BLOCK_CHARACTERS = 400_000
"""About 100,000 tokens: more than most chat models read."""


class PromptRegistry:
    """Renders prompts from templates that never change."""

    def __init__(self, templates: Mapping[tuple[str, int], PromptTemplate]) -> None:
        self._templates = dict(templates)
        self._newest: dict[str, int] = {}
        for name, version in self._templates:
            self._newest[name] = max(version, self._newest.get(name, 0))

    @classmethod
    def load(cls, folder: Path = BUILT_IN_TEMPLATES) -> "PromptRegistry":
        """Reads every `<name>/<version>.md.jinja` below `folder`.

        Raises:
            PromptFileError: A file is not a valid template, or there is none at all.
        """
        environment = prompt_environment()
        prompts = [read_template(path, environment) for path in sorted(folder.glob("*/*.md.jinja"))]
        if not prompts:
            raise PromptFileError(f"{folder}: holds no prompt templates")
        return cls({(prompt.name, prompt.version): prompt for prompt in prompts})

    def with_more(self, prompts: Iterable[PromptTemplate]) -> "PromptRegistry":
        """A registry that knows these prompts too; of the same version the present one stays."""
        more = {(prompt.name, prompt.version): prompt for prompt in prompts}
        return PromptRegistry({**more, **self._templates})

    @property
    def prompts(self) -> tuple[PromptTemplate, ...]:
        """Every template, by name and version."""
        return tuple(prompt for _, prompt in sorted(self._templates.items()))

    def find(self, name: str, version: int | None = None) -> PromptTemplate:
        """A template, the newest version of it unless one is asked for.

        Raises:
            UnknownPromptError: There is no such name or version.
        """
        chosen = self._newest.get(name) if version is None else version
        if chosen is None or (name, chosen) not in self._templates:
            asked = name if version is None else f"{name}@{version}"
            known = ", ".join(prompt.reference for prompt in self.prompts)
            raise UnknownPromptError(f"There is no prompt {asked!r}; there are: {known}")
        return self._templates[name, chosen]

    def required_variables(self, name: str) -> frozenset[str]:
        """What every version of a prompt reads; later ones may read more.

        Raises:
            UnknownPromptError: There is no such name.
        """
        versions = [prompt for prompt in self.prompts if prompt.name == name]
        return self.find(name).variables.intersection(*(each.variables for each in versions))

    def render(
        self, name: str, version: int | None = None, /, **variables: object
    ) -> RenderedPrompt:
        """Fills in a template, the newest version of it unless one is asked for.

        Raises:
            UnknownPromptError: There is no such name or version.
            PromptVariableError: A declared variable is missing, one is given that is not
                declared, or a value lacks something that the template reads.
            PromptTooLongError: It grew beyond its limit.
        """
        return render_template(self.find(name, version), variables)


@cache
def built_in_prompts() -> PromptRegistry:
    """The prompts that come with the installation, read and checked once in a process."""
    return PromptRegistry.load()


def render_template(prompt: PromptTemplate, variables: Mapping[str, object]) -> RenderedPrompt:
    """Fills in one template.

    Raises:
        PromptVariableError: As `PromptRegistry.render`.
        PromptTooLongError: It grew beyond its limit.
    """
    missing = prompt.variables - variables.keys()
    extra = variables.keys() - prompt.variables
    if missing or extra:
        raise PromptVariableError(
            f"{prompt.reference}: missing {sorted(missing)}, not declared {sorted(extra)}"
        )
    try:
        system = _render_block(prompt.template, "system", variables)
        user = _render_block(prompt.template, "user", variables)
    except (UndefinedError, SecurityError, TypeError) as error:
        raise PromptVariableError(f"{prompt.reference}: {error}") from error
    return RenderedPrompt(prompt.reference, system, user)


def render_version(prompt: PromptTemplate, variables: Mapping[str, object]) -> RenderedPrompt:
    """Fills in a version that may be older than the newest, and read fewer of the variables.

    Raises:
        PromptVariableError: One that it reads is missing or unfit.
        PromptTooLongError: It grew beyond its limit.
    """
    read = {name: value for name, value in variables.items() if name in prompt.variables}
    return render_template(prompt, read)


def _render_block(template: Template, block: str, variables: Mapping[str, object]) -> str:
    context = template.new_context(dict(variables))
    pieces: list[str] = []
    length = 0
    for piece in template.blocks[block](context):
        pieces.append(piece)
        length += len(piece)
        if length > MAXIMUM_BLOCK_CHARACTERS:
            limit = f"{MAXIMUM_BLOCK_CHARACTERS:,}"
            raise PromptTooLongError(f"The {block} message is longer than {limit} characters")
    return "".join(pieces).strip()
