"""Formulas as words, as a teacher would say them to a class, never as LaTeX."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, assert_never

from content.base import Language
from publishing.video.english import ENGLISH
from publishing.video.formula_shapes import (
    as_label,
    flat,
    is_differential,
    is_function,
    is_numeric,
    is_short,
    only,
)
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
from publishing.video.hindi import HINDI
from publishing.video.latex_parsing import TooIntricateError, parse
from publishing.video.quantities import quantities_in_words, unit_in_words
from publishing.video.vocabulary import Vocabulary

_VOCABULARIES: Final[Mapping[str, Vocabulary]] = {"en": ENGLISH, "hi": HINDI}
_BIG: Final[Mapping[str, str]] = {
    "\\int": "integral",
    "\\iint": "integral",
    "\\oint": "integral",
    "\\sum": "sum",
    "\\prod": "product",
}
_COMMAS: Final = re.compile(r"\s*,[\s,]*")
_LATEX_SPACES: Final = re.compile(r"\\[,;:! ]|~|\\cdot|\{|\}")


def languages() -> frozenset[Language]:
    """The languages that formulas and units are said in; in others they are said in English."""
    return frozenset(_VOCABULARIES)


def vocabulary(language: Language) -> Vocabulary:
    """The words of a language, or English ones."""
    return _VOCABULARIES.get(language, ENGLISH)


def formula_in_words(latex: str, language: Language, *, is_aloud: bool = False) -> str:
    """What a formula says, on one line without any sign of LaTeX.

    Args:
        latex: without delimiters.
        language: of the words.
        is_aloud: whether for a voice, which letters are spelled for so that none is taken for a
            word: "ay" for a; to be read, they stand as they are.
    """
    words = vocabulary(language)
    try:
        said = _Sayer(words, is_aloud).say(parse(latex))
    except TooIntricateError:
        said = words.phrase("intricate")
    return _COMMAS.sub(", ", " ".join(said.split())).strip(" ,")


def text_in_words(text: str, language: Language) -> str:
    """Running text as a voice should read it: units and signs as words.

    In languages that have no words here it stays as it is: voices know the common units.
    """
    words = _VOCABULARIES.get(language)
    return text if words is None else quantities_in_words(text, words)


class _Sayer:
    """Says a tree in one language."""

    def __init__(self, words: Vocabulary, is_aloud: bool) -> None:
        self._words = words
        self._is_aloud = is_aloud

    def say(self, node: Node) -> str:
        """The words of a node."""
        match node:
            case Row():
                return self._row(node.parts)
            case Number():
                return node.text
            case Letter():
                return self._letter(node.name)
            case Word():
                return self._word(node.text)
            case Symbol():
                return self._symbol(node.name)
            case _:
                return self._construct(node)

    def _construct(self, node: Fraction | Root | Scripted | Accented | Fenced | Grid) -> str:
        match node:
            case Fraction():
                return self._fraction(node)
            case Root():
                return self._root(node)
            case Scripted():
                return self._scripted(node)
            case Accented():
                return self._words.phrase(node.accent, body=self.say(node.body))
            case Fenced():
                return self._fenced(node)
            case Grid():
                return self._grid(node)
            case _:
                assert_never(node)

    def _row(self, parts: Sequence[Node]) -> str:
        said: list[str] = []
        before: Node | None = None
        at = 0
        while at < len(parts):
            unit, end = self._unit(parts, at, before)
            said.append(self._after(before, parts[at]) if unit is None else unit)
            before, at = parts[end - 1], end
        return " ".join(said)

    def _after(self, before: Node | None, part: Node) -> str:
        """A part after another one, which may give it another meaning."""
        if isinstance(part, Fenced) and part.opening == "(" and is_function(before, part):
            return self._words.phrase("applied", function="", body=self.say(part.body))
        if part == Symbol("\\cdot") and isinstance(before, Accented):
            return self._words.signs["\\dot_product"]
        return self.say(part)

    def _unit(
        self, parts: Sequence[Node], start: int, before: Node | None
    ) -> tuple[str | None, int]:
        """The unit that upright text after a number stands for, and where it ends."""
        texts: list[str] = []
        if is_numeric(before):
            texts = list(self._unit_texts(parts[start:]))
        for count in range(len(texts), 0, -1):
            is_one = before == Number("1")
            unit = unit_in_words("".join(texts[:count]), self._words, is_one=is_one)
            if unit is not None:
                return unit, start + count
        return None, start + 1

    def _unit_texts(self, parts: Sequence[Node]) -> Iterator[str]:
        """What may belong to a unit, as it would be written in a line: `m`, `/`, `s^2`."""
        for part in parts:
            base = part.base if isinstance(part, Scripted) else part
            if part in (Symbol("/"), Symbol("\\cdot")):
                yield "/" if part == Symbol("/") else "·"
            elif isinstance(base, Word):
                text = _LATEX_SPACES.sub(" ", base.text).replace("^ ", "^").strip()
                above = part.above if isinstance(part, Scripted) else None
                yield f" {text}" if above is None else f" {text}^{self._plain(above)}"
            else:
                return

    def _plain(self, node: Node) -> str:
        """A power as digits with a sign."""
        parts = node.parts if isinstance(node, Row) else (node,)
        return "".join(
            part.text if isinstance(part, Number) else part.name
            for part in parts
            if isinstance(part, Number | Symbol)
        )

    def _letter(self, name: str) -> str:
        if name.lower() in self._words.greek:
            return self._words.greek[name.lower()]
        if len(name) > 1:
            return name.lower()
        return self._words.letters.get(name.lower(), name) if self._is_aloud else name

    def _word(self, text: str) -> str:
        if text in self._words.functions:
            return self._words.phrase("function", function=self._words.functions[text])
        return text_of(text)

    def _symbol(self, name: str) -> str:
        if name in self._words.signs:
            return self._words.signs[name]
        if name in ("(", ")", "[", "]", "|", "\\|", "\\{", "\\}", "_", "^", "#", "\\rvert"):
            return ""
        return text_of(self._words.text_signs.get(name, name))

    def _fraction(self, node: Fraction) -> str:
        if (said := self._derivative(node)) is not None:
            return said
        top, bottom = only(node.top), only(node.bottom)
        if isinstance(top, Number) and isinstance(bottom, Number):
            if (top.text, bottom.text) == ("1", "2"):
                return self._words.phrase("half")
            if top.text == "1" and bottom.text in ("3", "4"):
                name = "third" if bottom.text == "3" else "quarter"
                return self._words.phrase(name, top=self._one())
        name = "fraction" if is_short(node.top) and is_short(node.bottom) else "long fraction"
        return self._words.phrase(name, top=self.say(node.top), bottom=self.say(node.bottom))

    def _one(self) -> str:
        return "one" if self._words is ENGLISH else "एक"

    def _derivative(self, node: Fraction) -> str | None:
        """`dy/dx` as the derivative that it is; None where it is none."""
        top, bottom = flat(node.top), flat(node.bottom)
        if not top or len(bottom) < 2 or not is_differential(bottom[0]):
            return None
        is_second = isinstance(top[0], Scripted) and only(top[0].above) == Number("2")
        first = top[0].base if is_second and isinstance(top[0], Scripted) else top[0]
        if not is_differential(first) or only(first) != only(bottom[0]):
            return None
        by = Row(tuple(bottom[1:]))
        if is_second and isinstance(bottom[-1], Scripted):
            by = Row((*bottom[1:-1], bottom[-1].base))
        if len(top) == 1:
            return self._words.phrase("derivative by", by=self.say(by))
        name = "partial derivative" if only(first) == Symbol("\\partial") else "derivative"
        name = "second derivative" if is_second else name
        return self._words.phrase(name, of=self.say(Row(tuple(top[1:]))), by=self.say(by))

    def _root(self, node: Root) -> str:
        body = self.say(node.body)
        if node.degree is None:
            is_long = not is_short(node.body)
            return self._words.phrase("long square root" if is_long else "square root", body=body)
        if only(node.degree) == Number("3"):
            return self._words.phrase("cube root", body=body)
        return self._words.phrase("root", body=body, degree=self.say(node.degree))

    def _scripted(self, node: Scripted) -> str:
        base = only(node.base)
        if isinstance(base, Symbol) and base.name in _BIG:
            return self._big(_BIG[base.name], base, node)
        if isinstance(base, Word) and base.text in self._words.functions:
            return self._scripted_function(base.text, node)
        said = self.say(node.base)
        if node.below is not None and flat(node.below):
            below = self.say(as_label(node.below))
            said = self._words.phrase("subscript", base=said, below=below)
        return said if node.above is None else self._raised(said, node.above)

    def _raised(self, base: str, above: Node) -> str:
        power = only(above)
        if isinstance(power, Number) and power.text in ("2", "3"):
            return self._words.phrase("squared" if power.text == "2" else "cubed", base=base)
        if power in (Symbol("\\circ"), Symbol("\\degree")):
            return self._words.phrase("degrees", base=base)
        if power in (Symbol("'"), Symbol("\\prime")):
            return self._words.phrase("primed", base=base)
        said = self.say(above)
        return self._words.phrase("power", base=base, power=said) if said.strip() else base

    def _big(self, name: str, sign: Symbol, node: Scripted) -> str:
        low = self.say(node.below) if node.below is not None else ""
        high = self.say(node.above) if node.above is not None else ""
        if low and high:
            return self._words.phrase(name, low=low, high=high)
        return self._words.phrase(f"{name} over", low=low) if low else self.say(sign)

    def _scripted_function(self, name: str, node: Scripted) -> str:
        function = self._words.functions[name]
        if name == "lim" and node.below is not None:
            return self._words.phrase("limit", low=self.say(node.below))
        if name in ("log", "lg") and node.below is not None:
            return self._words.phrase("log base", low=self.say(node.below))
        if node.above is None:
            return f"{function} {self.say(node.below) if node.below is not None else ''}"
        if self._plain(node.above) in ("-1", "−1"):
            return self._words.phrase("inverse", function=function)
        return self._raised(function, node.above)

    def _fenced(self, node: Fenced) -> str:
        body = self.say(node.body)
        if node.opening in ("|", "\\lvert"):
            return self._words.phrase("absolute", body=body)
        if is_short(node.body) and node.opening in ("(", "["):
            return body
        return self._words.phrase("group", body=body)

    def _grid(self, node: Grid) -> str:
        rows = [", ".join(self.say(cell) for cell in row) for row in node.rows]
        if node.environment.endswith("matrix"):
            columns = str(max((len(row) for row in node.rows), default=0))
            body = "; ".join(rows)
            return self._words.phrase("matrix", rows=str(len(rows)), columns=columns, body=body)
        if node.environment == "cases":
            return self._words.phrase("cases", body="; ".join(rows))
        return ", ".join(" ".join(self.say(cell) for cell in row) for row in node.rows)


def text_of(text: str) -> str:
    """Text without the signs of LaTeX that it may hold."""
    return " ".join(re.sub(r"[\\{}$^_&#~]+", " ", text).split())
