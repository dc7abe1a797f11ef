"""Narration as sentences, each as it is shown in captions and as it is spoken."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from content.base import Language
from publishing.video.spoken import formula_in_words, text_in_words

MAX_SPOKEN_CHARACTERS: Final = 400
"""Of one sentence as it is spoken; longer ones are spoken in pieces."""
_MAX_SHOWN_CHARACTERS: Final = 300

# Bounded, as is the look-back for abbreviations: hostile text must not take its square in time.
_BRACKETED = re.compile(
    r"\\\((?P<inline>(?:(?!\\\().){1,1000}?)\\\)|\\\[(?P<display>(?:(?!\\\[).){1,1000}?)\\\]",
    re.DOTALL,
)
_ABBREVIATION_CHARACTERS: Final = 12
_FORMULA = re.compile("[\ue000-\uf8ff]")
_FIRST_FORMULA: Final = 0xE000
_MAX_FORMULAS: Final = 0xF8FF - 0xE000
_END = re.compile(r"[.!?।॥…]+[\"'”’)\]]*(?=\s|$)|[。！？]+[”’」』]*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|Dr|Mr|Mrs|Ms|Prof|Fig|Eq|No|approx|ch|pp?|[A-Z])\.$"
)
_CLAUSE_END = re.compile(r"[,;:—–。、，；]\s*|\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a narration.

    Attributes:
        shown: for captions; formulas as words, all else as written. Empty where it goes on with
            what the sentence before it shows.
        spoken: for a voice: units and signs as words too; at most `MAX_SPOKEN_CHARACTERS`.
    """

    shown: str
    spoken: str


def sentences(narration: str, language: Language) -> tuple[Sentence, ...]:
    """The sentences of one part of a narration, which is Markdown with formulas.

    Markup is left out, formulas are said in words, listings and pictures are not read out.
    """
    formulas: list[str] = []
    said: list[Sentence] = []
    for block in _blocks(narration, formulas):
        for text in _divided(block):
            said += _sentence(text, formulas, language)
    return tuple(said)


def _sentence(text: str, formulas: Sequence[str], language: Language) -> Iterator[Sentence]:
    def in_words(found: re.Match[str], *, is_aloud: bool) -> str:
        latex = formulas[ord(found[0]) - _FIRST_FORMULA]
        return formula_in_words(latex, language, is_aloud=is_aloud)

    shown = _tidied(_FORMULA.sub(lambda found: in_words(found, is_aloud=False), text))
    aloud = _FORMULA.sub(lambda found: f"\ue000{in_words(found, is_aloud=True)}\ue000", text)
    # A formula has its units in words already; in the text around it they are still to be said.
    pieces = aloud.split("\ue000")
    pieces[0::2] = [_spaced(piece, language) for piece in pieces[0::2]]
    spoken = _tidied("".join(pieces))
    for number, piece in enumerate(_pieces(spoken, MAX_SPOKEN_CHARACTERS)):
        if any(sign.isalnum() for sign in piece):
            yield Sentence(shown if number == 0 else "", piece)


def _tidied(text: str) -> str:
    return re.sub(r"\s+([,.;:!?।])", r"\1", " ".join(text.split()))


def _spaced(text: str, language: Language) -> str:
    """Text in words, with the white space at its ends."""
    start = " " if text[:1].isspace() else ""
    end = " " if text[-1:].isspace() else ""
    return f"{start}{text_in_words(text, language)}{end}"


def _blocks(narration: str, formulas: list[str]) -> Iterator[str]:
    """Paragraphs as one line each, a private sign in place of every formula."""
    text = _BRACKETED.sub(_with_dollars, "".join(filter(_is_speakable, narration)))
    for token in _parser().parse(text):
        if token.type == "inline":
            yield " ".join("".join(_inline(token.children or [], formulas)).split())
        elif token.type.startswith("math_block"):
            yield _placeholder(token.content, formulas)


def _inline(tokens: Sequence[Token], formulas: list[str]) -> Iterator[str]:
    for token in tokens:
        if token.type.startswith("math_"):
            yield _placeholder(token.content, formulas)
        elif token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "


def _placeholder(latex: str, formulas: list[str]) -> str:
    if len(formulas) >= _MAX_FORMULAS:
        return ""
    formulas.append(latex.strip())
    return chr(_FIRST_FORMULA + len(formulas) - 1)


def _divided(text: str) -> Iterator[str]:
    """Sentences, none longer than `_MAX_SHOWN_CHARACTERS`."""
    start = 0
    for end in _END.finditer(text):
        if _ABBREVIATION.search(text, max(start, end.end() - _ABBREVIATION_CHARACTERS), end.end()):
            continue
        yield from _pieces(text[start : end.end()].strip(), _MAX_SHOWN_CHARACTERS)
        start = end.end()
    yield from _pieces(text[start:].strip(), _MAX_SHOWN_CHARACTERS)


def _pieces(text: str, limit: int) -> Iterator[str]:
    """Text in pieces of at most `limit` characters, cut after a clause or else a word."""
    while len(text) > limit:
        ends = [found.end() for found in _CLAUSE_END.finditer(text, 0, limit)]
        clauses = [
            end for end in ends if end > limit // 2 and not text[:end].rstrip()[-1:].isalnum()
        ]
        cut = (clauses or ends or [limit])[-1]
        yield text[:cut].strip()
        text = text[cut:].strip()
    if text:
        yield text


def _is_speakable(sign: str) -> bool:
    """Whether a sign is more than a control character; Hindi joins letters with two of them."""
    return sign in "\n\t\u200c\u200d" or unicodedata.category(sign)[0] != "C"


def _with_dollars(found: re.Match[str]) -> str:
    inline = found["inline"]
    return f"${inline.strip()}$" if inline is not None else f"$${found['display']}$$"


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    return parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
