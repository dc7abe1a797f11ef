"""Where sentences begin and end, in prose that holds formulas, abbreviations and numbers."""

import itertools
import re
from typing import Final

_ABBREVIATIONS: Final = (
    "approx al ca cf dept dr e.g ed eds etc i.e inc jr ltd mr mrs ms prof resp sr st univ viz vs"
)
_ABBREVIATIONS_BEFORE_NUMBERS: Final = (
    "art ch chap eq eqs ex fig figs no nos p pp ref refs sec sect tab vol"
)
# After these a sentence may end, if the next word begins one.
_ABBREVIATIONS_AT_SENTENCE_END: Final = "al etc inc jr ltd sr"
_SENTENCE_STARTERS: Final = (
    "A An And As At Because But By Can Consider Do Does Each Every Find First For From He Hence "
    "Here How However I If In It Its Let Many Most Next No Note Now On One Or Our Show She Since "
    "So Some Such Suppose That The Their Then There Therefore These They This Those Thus To Under "
    "Use We What When Where Which While Who Why With You"
)
_BOUNDARY: Final = re.compile(
    r"""[.!?\u2026]+["'\u201d\u2019)\]*_]*(?=\s|$)   # Latin and Cyrillic
      | [\u0964\u0965\u061f\u06d4\u1362]+(?=\s|$)      # danda, Arabic and Ethiopic stops
      | [\u3002\uff01\uff1f]+["\u201d\u300d]*          # Chinese and Japanese: no space follows
      | \n(?=[ \t]*(?:[-*+\u2022]|\d{1,3}[.)])[ \t])    # a list item begins
      | \n[ \t]*\n                                     # a blank line
    """,
    re.VERBOSE,
)
# As in Pandoc's Markdown, a dollar sign opens a formula only before, and closes it only after,
# something other than a space; so that prices do not open one.
_PROTECTED: Final = re.compile(r"\$\$[^$]+\$\$|\$(?=\S)[^$\n]*(?<=\S)\$(?!\d)|`[^`\n]+`")
_LAST_WORD: Final = re.compile(r"[^\s(\[\"'\u201c\u2018]+\Z")
_NEXT_WORD: Final = re.compile(r"\s*[\"'\u201c\u2018(\[*_]*([^\s,;:.!?]+)")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LONGEST_ABBREVIATION: Final = 24


def sentence_bounds(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each sentence, without the white space around it.

    The bounds are ordered, do not overlap, and hold every character that is not white space.
    List items and what a blank line parts are sentences apart.
    """
    protected = [match.span() for match in _PROTECTED.finditer(text)]
    cuts = [0]
    next_protected = 0
    for match in _BOUNDARY.finditer(text):
        while next_protected < len(protected) and protected[next_protected][1] <= match.start():
            next_protected += 1
        is_inside = next_protected < len(protected) and protected[next_protected][0] < match.start()
        if not is_inside and _ends_sentence(text, match):
            cuts.append(match.end())
    cuts.append(len(text))
    trimmed = (_trim(text, start, end) for start, end in itertools.pairwise(cuts))
    return tuple((start, end) for start, end in trimmed if start < end)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark[0] == "\u2026" or mark.startswith(".."):
        return not _next_word(text, match.end())[:1].islower()
    if mark[0] != ".":
        return True
    return _full_stop_ends_sentence(text, match.start(), match.end())


def _full_stop_ends_sentence(text: str, stop: int, after: int) -> bool:
    following = _next_word(text, after)
    if following[:1].islower():
        return False
    window = text[max(0, stop - _LONGEST_ABBREVIATION) : stop]
    found = _LAST_WORD.search(window)
    word = found.group() if found else ""
    if word.isdigit() and _begins_line(text, stop - len(word)):
        return False  # the number of a list item
    if word.lower() in _ABBREVIATIONS_BEFORE_NUMBERS.split():
        return not following[:1].isdigit()
    if word.lower() in _ABBREVIATIONS.split():
        return _may_end_sentence(word, following)
    if _INITIALS.fullmatch(word) and (word.isupper() or "." in word):
        return not following or _starts_sentence(following)
    return True


def _may_end_sentence(word: str, following: str) -> bool:
    return word.lower() in _ABBREVIATIONS_AT_SENTENCE_END.split() and _starts_sentence(following)


def _starts_sentence(word: str) -> bool:
    return word in _SENTENCE_STARTERS.split()


def _next_word(text: str, position: int) -> str:
    found = _NEXT_WORD.match(text, position)
    return found.group(1) if found else ""


def _begins_line(text: str, position: int) -> bool:
    line_start = text.rfind("\n", 0, position) + 1
    return not text[line_start:position].strip()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
