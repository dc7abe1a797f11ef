"""Hindi written in Latin letters, told by its commonest words."""

import re
from typing import Final

_WORD: Final = re.compile(r"[a-z]+")
_COMMON: Final = """
hai hain ke mein kya kyon kyun kaise kaun kab kahan aur nahi nahin hota hoti hote hun hoon tha yah
vah wo woh iska iski iske uska uski uske mujhe batao bataiye bataye samjhao samjhaiye karo karna
karta karte kitna kitni kitne matlab arth kis kisne jab lekin phir abhi
"""
"""Without those that stand in English or in formulas as well: "the", "se", "ki"."""
_COMMON_WORDS: Final = frozenset(_COMMON.split())
_SHARE: Final = 1 / 4
_LEAST: Final = 2


def is_romanised_hindi(text: str) -> bool:
    """Whether at least two words, and a quarter of all, are Hindi's commonest."""
    words = _WORD.findall(text.casefold())
    common = sum(word in _COMMON_WORDS for word in words)
    return common >= _LEAST and common >= len(words) * _SHARE
