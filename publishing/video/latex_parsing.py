"""LaTeX formulas to trees.

Nothing is refused: what is not known becomes a word, and what is not closed ends with the formula.
"""

import re
from typing import Final

from publishing.video.formulas import (
    Accented,
    Fenced,
    Fraction,
    Grid,
    Letter,
    Node,
    Number,
    Root,
    Row,
    Scripted,
    Symbol,
    Word,
)
from publishing.video.latex_commands import (
    ACCENTS,
    CLOSING,
    FUNCTIONS,
    LETTERS,
    SILENT,
    STYLES,
    TEXTS,
)

MAX_CHARACTERS: Final = 1_000
_MAX_DEPTH: Final = 30
_TOKEN: Final = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:(?:\{,\}|[.,])\d+)*|\s+|.", re.DOTALL)
_ENDS: Final = frozenset({"}", "\\\\", "\\end"})


class TooIntricateError(ValueError):
    """A formula is too long or too deep to be said."""


def parse(latex: str) -> Row:
    """The tree of a formula without delimiters.

    Raises:
        TooIntricateError: it has more than `MAX_CHARACTERS`, or is nested too deeply.
    """
    if len(latex) > MAX_CHARACTERS:
        raise TooIntricateError(latex[:40])
    return _Parser(_TOKEN.findall(latex)).formula()


class _Parser:
    """Recursive descent over tokens, from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def formula(self) -> Row:
        """All there is; stray ends are passed over."""
        parts: list[Node] = []
        while self._peek() is not None:
            parts += self._row().parts
            if self._peek() is not None:
                self._take()
        return Row(tuple(parts))

    def _row(self, closing: str | None = None) -> Row:
        """Parts up to a closing delimiter or an end, which is left."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise TooIntricateError("nested too deeply")
        parts: list[Node] = []
        while (sign := self._peek()) is not None and sign not in _ENDS and sign != closing:
            if closing is None and sign == "&":
                break
            if (part := self._scripted()) is not None:
                parts.append(part)
        self._depth -= 1
        return Row(tuple(parts))

    def _scripted(self) -> Node | None:
        base = self._atom()
        below: Node | None = None
        above: Node | None = None
        while (sign := self._peek()) in ("_", "^", "'", "\\limits", "\\nolimits"):
            self._take()
            if sign == "_":
                below = self._argument()
            elif sign == "^":
                above = self._argument()
            elif sign == "'":
                above = Symbol("'")
        if below is None and above is None:
            return base
        return Scripted(base if base is not None else Row(()), below, above)

    def _atom(self) -> Node | None:
        if (sign := self._peek()) in ("_", "^", "'") or sign is None:
            return None
        self._take()
        if sign in CLOSING:
            return self._fenced(sign)
        if sign.startswith("\\"):
            return self._command(sign)
        return self._single(sign)

    def _single(self, sign: str) -> Node | None:
        if sign == "{":
            return self._braced()
        if sign in SILENT:
            return None
        if sign[0].isdigit():
            return Number(sign.replace("{,}", ","))
        if sign in LETTERS:
            return Letter(LETTERS[sign])
        return Letter(sign) if sign.isalpha() else Symbol(sign)

    def _command(self, sign: str) -> Node | None:
        if sign in SILENT:
            return None
        if sign in LETTERS:
            return Letter(LETTERS[sign])
        if sign in FUNCTIONS:
            return Word(sign[1:])
        if sign in TEXTS:
            return Word(self._raw_argument())
        if sign in STYLES:
            return self._argument()
        if sign in ACCENTS:
            return Accented(ACCENTS[sign], self._argument())
        if sign in ("\\frac", "\\dfrac", "\\tfrac", "\\cfrac"):
            return Fraction(self._argument(), self._argument())
        if sign == "\\sqrt":
            return self._root()
        if sign == "\\begin":
            return self._grid()
        return Symbol(sign.rstrip("*"))

    def _root(self) -> Root:
        degree = None
        if self._peek() == "[":
            self._take()
            degree = self._row("]")
            self._take()
        return Root(self._argument(), degree)

    def _fenced(self, opening: str) -> Node:
        """What stands between delimiters; without the closing one, all that follows."""
        body = self._row(CLOSING[opening])
        if self._peek() == CLOSING[opening]:
            self._take()
        return Fenced(opening, body)

    def _grid(self) -> Grid:
        environment = self._raw_argument().rstrip("*")
        if environment == "array" and self._peek() == "{":
            self._raw_argument()
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        while self._peek() is not None:
            cells.append(self._row())
            sign = self._take()
            if sign == "&":
                continue
            rows.append(tuple(cells))
            cells = []
            if sign != "\\\\":
                break
        if self._peek() == "{":
            self._raw_argument()
        filled = [row for row in rows if any(cell != Row(()) for cell in row)]
        return Grid(environment, tuple(filled))

    def _braced(self) -> Row:
        parts: list[Node] = []
        while True:
            parts += self._row("}").parts
            sign = self._peek()
            if sign is None:
                break
            self._take()
            if sign == "}":
                break
        return Row(tuple(parts))

    def _argument(self) -> Node:
        sign = self._peek()
        if sign is None or sign in _ENDS:
            return Row(())
        if sign[0].isdigit() and len(sign) > 1:  # `\frac12` takes one digit after the other
            self._tokens[self._at] = sign[1:]
            return Number(sign[0])
        node = self._atom()
        return node if node is not None else Row(())

    def _raw_argument(self) -> str:
        """Text in braces as it is written, with its spaces."""
        if self._peek() != "{":
            return self._take() or ""
        self._take()
        text: list[str] = []
        depth = 1
        while self._at < len(self._tokens):
            sign = self._tokens[self._at]
            self._at += 1
            depth += {"{": 1, "}": -1}.get(sign, 0)
            if depth == 0:
                break
            text.append(sign)
        return "".join(text)

    def _peek(self) -> str | None:
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> str | None:
        sign = self._peek()
        self._at += 1
        return sign
