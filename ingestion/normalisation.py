"""Text as it is stored: one Unicode form, one kind of line end, nothing invisible."""

import re
import unicodedata
from typing import Final

# C0 and C1 controls but tab and newline, soft hyphen, zero-width space, byte order mark,
# bidirectional overrides (they can make a quote read differently from what it says),
# and the noncharacters U+FFFE and U+FFFF.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060\ufeff\ufffe\uffff]"
)
_LINE_END: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_FIXED_SPACE: Final = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_TRAILING_SPACE: Final = re.compile(r"[ \t]+(?=\n|\Z)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def normalise(text: str) -> str:
    """Text in Unicode normal form C, without control characters or spaces at line ends.

    A lone surrogate, which no UTF-8 file or database can hold, becomes U+FFFD.
    """
    text = _LINE_END.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _SURROGATE.sub("\ufffd", text)
    text = _FIXED_SPACE.sub(" ", text)
    return _TRAILING_SPACE.sub("", unicodedata.normalize("NFC", text))


def on_one_line(text: str) -> str:
    """Normalised text with every run of white space made one space."""
    return " ".join(normalise(text).split())
