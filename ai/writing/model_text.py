"""Makes the texts of a chat model fit to be kept: bounded, without markers, tags, control signs."""

import re
import unicodedata
from typing import Final

from ai.answering.citation_markers import MARKER

LINE: Final = 480
TEXT: Final = 8_000

_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_KEPT_AS_IS: Final = re.compile(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_ESCAPED_LINK: Final = re.compile(r"\]\(\s*(?:javascript|data|vbscript):[^)]*\)", re.IGNORECASE)


def markdown(text: str, most: int = TEXT) -> str:
    """Markdown without citation markers and HTML; code and formulas stay as they are."""
    text = unicodedata.normalize("NFC", _CONTROL.sub("", text))
    pieces: list[str] = []
    end = 0
    for found in _KEPT_AS_IS.finditer(text):
        pieces += [_prose(text[end : found.start()]), found[0]]
        end = found.end()
    pieces.append(_prose(text[end:]))
    return _cut("".join(pieces).strip(), most)


def line(text: str, most: int = LINE) -> str:
    """The same on one line."""
    return _cut(" ".join(markdown(text).split()), most)


def lines(texts: list[str], most: int) -> list[str]:
    """At most so many lines, none of them empty, each once."""
    return list(dict.fromkeys(found for each in texts if (found := line(each))))[:most]


def _prose(text: str) -> str:
    return _ESCAPED_LINK.sub("]", _TAG.sub("", MARKER.sub("", text)))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip() + " …"
