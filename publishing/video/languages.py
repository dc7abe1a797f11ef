"""Codes of languages as MP4 files have them."""

from typing import Final

from content.base import Language

_THREE_LETTERS: Final = dict(
    pair.split()
    for pair in (
        *("ar ara", "as asm", "bn ben", "cs ces", "da dan", "de deu", "el ell", "en eng"),
        *("es spa", "fa fas", "fi fin", "fr fra", "gu guj", "he heb", "hi hin", "hu hun"),
        *("id ind", "it ita", "ja jpn", "kn kan", "ko kor", "ml mal", "mr mar", "ne nep"),
        *("nl nld", "no nor", "or ori", "pa pan", "pl pol", "pt por", "ro ron", "ru rus"),
        *("sa san", "sv swe", "sw swa", "ta tam", "te tel", "th tha", "tr tur", "uk ukr"),
        *("ur urd", "vi vie", "zh zho"),
    )
)


def three_letters(language: Language) -> str:
    """The ISO 639-2 code of a language; `und` where it is not known here."""
    return language if len(language) == 3 else _THREE_LETTERS.get(language, "und")
