"""What two questions must have in common before likeness of meaning counts as the same question.

An encoder finds "at 10 °C" and "at 20 °C" all but equal. These extractors, for English and Hindi,
find what a small difference of wording turns into a different question.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ai.answering.question_kind import question_kind
from ai.caching.guard_words import (
    ASKING_WORDS,
    CONTRASTS,
    KNOWN_NAMES,
    NEGATIONS,
    NOT_NAMES,
    NUMBER_WORDS,
    UNIT_SYMBOLS,
    UNIT_WORDS,
)
from ai.retrieval.terms import analyse

_TELLING_KINDS = frozenset({"cause", "quantity", "time", "person", "place"})
"""Kinds of question whose answers differ; the others are asked for in each other's words."""

_DEVANAGARI_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_][^\s,;:()?!\"“”।/^=+*]*|[°%]")
_ATTACHED_UNIT = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=\d)(?=[°%])")
_POSSESSIVE = re.compile(r"(?:'s|s')$")
_NEGATED = re.compile(r"n't$|^non-|^un(?:equal|stable|balanced|charged|known|like|changed|able)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")


@dataclass(frozen=True, slots=True)
class QuestionGuards:
    """What must be equal, as extracted from one question.

    Attributes:
        numbers: As decimal digits, sorted, with repeats; written-out ones too.
        units: Canonical names, sorted.
        negations: How many.
        contrasts: Sides taken: more or less, before or after, input or output.
        names: People, places, symbols and acronyms, as far as the writing shows them.
        kind: What is asked for, where that decides: who, when, where, how many, why.
        words: All words; a name of one question must be a word of the other.
        subject: Stems of the other words that say what is asked about; none: never the same.
    """

    numbers: tuple[str, ...]
    units: tuple[str, ...]
    negations: int
    contrasts: tuple[str, ...]
    names: frozenset[str]
    kind: str
    words: frozenset[str]
    subject: frozenset[str]

    def agree_with(self, other: "QuestionGuards") -> bool:
        """Whether nothing that must be equal differs. Symmetric."""
        return (
            self.numbers == other.numbers
            and self.units == other.units
            and self.negations == other.negations
            and self.contrasts == other.contrasts
            and self.kind == other.kind
            and self.subject == other.subject != frozenset()
            and self.names <= other.words
            and other.names <= self.words
        )

    def as_json(self) -> Mapping[str, Any]:
        """What an operator may want to see of it."""
        return {
            "numbers": self.numbers,
            "units": self.units,
            "negations": self.negations,
            "contrasts": self.contrasts,
            "names": sorted(self.names),
            "kind": self.kind,
            "subject": sorted(self.subject),
        }


def guards_of(question: str) -> QuestionGuards:
    """The guards of a question."""
    text = _THOUSANDS.sub("", question.translate(_DEVANAGARI_DIGITS)).replace("’", "'")
    tokens = _TOKEN.findall(_ATTACHED_UNIT.sub(" ", text))
    bare = [_POSSESSIVE.sub("", token.rstrip(".'-")) for token in tokens]
    words = [word.casefold() for word in bare]
    kind = question_kind(question)
    return QuestionGuards(
        numbers=tuple(sorted(filter(None, map(_number, words)))),
        units=tuple(sorted(set(_units(bare, words)))),
        negations=sum(map(_is_negation, words)),
        contrasts=tuple(sorted({CONTRASTS[word] for word in words if word in CONTRASTS})),
        names=frozenset(_names(tokens, bare)),
        kind=kind if kind in _TELLING_KINDS else "",
        words=frozenset(map(_canonical, bare)),
        subject=_subject(bare, words),
    )


def _number(word: str) -> str:
    if word[0].isdecimal():
        whole, dot, fraction = word.replace(",", ".").partition(".")
        return (whole.lstrip("0") or "0") + (dot + fraction).rstrip("0").rstrip(".")
    return NUMBER_WORDS.get(word, "")


def _units(bare: list[str], words: list[str]) -> list[str]:
    """Unit words anywhere; symbols of one or two letters only after a number."""
    found = [UNIT_WORDS[word] for word in words if word in UNIT_WORDS]
    for before, symbol in pairwise(bare):
        if _follows_number(before, symbol):
            found.append(UNIT_SYMBOLS[symbol])
    return found


def _subject(bare: list[str], words: list[str]) -> frozenset[str]:
    """What is left without numbers, units, negations and the words all questions are made of."""
    follows = [False, *(_follows_number(before, word) for before, word in pairwise(bare))]
    content = [
        word
        for word, is_symbol in zip(words, follows, strict=False)
        if not (is_symbol or _number(word) or word in UNIT_WORDS or _is_negation(word))
    ]
    named = (KNOWN_NAMES.get(word, word) for word in content)
    return frozenset(analyse(" ".join(named), "en")) - _asking_terms()


@functools.cache
def _asking_terms() -> frozenset[str]:
    return frozenset(analyse(" ".join(ASKING_WORDS), "en"))


def _follows_number(before: str, symbol: str) -> bool:
    return before[:1].isdecimal() and symbol in UNIT_SYMBOLS


def _is_negation(word: str) -> bool:
    return word in NEGATIONS or _NEGATED.search(word) is not None


def _names(tokens: list[str], bare: list[str]) -> list[str]:
    """Known names; owners of things; words with a capital that no sentence begins with."""
    found = []
    for position, (token, word) in enumerate(zip(tokens, bare, strict=True)):
        folded = word.casefold()
        is_unit = position > 0 and _follows_number(bare[position - 1], word)
        if not word or folded in NOT_NAMES or is_unit:
            continue
        is_owner = _POSSESSIVE.search(token) is not None
        is_capitalised = any(letter.isupper() for letter in (word if position else word[1:]))
        is_symbol = len(word) == 1 and word.isascii() and word.isalpha()
        if is_owner or is_capitalised or is_symbol or folded in KNOWN_NAMES:
            found.append(_canonical(word))
    return found


def _canonical(word: str) -> str:
    """One writing for each name; single letters keep their case."""
    if len(word) == 1:
        return word
    folded = word.casefold()
    return KNOWN_NAMES.get(folded, folded)
