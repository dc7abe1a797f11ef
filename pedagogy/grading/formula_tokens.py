"""Formulas cut into tokens: `2mv^2` with variables m and v is `2 * m * v ^ 2`."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from pedagogy.grading.errors import UnreadableAnswerError
from pedagogy.grading.formulas import CONSTANTS, FUNCTIONS
from pedagogy.grading.latex import is_latex, plain_formula
from pedagogy.grading.numbers import plain_signs

MAX_FORMULA_CHARACTERS: Final = 500
_MAX_DIGITS: Final = 30

TokenKind = Literal["number", "name", "function", "sign", "end"]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3}(?![\w.]))?|\.\d+)"
    r"|(?P<word>[^\W\d_]+\d*(?:_[^\W_]+)?'?)"
    r"|(?P<sign>\*\*|[-+*/^(),|√]))"
)
_ENDED: Final = "\x1f"
"""Stands after a letter spelt out, until it is known whether an index follows."""
_NO_MARKS: Final = str.maketrans("", "", "\\{}")
_BRACKETS: Final = str.maketrans("[]{}", "()()")
_GREEK: Final = re.compile("GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)$")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula."""

    kind: TokenKind
    text: str


def tokens_of(text: str, variables: Collection[str]) -> list[Token]:
    """The tokens of a formula, with an end; Greek letters are spelt out.

    Raises:
        UnreadableAnswerError: It is too long, or holds a character or name without a meaning.
    """
    if len(text) > MAX_FORMULA_CHARACTERS:
        raise UnreadableAnswerError(
            f"A formula has at most {MAX_FORMULA_CHARACTERS} characters; this has {len(text)}."
        )
    plain = plain_signs(plain_formula(text) if is_latex(text) else text)
    plain = _with_greek_spelt_out(plain.translate(_BRACKETS)).rstrip(" .")
    known = {canonical_name(name) for name in variables}
    tokens: list[Token] = []
    at = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None:
            raise UnreadableAnswerError(f"{plain[at:].strip()[:20]!r} has no meaning in a formula.")
        tokens += _tokens_of_match(found, known)
        at = found.end()
    return [*tokens, Token("end", "")]


def canonical_name(name: str) -> str:
    r"""A name as trees have it: `ω₀`, `ω_0` and `\omega_{0}` are all `omega0`."""
    bare = plain_signs(name.strip().strip("$")).translate(_NO_MARKS)
    return re.sub(r"\s", "", _with_greek_spelt_out(bare)).replace("_", "")


def _tokens_of_match(found: re.Match[str], known: Collection[str]) -> list[Token]:
    if number := found["number"]:
        if len(number) > _MAX_DIGITS:
            raise UnreadableAnswerError(f"A number in a formula has at most {_MAX_DIGITS} digits.")
        return [Token("number", number)]
    if word := found["word"]:
        return [_meaning_of(name) for name in _names_in(word, known)]
    return [Token("sign", "^" if found["sign"] == "**" else found["sign"])]


def _meaning_of(name: str) -> Token:
    if name.isdecimal():
        return Token("number", name)
    return Token("function" if name in FUNCTIONS else "name", name)


def _names_in(word: str, known: Collection[str]) -> list[str]:
    """A run of letters as the names it is made of: `mv` is m and v where these are known."""
    word = word.replace("_", "")
    if word in known or word in FUNCTIONS:
        return [word]
    candidates = {*known, *FUNCTIONS, *CONSTANTS}
    names, rest = [], word
    while rest:
        fitting = [name for name in candidates if rest.startswith(name)]
        if not fitting:
            raise UnreadableAnswerError(_unknown(word, known))
        name = max(fitting, key=len)
        names.append(name)
        rest = rest[len(name) :]
        if rest[:1].isdigit():
            raise UnreadableAnswerError(f"Write a sign between {name!r} and {rest!r}.")
    return names


def _unknown(word: str, known: Collection[str]) -> str:
    usable = ", ".join(sorted(known)) or "numbers only"
    return f"{word[:40]!r} is no symbol of this question; use {usable}."


def _with_greek_spelt_out(text: str) -> str:
    spelt = "".join(_letter(character) for character in text)
    return re.sub(r"\s+(?=_)|(?<=\w)" + _ENDED + r"(?=[\d_])", "", spelt).replace(_ENDED, " ")


def _letter(character: str) -> str:
    found = _GREEK.match(unicodedata.name(character, ""))
    if found is None:
        return character
    name = found[2].lower()
    return f" {name if found[1] == 'SMALL' else name.capitalize()}{_ENDED}"
