"""All prompts of the installation, by name and version."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Template, UndefinedError
from jinja2.exceptions import SecurityError

from ai.prompts.errors import PromptFileError, PromptVariableError, UnknownPromptError
from ai.prompts.rendered_prompt import RenderedPrompt
from ai.prompts.template_file import PromptTemplate, prompt_environment, read_template

BUILT_IN_TEMPLATES = Path(__file__).parent / "templates"


class PromptRegistry:
    """Renders prompts from the template files of a folder, read once."""

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

    @property
    def prompts(self) -> tuple[PromptTemplate, ...]:
        """Every template, by name and version."""
        return tuple(prompt for _, prompt in sorted(self._templates.items()))

    def render(
        self, name: str, version: int | None = None, /, **variables: object
    ) -> RenderedPrompt:
        """Fills in a template, the newest version of it unless one is asked for.

        Raises:
            UnknownPromptError: There is no such name or version.
            PromptVariableError: A declared variable is missing, one is given that is not
                declared, or a value lacks something that the template reads.
        """
        prompt = self._find(name, version)
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

    def _find(self, name: str, version: int | None) -> PromptTemplate:
        chosen = self._newest.get(name) if version is None else version
        if chosen is None or (name, chosen) not in self._templates:
            asked = name if version is None else f"{name}@{version}"
            known = ", ".join(prompt.reference for prompt in self.prompts)
            raise UnknownPromptError(f"There is no prompt {asked!r}; there are: {known}")
        return self._templates[name, chosen]


def _render_block(template: Template, block: str, variables: Mapping[str, object]) -> str:
    context = template.new_context(dict(variables))
    return "".join(template.blocks[block](context)).strip()
