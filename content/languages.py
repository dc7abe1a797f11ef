"""The languages that the house itself speaks: those that its fixed sentences are written in."""

import re
from typing import Literal

SpokenLanguage = Literal["en", "hi"]

_LETTER = re.compile(r"[^\W\d_]")
_DEVANAGARI = re.compile(r"[\u0904-\u0939\u0958-\u0961]")
_DEVANAGARI_SHARE = 1 / 3


def language_by_script(text: str) -> SpokenLanguage:
    """Gives Hindi where at least a third of the letters are Devanagari, else English.

    A third, because Hindi questions about a course carry its English terms.
    """
    if text.isascii() or (devanagari := len(_DEVANAGARI.findall(text))) == 0:
        return "en"
    letters = len(_LETTER.findall(text))
    return "hi" if devanagari >= letters * _DEVANAGARI_SHARE else "en"
