"""Takes invented citations out of an answer while it streams."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from ai.answering.citation_markers import MARKER, UNFINISHED_MARKER, cited_numbers

_TOKEN = re.compile(
    rf"""
      (?P<escape>\\.)
    | (?P<ticks>`+)
    | (?P<dollars>\$\$?)
    | (?P<newline>\n)
    | (?P<marker>{MARKER.pattern})
    | (?P<words>[^\\`$\n\[ \t]+(?:[ \t]+[^\\`$\n\[ \t]+)*)
    | (?P<other>[ \t]+|\[|\\)
    """,
    re.VERBOSE | re.DOTALL,
)
# What a longer text could read otherwise when it stands at the end of what has come.
_UNDECIDED_AT_END = frozenset({"ticks", "dollars", "marker"})
_LAST_WORD = re.compile(r"\\?\w+\Z")
_MAY_PRECEDE_FORMULA = re.compile(r"(?:\A|[\s(\[*_\"'“‘:=–—-])\Z")
_MAY_BEGIN_FORMULA = re.compile(r"[^\s\d.,;:!?)]")
_TAIL_CHARACTERS = 48
_SHORTEST_PROSE_WORD = 3
_FENCE = 3


@dataclass(frozen=True, slots=True)
class FoundMarker:
    """A marker in the released text.

    Attributes:
        char_start: Where its bracket opens, in code points of the released text.
        char_end: After its closing bracket.
        numbers: The sources it names, all of them known.
    """

    char_start: int
    char_end: int
    numbers: tuple[int, ...]


class MarkerFilter:
    """Releases an answer without the markers that name no source, and notes the others.

    What may still become a marker is held back until it is decided, nothing else. How the text
    is cut into deltas makes no difference to what is released in total, nor to `markers`.

    - An invented marker goes, with the blanks before it; of `[1, 7]` only `[1]` stays.
    - In code and formulas brackets are left alone.
    - `values[2]` may be a citation or an index: where source 2 is known it counts as a citation,
      else it stays as it is. After one or two letters, or a name with digits or underscores, it
      is an index.

    Attributes:
        markers: The markers released so far, in order.
    """

    def __init__(self, known: Collection[int]) -> None:
        self.markers: list[FoundMarker] = []
        self._known = frozenset(known)
        self._held = ""
        self._tail = ""
        self._length = 0
        self._code_ticks = 0
        self._formula = ""
        self._follows_marker = False
        self._dropped_blanks = ""

    def feed(self, delta: str) -> str:
        """Takes the next piece of the answer and gives what can be released."""
        return self._read(delta, is_last=False)

    def close(self) -> str:
        """Gives what was held back; the answer ends here."""
        return self._read("", is_last=True)

    def _read(self, delta: str, *, is_last: bool) -> str:
        text = self._held + delta
        already, released, position = self._length, "", 0
        for token in _TOKEN.finditer(text):
            if not is_last and _is_undecided(text, token):
                break
            piece = self._say(token, text)
            released += piece
            self._length = already + len(released)
            self._tail = (self._tail + piece)[-_TAIL_CHARACTERS:]
            position = token.end()
        self._held = text[position:]
        return released

    def _say(self, token: re.Match[str], text: str) -> str:
        """Gives the token as it is released, and keeps track of code and formulas."""
        kind = token.lastgroup
        if kind == "marker" and not self._code_ticks and not self._formula:
            return self._say_marker(token)
        if kind == "ticks":
            self._open_or_close_code(len(token[0]))
        elif kind == "dollars" and not self._code_ticks:
            self._open_or_close_formula(token[0], text[token.end() : token.end() + 1])
        elif kind == "newline":
            self._end_line()
        self._follows_marker = False
        self._dropped_blanks = ""
        return token[0]

    def _say_marker(self, token: re.Match[str]) -> str:
        bracket = token[0].lstrip(" \t")
        blanks = token[0][: -len(bracket)]
        listing = bracket[1:-1]
        known = tuple(n for n in cited_numbers(listing) if n in self._known)
        is_whole = len(known) == len(cited_numbers(listing))
        if not blanks and not self._follows_marker and self._is_index(is_whole=is_whole):
            return token[0]
        blanks = blanks or self._dropped_blanks
        self._follows_marker = True
        if not known:
            self._dropped_blanks = blanks
            return ""
        self._dropped_blanks = ""
        said = bracket if is_whole else f"[{', '.join(map(str, known))}]"
        start = self._length + len(blanks)
        self.markers.append(FoundMarker(start, start + len(said), known))
        return blanks + said

    def _is_index(self, *, is_whole: bool) -> bool:
        """Whether a bracket right after the released text is an index and no citation."""
        if self._tail.endswith("]"):
            return True
        word = _LAST_WORD.search(self._tail)
        if word is None:
            return False
        return not (is_whole and len(word[0]) >= _SHORTEST_PROSE_WORD and word[0].isalpha())

    def _open_or_close_code(self, ticks: int) -> None:
        if not self._code_ticks:
            self._code_ticks = ticks
        elif self._code_ticks == ticks:
            self._code_ticks = 0

    def _open_or_close_formula(self, dollars: str, following: str) -> None:
        """A formula opens after a blank or a bracket, and before no digit: `$5` is a price."""
        may_open = dollars == "$$" or (
            _MAY_BEGIN_FORMULA.match(following) and _MAY_PRECEDE_FORMULA.search(self._tail)
        )
        self._formula = dollars if may_open and not self._formula else ""

    def _end_line(self) -> None:
        """Inline code and formulas end with their line at the latest."""
        if self._code_ticks < _FENCE:
            self._code_ticks = 0
        if self._formula == "$":
            self._formula = ""


def _is_undecided(text: str, token: re.Match[str]) -> bool:
    if token.lastgroup == "other" and UNFINISHED_MARKER.match(text, token.start()):
        return True
    if token.end() < len(text):
        return False
    return token.lastgroup in _UNDECIDED_AT_END or token[0] == "\\"
