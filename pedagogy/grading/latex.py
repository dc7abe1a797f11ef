"""Formulas in LaTeX, rewritten into the grammar of learners' input."""

import re
from typing import Final

from pedagogy.grading.errors import UnreadableAnswerError

_MAX_DEPTH: Final = 20
_COMMAND: Final = re.compile(r"\\([A-Za-z]+|.)")
_DROPPED: Final = {"left", "right", "displaystyle", "limits", ",", ";", ":", "!", " ", "quad"}
_WRAPPERS: Final = {"mathrm", "text", "mathit", "mathbf", "operatorname", "vec", "boldsymbol"}
_SIGNS: Final = {"cdot": "*", "times": "*", "div": "/", "%": "%"}
_NAMES: Final = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "lg": "log"}


def is_latex(text: str) -> bool:
    """Whether a text holds LaTeX commands or groups."""
    return "\\" in text or "{" in text


def plain_formula(text: str) -> str:
    r"""A formula such as `\frac{1}{2} m v^{2}` as `((1)/(2)) m v^(2)`.

    Raises:
        UnreadableAnswerError: Its braces do not match, or it is nested too deeply.
    """
    return _Rewriter(text.strip().strip("$")).rewritten()


class _Rewriter:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def rewritten(self) -> str:
        plain = self._until_end(0)
        if self._at < len(self._text):
            raise UnreadableAnswerError("A brace } stands in the formula that opens nowhere.")
        return plain

    def _until_end(self, depth: int) -> str:
        """What stands before the end of the text or of the group."""
        if depth > _MAX_DEPTH:
            raise UnreadableAnswerError(f"The formula is nested more than {_MAX_DEPTH} deep.")
        parts: list[str] = []
        while self._at < len(self._text) and self._text[self._at] != "}":
            parts.append(self._piece(depth))
        return "".join(parts)

    def _piece(self, depth: int) -> str:
        character = self._text[self._at]
        if character == "{":
            return f"({self._group(depth)})"
        if character == "_":
            return self._subscript(depth)
        if character == "\\":
            return self._command(depth)
        self._at += 1
        return character

    def _group(self, depth: int) -> str:
        """A group in braces, or the one character that stands in its place."""
        while self._at < len(self._text) and self._text[self._at] == " ":
            self._at += 1
        if self._at >= len(self._text):
            raise UnreadableAnswerError("The formula ends where a group {...} should stand.")
        if self._text[self._at] != "{":
            return self._piece(depth + 1)
        self._at += 1
        inner = self._until_end(depth + 1)
        if self._at >= len(self._text):
            raise UnreadableAnswerError("A brace { in the formula is not closed.")
        self._at += 1
        return inner

    def _subscript(self, depth: int) -> str:
        self._at += 1
        return "_" + re.sub(r"\W", "", self._group(depth))

    def _command(self, depth: int) -> str:
        found = _COMMAND.match(self._text, self._at)
        if found is None:
            raise UnreadableAnswerError("The formula ends with a backslash.")
        self._at = found.end()
        name = found[1]
        if name in {"frac", "dfrac", "tfrac"}:
            return f"(({self._group(depth)})/({self._group(depth)}))"
        if name == "sqrt":
            return f"sqrt({self._group(depth)})"
        if name in _WRAPPERS:
            return f" {self._group(depth)} "
        if name in _DROPPED:
            return " "
        return _SIGNS.get(name) or f" {_NAMES.get(name, name)} "
