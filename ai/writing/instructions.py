"""What a teacher wants different about a part, as far as a writer by rules can follow it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import BaseModel

from ai.answering.answer_sentences import answer_sentences
from ai.writing.brief import Length

Part = TypeVar("Part", bound=BaseModel)


class Wish(StrEnum):
    """What can be measured of one version against another."""

    SHORTER = "shorter"
    LONGER = "longer"
    SIMPLER = "simpler"
    HARDER = "harder"
    EXAMPLES = "with more examples"


_WORDS: Final[Mapping[Wish, re.Pattern[str]]] = MappingProxyType(
    {
        wish: re.compile(pattern, re.IGNORECASE)
        for wish, pattern in {
            Wish.SHORTER: r"\b(?:short\w*|brief\w*|concise\w*|condense\w*|less text|fewer)\b"
            r"|छोट\S*|संक्ष\S*",
            Wish.LONGER: r"\b(?:long|longer|(?:more )?details?|detailed|in depth|expand\w*"
            r"|elaborate\w*)\b|लंब\S*|विस्तार\S*",
            Wish.SIMPLER: r"\b(?:simpl\w+|easy|easier|plain\w*)\b|सरल\S*|आसान\S*",
            Wish.HARDER: r"\b(?:hard|harder|difficult|challenging|advanced)\b|कठिन\S*",
            Wish.EXAMPLES: r"\b(?:an?|more|some|with)? ?examples?\b|उदाहरण\S*",
        }.items()
    }
)
_NO_MATTER: Final = re.compile(
    r"\b(?:please|make|write|put|it|this|that|the|a|an|and|but|more|much|bit|little|with|in|to|be"
    r"|another|other|different\w*|anew|again|fresh|new|one|version|question|section|slide|card"
    r"|words?|language|use|give|add)\b|(?:कृपया|और|में|को|से|का|की|के|एक|दूसर\S*|अलग|नय\S*|करें|लिखें|दें"
    r"|भाषा|शब्दों|इसे|यह)(?!\S)",
    re.IGNORECASE,
)
_EXAMPLE: Final = re.compile(
    r"\b(?:for example|for instance|such as|e\.g\.|suppose|imagine)|उदाहरण|जैसे", re.IGNORECASE
)
_LETTERS: Final = re.compile(r"[^\W\d_]")
_NOT_SAID: Final = frozenset({"id", "kind", "sources", "objectives", "concepts"})
_DIFFICULTIES: Final = ("beginner", "intermediate", "advanced")


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction as it is understood.

    Attributes:
        wishes: What it asks for that can be measured.
        is_whole: Whether that is all it asks for.
    """

    wishes: tuple[Wish, ...]
    is_whole: bool

    @classmethod
    def read(cls, text: str) -> "Instruction":
        """The wishes in a text, English or Hindi."""
        wishes = tuple(wish for wish, words in _WORDS.items() if words.search(text))
        rest = _NO_MATTER.sub(" ", text)
        for words in _WORDS.values():
            rest = words.sub(" ", rest)
        return cls(wishes, is_whole=_LETTERS.search(rest) is None)

    @property
    def length(self) -> Length:
        """What to ask a writer for, so that there is something to choose from."""
        if Wish.SHORTER in self.wishes:
            return "short"
        return "long" if {Wish.LONGER, Wish.EXAMPLES} & {*self.wishes} else "medium"

    def is_met(self, version: BaseModel, before: BaseModel) -> bool:
        """Whether a version is what was wished, held against the one before."""
        return all(_is_met(wish, version, before) for wish in self.wishes)

    def named(self) -> str:
        """The wishes in words, for who made them."""
        return ", ".join(self.wishes)


def says(part: BaseModel) -> str:
    """All that a part says, without what names, places and sorts it."""
    return "\n".join(_texts(part.model_dump(exclude=set(_NOT_SAID | {"difficulty"}))))


def about_the_same(candidates: Sequence[Part], part: BaseModel) -> list[Part]:
    """Those under the heading of the part, where any is; else all."""
    heading = getattr(part, "heading", None)
    same = [each for each in candidates if getattr(each, "heading", None) == heading]
    return same if heading is not None and same else list(candidates)


def shortened(part: Part) -> Part | None:
    """The first half of a part's paragraphs, or points; None of one that has but one."""
    body = getattr(part, "body", None)
    if not isinstance(body, str):
        return None
    separator = "\n" if body.startswith("- ") else "\n\n"
    paragraphs = body.split(separator)
    kept = separator.join(paragraphs[: -(-len(paragraphs) // 2)])
    return part.model_copy(update={"body": kept}) if len(paragraphs) > 1 else None


def _is_met(wish: Wish, version: BaseModel, before: BaseModel) -> bool:
    new, old = says(version), says(before)
    match wish:
        case Wish.SHORTER:
            return len(new.split()) < len(old.split())
        case Wish.LONGER:
            return len(new.split()) > len(old.split())
        case Wish.SIMPLER:
            return _hardness(version, new) < _hardness(before, old)
        case Wish.HARDER:
            return _hardness(version, new) > _hardness(before, old)
        case Wish.EXAMPLES:
            return len(_EXAMPLE.findall(new)) > len(_EXAMPLE.findall(old))


def _hardness(part: BaseModel, text: str) -> tuple[int, float]:
    """Its level, where it has one; then letters and sentences, as Coleman and Liau weigh them."""
    level = getattr(part, "difficulty", None)
    words = text.split()
    letters = len(_LETTERS.findall(text))
    sentences = max(1, len(answer_sentences(text)))
    hundreds = max(len(words), 1) / 100
    reading = 0.0588 * letters / hundreds - 0.296 * sentences / hundreds
    return _DIFFICULTIES.index(level) if level in _DIFFICULTIES else 0, reading


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if name not in _NOT_SAID:
                yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
