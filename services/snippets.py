"""Excerpts of a text that show where the words of a search stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

BEFORE_CHARACTERS = 60
EXCERPT_CHARACTERS = 240
CUT = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """An excerpt; `marks` are ranges of words that were looked for, in its code points."""

    text: str
    marks: tuple[tuple[int, int], ...]


def snippet(text: str, words: Sequence[str]) -> Snippet:
    """The part of a text around the first of the words; its beginning where none is found.

    It begins and ends between words where that is near, and with … where it is cut.
    """
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    first = pattern.search(text)
    start = _start(text, first.start() if first else 0)
    end = _end(text, start + EXCERPT_CHARACTERS)
    before = CUT if start > 0 else ""
    shown = f"{before}{text[start:end]}{CUT if end < len(text) else ''}"
    return Snippet(shown, tuple(found.span() for found in pattern.finditer(shown)))


def _start(text: str, hit: int) -> int:
    """At most `BEFORE_CHARACTERS` before the hit, after a blank if there is one on the way."""
    earliest = hit - BEFORE_CHARACTERS
    if earliest <= 0:
        return 0
    blank = re.compile(r"\s").search(text, earliest, hit)
    return blank.end() if blank else earliest


def _end(text: str, latest: int) -> int:
    """At the last blank before `latest`, unless a word is longer than the half of an excerpt."""
    if latest >= len(text):
        return len(text)
    at = max(text.rfind(" ", 0, latest), text.rfind("\n", 0, latest))
    return at if at > latest - EXCERPT_CHARACTERS // 2 else latest
