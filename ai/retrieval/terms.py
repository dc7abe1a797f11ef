"""Text to lexical terms: one analysis for what is indexed and for what is asked."""

import functools
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

import snowballstemmer

from ai.retrieval.stop_words import STOP_WORDS
from content.languages import language_by_script

# Python's \w lacks the combining marks that stand inside words: vowel signs of the scripts of
# India, South-East Asia, Arabic and Hebrew, and accents without a composed form.
_MARKS: Final = (
    r"\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u064b-\u065f\u0670"
    r"\u0900-\u0963\u0966-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
_LETTER: Final = rf"(?:[^\W_]|[{_MARKS}])"
# Words, numbers and codes. One mark may join two parts (F=ma, v2.1, x-rays, newton's, F_net,
# 1,000), and number signs or pluses may end a name (C#, C++).
_TOKEN: Final = re.compile(rf"{_LETTER}+(?:[-.'’=_/&,:]{_LETTER}+)*(?:#|\++(?!\w))?")
_PART: Final = re.compile(rf"(?:{_LETTER}|['’])+")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_ACRONYM: Final = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_LIST_MARKS: Final = re.compile(r"[,:]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DEVANAGARI: Final = re.compile(r"[\u0900-\u097f]")
_SURFACE_CACHE_SIZE: Final = 1 << 16

_SNOWBALL: Final = MappingProxyType(
    {
        "ar": "arabic",
        "da": "danish",
        "de": "german",
        "el": "greek",
        "en": "english",
        "es": "spanish",
        "fi": "finnish",
        "fr": "french",
        "hi": "hindi",
        "hu": "hungarian",
        "id": "indonesian",
        "it": "italian",
        "ne": "nepali",
        "nl": "dutch",
        "no": "norwegian",
        "pt": "portuguese",
        "ro": "romanian",
        "ru": "russian",
        "sv": "swedish",
        "ta": "tamil",
        "tr": "turkish",
    }
)
_OTHER_SCRIPT: Final = frozenset({"ar", "el", "hi", "ne", "ru", "ta"})


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - snowballstemmer's name


def analyse(text: str, language: str = "en") -> list[str]:
    """The lexical terms of ``text``, in its order, repeated as often as they occur.

    Compatibility forms are folded (NFKC), case too. Words are stemmed (Snowball), stop words
    dropped. Numbers and codes stay whole; a compound gives itself and its parts: ``x-rays`` gives
    ``x-ray, x, ray``.

    English words in a language of another script are read as English, and Devanagari words as
    Hindi unless the language is Nepali; so an English course and a question about it in Hindi
    share the terms they have in common.

    Args:
        text: what is indexed, or a question.
        language: BCP 47 tag; the words of one without a stemmer stay as they are.
    """
    language = language.partition("-")[0].lower()
    folded = text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    terms: list[str] = []
    for surface in _TOKEN.findall(folded.casefold()):
        terms += _terms_of(surface, language)
    return terms


def terms_of(text: str) -> list[str]:
    """Gives the lexical terms of `text` in reading order, in the language of its script."""
    return analyse(text, language_by_script(text))


def languages_of(course: str, own: str | None) -> tuple[str, ...]:
    """The languages to analyse a text in: those of its course and its own, where they differ."""
    if own is None or own.partition("-")[0].lower() == course.partition("-")[0].lower():
        return (course,)
    return (course, own)


def term_frequencies(text: str, languages: Iterable[str]) -> Mapping[str, int]:
    """How often each term occurs in ``text``, read in each of the languages.

    A French text in an English course has the stems of both, so that questions in either find it;
    what is a term in both counts once.
    """
    counts = Counter[str]()
    for language in languages:
        counts |= Counter(analyse(text, language))
    return counts


@functools.lru_cache(maxsize=_SURFACE_CACHE_SIZE)
def _terms_of(surface: str, language: str) -> tuple[str, ...]:
    if _NUMBER.fullmatch(surface):
        return _terms_of_number(surface)
    if _ACRONYM.fullmatch(surface):
        return (surface.replace(".", ""),)
    if _LIST_MARKS.search(surface):
        # A comma or colon joins digits only; between words it is a missing space.
        pieces = _LIST_MARKS.split(surface)
        return tuple(term for piece in pieces for term in _terms_of(piece, language))
    whole = surface.replace("’", "'")
    parts = _PART.findall(whole)
    if parts == [whole]:
        return _terms_of_word(whole, language)
    part_terms = (term for part in parts for term in _terms_of(part, language))
    return (_stem(whole, language), *part_terms)


def _terms_of_number(surface: str) -> tuple[str, ...]:
    """``1,000`` is a thousand, ``3.14`` is one number, and ``3,14`` is two in a list."""
    if _THOUSANDS.fullmatch(surface):
        return (surface.replace(",", ""),)
    return tuple(surface.split(","))


def _terms_of_word(word: str, language: str) -> tuple[str, ...]:
    if word in STOP_WORDS.get(_language_of(word, language), ()):
        return ()
    return (_stem(word, language),)


def _language_of(word: str, language: str) -> str:
    if _DEVANAGARI.match(word):
        return "ne" if language == "ne" else "hi"
    return "en" if language in _OTHER_SCRIPT and word.isascii() else language


def _stem(word: str, language: str) -> str:
    algorithm = _SNOWBALL.get(_language_of(word, language))
    if algorithm is None or any(character.isdigit() for character in word):
        return word
    stemmer, lock = _stemmer(algorithm)
    with lock:
        return stemmer.stemWord(word)


@functools.cache
def _stemmer(algorithm: str) -> tuple[_Stemmer, threading.Lock]:
    """A stemmer keeps its word in itself, so that only one thread may use it at a time."""
    return snowballstemmer.stemmer(algorithm), threading.Lock()
