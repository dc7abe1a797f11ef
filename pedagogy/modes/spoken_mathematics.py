"""Numbers and formulas in words, rewritten as signs: "half of m v squared" is 1/2 * m v ^2."""

import re
from typing import Final

_UNITS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS: Final = (
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_HINDI: Final = (
    "शून्य", "एक", "दो", "तीन", "चार", "पाँच", "छह", "सात", "आठ", "नौ", "दस",
)  # fmt: skip
_VALUES: Final = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * (place + 2) for place, word in enumerate(_TENS)},
    **{word: value for value, word in enumerate(_HINDI)},
    "oh": 0,
    "पांच": 5,
}
_POINTS: Final = {"point", "dot", "decimal", "comma", "दशमलव"}
_DIGITS: Final = range(10)
_SCALES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_WORD: Final = re.compile(r"[^\W\d_]+|\d+|.", re.DOTALL)

_PHRASES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), sign)
    for pattern, sign in (
        (r"\b(?:one[\s-]|a\s)?half(?:\s+of)?(?:\s+the)?\b", " 1/2 * "),
        (r"\b(?:one|a)[\s-]third(?:\s+of)?\b", " 1/3 * "),
        (r"\b(?:one|a)[\s-](?:quarter|fourth)(?:\s+of)?\b", " 1/4 * "),
        (r"\b(?:twice|double)(?:\s+the)?\b", " 2 * "),
        (r"\bsquare\s+root\s+of\b|\broot\s+of\b", " sqrt "),
        (r"\b(?:the\s+)?square\s+of\s+(?:the\s+)?(\w+)", r" \1 ^2 "),
        (r"\bproduct\s+of\s+(?:the\s+)?(\w+)\s+and\s+(?:the\s+)?(\w+)", r" \1 * \2 "),
        (r",?\s*\b(?:all\s+)?(?:squared)\b", " ^2 "),
        (r",?\s*\b(?:cubed)\b", " ^3 "),
        (r"\bto\s+the\s+power\s+(?:of\s+)?", " ^ "),
        (r",?\s*\b(?:and\s+|then\s+)?halve(?:d)?(?:\s+(?:it|that|the\s+result))?\b", " /2 "),
        (
            r",?\s*\b(?:then\s+|and\s+)?multipl(?:y|ied)(?:\s+(?:it|that))?(?:\s+(?:by|with))?\b",
            " * ",
        ),
        (r",?\s*\b(?:then\s+|and\s+)?divided?(?:\s+(?:it|that))?\s+by\b|\bover\b", " / "),
        (r"\btimes\b", " * "),
        (r"\bplus\b|\badd(?:ed\s+to)?\b", " + "),
        (r"\bminus\b|\bsubtract\b", " - "),
    )
)  # fmt: skip


def with_digits(text: str) -> str:
    """A text with its number words as digits; digits that stand apart are joined."""
    tokens: list[str] = _WORD.findall(text)
    out: list[str] = []
    at = 0
    while at < len(tokens):
        number, used = ("", 0) if tokens[at].isspace() else _number_at(tokens, at)
        out.append(number if used else tokens[at])
        at += used or 1
    return "".join(out)


def with_signs(text: str) -> str:
    """A text with its words of arithmetic as signs."""
    for pattern, sign in _PHRASES:
        text = pattern.sub(sign, text)
    return text


def joined_digits(text: str) -> str:
    """A text whose digits are joined that only spaces, dashes or a lone point part: 9 . 8 1."""
    text = re.sub(r"(?<=\d)[\s\-_(\[]*(?:dot|point|decimal)[\s\-_)\]]*(?=\d)", ".", text)
    return re.sub(r"(?<=\d)[\s_|*~\-]*([.,]?)[\s_|*~\-]*(?=\d)", r"\1", text)


def _number_at(tokens: list[str], at: int) -> tuple[str, int]:
    """The number that words from here on say, and how many tokens they are."""
    said = _SaidNumber()
    used = 0
    for place in range(at, len(tokens)):
        word = tokens[place].casefold()
        if word.isspace() or word == "-":
            continue
        if not said.takes(word):
            break
        used = place - at + 1
    return (said.text, used) if said.text else ("", 0)


class _SaidNumber:
    """A number that is said word by word."""

    def __init__(self) -> None:
        self._thousands = 0
        self._whole: int | None = None
        self._decimals: str | None = None

    @property
    def text(self) -> str:
        """Its digits; empty where nothing was said."""
        if self._whole is None:
            return ""
        whole = str(self._thousands + self._whole)
        return f"{whole}.{self._decimals}" if self._decimals else whole

    def takes(self, word: str) -> bool:
        """Whether the word goes on with the number."""
        if word in _VALUES:
            self._add(_VALUES[word])
        elif self._whole is None or self._decimals is not None:
            return False
        elif word in _POINTS:
            self._decimals = ""
        elif word == "hundred":
            self._whole *= _SCALES[word]
        elif word in _SCALES:
            self._thousands += self._whole * _SCALES[word]
            self._whole = 0
        else:
            return False
        return True

    def _add(self, value: int) -> None:
        if self._decimals is not None:
            self._decimals += str(value)
        elif not self._whole:
            self._whole = value if self._whole is None or self._thousands else int(f"0{value}")
        elif self._whole % 100 == 0 or (self._whole % 10 == 0 and value < len(_DIGITS)):
            self._whole += value
        else:
            self._whole = int(f"{self._whole}{value}")
