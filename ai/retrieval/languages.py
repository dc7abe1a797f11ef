"""The language of a text as its script tells: enough to weigh the arms and to file a document.

A statistical detector would tell Latin-script languages apart too, at the price of its models in
the memory of every API process; the lexical terms and the weights do not need that.
"""

import re
from collections import Counter
from types import MappingProxyType
from typing import Final

_GREEK: Final = "\u0370-\u03ff\u1f00-\u1fff"
_SCRIPTS: Final = MappingProxyType(
    {
        "ar": "\u0600-\u06ff\u0750-\u077f",
        "bn": "\u0980-\u09ff",
        "el": _GREEK,
        "gu": "\u0a80-\u0aff",
        "he": "\u0590-\u05ff",
        "hi": "\u0900-\u097f",
        "ja": "\u3040-\u30ff",
        "kn": "\u0c80-\u0cff",
        "ko": "\uac00-\ud7af",
        "ml": "\u0d00-\u0d7f",
        "pa": "\u0a00-\u0a7f",
        "ru": "\u0400-\u04ff",
        "ta": "\u0b80-\u0bff",
        "te": "\u0c00-\u0c7f",
        "th": "\u0e00-\u0e7f",
        "zh": "\u4e00-\u9fff",
    }
)
"""By ISO 639-1 code of the language most written in it, the letters of its script."""
_OF_SCRIPT: Final = re.compile(
    "|".join(f"(?P<{language}>[{letters}])" for language, letters in _SCRIPTS.items())
)
_SYMBOL: Final = re.compile(f"(?<![{_GREEK}])[{_GREEK}](?![{_GREEK}])")
"""A Greek letter by itself is a symbol of a formula."""
_LETTER: Final = re.compile(r"[^\W\d_]|[\u0900-\u0dff\u0e31-\u0e4e]")
_EXAMINED_CHARACTERS: Final = 4_000
_FOREIGN_SHARE: Final = 1 / 3
_JAPANESE_SHARE: Final = 1 / 10


def language_by_script(text: str, default: str) -> str:
    """The language of a text, by its script; ``default`` where the script is Latin.

    A third of the letters decide, because questions and texts in Hindi carry English terms. A
    language that shares the script of ``default`` is taken for it: Nepali stays Nepali.

    Args:
        text: a question, or a document, of which the beginning is examined.
        default: BCP 47 tag of what surrounds it, say the course.

    Returns:
        An ISO 639-1 code, or ``default``; English for a Latin text where ``default`` is a
        language of another script.
    """
    text = _SYMBOL.sub("", text[:_EXAMINED_CHARACTERS])
    if text.isascii():
        return _latin(default)
    letters = len(_LETTER.findall(text))
    found = Counter(match.lastgroup for match in _OF_SCRIPT.finditer(text) if match.lastgroup)
    if found["ja"] > letters * _JAPANESE_SHARE:
        return "ja"
    if not found:
        return _latin(default)
    language, count = found.most_common(1)[0]
    if count < letters * _FOREIGN_SHARE:
        return _latin(default)
    return default if script_of(default) == language else language


def script_of(language: str) -> str | None:
    """The script of a language, named by the language most written in it; None for Latin."""
    primary = language.partition("-")[0].lower()
    return _SHARED_SCRIPTS.get(primary, primary if primary in _SCRIPTS else None)


def _latin(default: str) -> str:
    return default if script_of(default) is None else "en"


_SHARED_SCRIPTS: Final = MappingProxyType(
    {"bg": "ru", "fa": "ar", "mr": "hi", "ne": "hi", "sa": "hi", "uk": "ru", "ur": "ar"}
)
