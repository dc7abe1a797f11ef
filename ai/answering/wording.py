"""A sentence as the words that decide whether another says the same: numbers, names, negations."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ai.caching.guard_words import (
    CONTRASTS,
    KNOWN_NAMES,
    NEGATIONS,
    NOT_NAMES,
    NUMBER_WORDS,
    UNIT_SYMBOLS,
    UNIT_WORDS,
)
from ai.retrieval.terms import analyse
from content.languages import language_by_script

WordKind = Literal["number", "count", "unit", "name", "negation", "word"]

_DEVANAGARI_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_MARKUP = re.compile(r"[*_`$\\{}]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ATTACHED_UNIT = re.compile(r"(?<=\d)(?=[^\W\d_])(?!(?:st|nd|rd|th|s)\b)")
_TOKEN = re.compile(r"\d+(?:\.\d+)*|[^\W\d_](?:[^\W_]|[\u0900-\u0963'’])*|[°%]|(?<=\s)[-−](?=\d)")
_POSSESSIVE = re.compile(r"(?:'s|s')$")
_NEGATED = re.compile(r"n't$|^non$")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
_FORE_NEGATIONS = frozenset({"न", "ना", "मत"})
_SENTENCE_END = re.compile(r"[.!?।:]\s*[\"“”(]?\s*$")

OPPOSITE = MappingProxyType(
    {
        one: other
        for pair in (
            "more less", "maximum minimum", "before after", "advantage disadvantage",
            "positive negative", "gain lose", "add subtract", "multiply divide", "input output",
            "start end", "inside outside", "above below", "left right", "north south",
            "east west", "same different", "always sometimes", "buy sell", "kinetic potential",
            "elastic inelastic", "static dynamic", "series parallel", "series-up series-down",
            "direct inverse", "horizontal vertical", "odd even", "acid base", "male female",
        )
        for one, other in (pair.split(), reversed(pair.split()))
    }
)  # fmt: skip
"""Each side of a contrast with the one that it excludes."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that carries meaning.

    Attributes:
        kind: What it is.
        value: What makes it the same as another: a number's digits, a unit's or name's canonical
            form, a stem.
        side: The side of a contrast it takes, as `OPPOSITE` names it; empty for most.
    """

    kind: WordKind
    value: str
    side: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text that carry meaning, in order, and sets of them.

    Attributes:
        terms: Values of all but negations.
        numbers: Values of its numbers in digits.
        counts: Values of those in words.
        units: Canonical names of its units.
        names: People, places, symbols, acronyms; without what only begins a sentence.
        sides: Sides of contrasts taken.
        is_passive: Whether somebody or something does a thing "by" which it is named.
    """

    words: tuple[Word, ...]
    terms: frozenset[str]
    numbers: frozenset[str]
    counts: frozenset[str]
    units: frozenset[str]
    names: frozenset[str]
    sides: frozenset[str]
    is_passive: bool


@functools.lru_cache(maxsize=1024)
def wording_of(text: str) -> Wording:
    """The wording of a sentence or two, in English, Hindi or both."""
    plain = _MARKUP.sub(" ", text.translate(_DEVANAGARI_DIGITS)).replace("’", "'")
    plain = _ATTACHED_UNIT.sub(" ", _THOUSANDS.sub("", plain))
    language = language_by_script(text)
    found = [(token[0], token.start()) for token in _TOKEN.finditer(plain)]
    words: list[Word] = []
    previous = ""
    for token, start in found:
        begins = start == 0 or bool(_SENTENCE_END.search(plain[max(0, start - 4) : start]))
        words += _word(token, previous, language, begins=begins)
        previous = token
    return _wording(words, is_passive=" by " in plain or "द्वारा" in plain)


def joined(parts: Sequence[Wording]) -> Wording:
    """The wording of texts that follow one another."""
    words = [word for part in parts for word in part.words]
    return _wording(words, is_passive=any(part.is_passive for part in parts))


def _wording(words: Sequence[Word], *, is_passive: bool) -> Wording:
    return Wording(
        words=tuple(words),
        terms=frozenset(word.value for word in words if word.kind != "negation"),
        numbers=frozenset(word.value for word in words if word.kind == "number"),
        counts=frozenset(word.value for word in words if word.kind == "count"),
        units=frozenset(word.value for word in words if word.kind == "unit"),
        names=frozenset(word.value for word in words if word.kind == "name"),
        sides=frozenset(word.side for word in words if word.side),
        is_passive=is_passive,
    )


def _word(token: str, previous: str, language: str, *, begins: bool) -> list[Word]:
    bare = _POSSESSIVE.sub("", token.rstrip("'"))
    folded = bare.casefold()
    if folded[:1].isdecimal():
        return [Word("number", _number(folded))]
    if folded in _COUNTS:
        return [Word("count", _COUNTS[folded])]
    if folded in UNIT_WORDS:
        return [Word("unit", UNIT_WORDS[folded])]
    if previous[:1].isdecimal() and bare in UNIT_SYMBOLS:
        return [Word("unit", UNIT_SYMBOLS[bare])]
    if folded in NEGATIONS or _NEGATED.search(folded):
        is_hindi = bool(_DEVANAGARI.match(folded)) and folded not in _FORE_NEGATIONS
        return [Word("negation", "नहीं" if is_hindi else "not")]
    side = _SIDES.get(folded, "")
    stems = [KNOWN_NAMES[folded]] if folded in KNOWN_NAMES else analyse(folded, language)[:1]
    if not stems and side:  # "after" is a stop word, and still not "before"
        stems = [folded]
    kind: WordKind = "name" if _is_name(bare, token, begins=begins) else "word"
    return [Word(kind, stem, side) for stem in stems]


def _number(folded: str) -> str:
    whole, dot, fraction = folded.partition(".")
    return (whole.lstrip("0") or "0") + (dot + fraction).rstrip("0").rstrip(".")


# Said of things that are not counted, too: no number where a sentence is compared with another.
_LOOSE_NUMBERS = frozenset({"once", "single", "quarter", "second", "double", "पहले"})
# What a question seldom has and an answer often: verbs of counting, and causing more or less.
_COUNTS = {word: n for word, n in NUMBER_WORDS.items() if word not in _LOOSE_NUMBERS} | {
    "doubles": "2", "doubled": "2", "doubling": "2", "halves": "0.5", "halved": "0.5",
    "triples": "3", "tripled": "3", "quadruples": "4", "quadrupled": "4",
}  # fmt: skip
_SIDES = dict(CONTRASTS) | {
    "lowers": "less", "lowered": "less", "lowering": "less", "raised": "more", "raising": "more",
    "बढ़ाता": "more", "बढ़ाती": "more", "बढ़ाते": "more", "घटाता": "less", "घटाती": "less",
    "घटाते": "less", "आंतरिक": "inside",
}  # fmt: skip


def _is_name(bare: str, token: str, *, begins: bool) -> bool:
    folded = bare.casefold()
    if not bare or folded in NOT_NAMES:
        return False
    is_symbol = len(bare) == 1 and bare.isascii()
    is_capitalised = any(letter.isupper() for letter in (bare[1:] if begins else bare))
    is_owner = token != bare and bare[:1].isupper()
    return is_symbol or is_capitalised or is_owner or folded in KNOWN_NAMES


def denied_terms(wording: Wording, reach: int = 2) -> list[tuple[str, ...]]:
    """For each negation up to `reach` terms that it denies, the nearest first.

    Those after it; in Hindi those before it.
    """
    words = wording.words
    found = []
    for place, word in enumerate(words):
        if word.kind == "negation":
            beside = words[place + 1 :] if word.value == "not" else words[:place][::-1]
            near = [other.value for other in beside if other.kind != "negation"]
            found.append(tuple(near[:reach]))
    return found


def near_sides(wording: Wording, reach: int) -> dict[str, frozenset[str]]:
    """Sides of contrasts taken, with the terms up to `reach` words away from each."""
    near: dict[str, frozenset[str]] = {}
    for place, word in enumerate(wording.words):
        if word.side in OPPOSITE:
            beside = wording.words[max(0, place - reach) : place + 1 + reach]
            terms = {w.value for w in beside if w.kind != "negation" and not w.side}
            near[word.side] = near.get(word.side, frozenset()) | terms
    return near


def near_numbers(wording: Wording, reach: int) -> dict[str, frozenset[str]]:
    """Numbers, in digits or words, with the terms up to `reach` words away from each."""
    near: dict[str, frozenset[str]] = {}
    for place, word in enumerate(wording.words):
        if word.kind in ("number", "count"):
            beside = wording.words[max(0, place - reach) : place + 1 + reach]
            terms = {w.value for w in beside if w.kind in ("word", "name")}
            near[word.value] = near.get(word.value, frozenset()) | terms
    return near
