"""Where templates run: a sandbox with a few filters, and the macros that all prompts share."""

import re
from pathlib import Path

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

BUILT_IN_TEMPLATES = Path(__file__).parent / "templates"
SHARED_MACROS = "shared.jinja"

_DELIMITER_TAG = re.compile(
    r"<(?=\s*/?\s*(?:answer|claim|learner|problem|question|quote|request|source|summary|turn|work)\b)",
    re.IGNORECASE,
)
_PLAIN_TYPES = frozenset({str, int, float, tuple})


class _PromptEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, without its long look at values that can do nothing."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Passes a public attribute that is text, a number or a tuple; else asks the sandbox."""
        is_plain = type(value) in _PLAIN_TYPES and not attr.startswith("_")
        return is_plain or super().is_safe_attribute(obj, attr, value)


def prompt_environment() -> ImmutableSandboxedEnvironment:
    """Gives the environment templates run in: sandboxed, strict, with filters that defuse text.

    It has no global functions, and of other templates only the shared macros can be reached.
    """
    environment = _PromptEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_shared_macros),
    )
    environment.globals.clear()
    environment.filters["as_data"] = _as_data
    environment.filters["as_attribute"] = _as_attribute
    environment.filters["on_one_line"] = _on_one_line
    return environment


def _shared_macros(name: str) -> str | None:
    if name != SHARED_MACROS:
        return None
    return (BUILT_IN_TEMPLATES / SHARED_MACROS).read_text(encoding="utf-8")


def _as_data(text: str) -> str:
    """Keeps `text` inside its delimiters: tags of their names lose their bracket."""
    return _DELIMITER_TAG.sub("&lt;", text) if "<" in text else text


def _as_attribute(text: str) -> str:
    return _on_one_line(text).replace('"', "'").replace("<", "&lt;")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
