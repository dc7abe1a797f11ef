"""Which language a short text is in, as far as its script tells, and its terms in it."""

import re
from typing import Literal

from ai.retrieval.terms import analyse

Language = Literal["en", "hi"]

_LETTER = re.compile(r"[^\W\d_]")
_DEVANAGARI = re.compile(r"[\u0904-\u0939\u0958-\u0961]")
_DEVANAGARI_SHARE = 1 / 3


def language_by_script(text: str) -> Language:
    """Gives Hindi where at least a third of the letters are Devanagari, else English.

    A third, because Hindi questions about a course carry its English terms.
    """
    letters = len(_LETTER.findall(text))
    devanagari = len(_DEVANAGARI.findall(text))
    return "hi" if devanagari and devanagari >= letters * _DEVANAGARI_SHARE else "en"


def terms_of(text: str) -> list[str]:
    """Gives the lexical terms of `text` in reading order, in the language of its script."""
    return analyse(text, language_by_script(text))
