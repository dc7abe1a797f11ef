"""Texts made comparable: what two ways of typing the same answer have in common."""

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = {"Cf", "Cc", "Cs", "Co", "Cn"}
_KEPT_CONTROLS: Final = {
    "\t",
    "\n",
    "\r",
    "\u200c",  # joiners change words of Indic scripts
    "\u200d",
}
_ALIKE: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "–": "-",
        "—": "-",
        "−": "-",
        "‐": "-",
        "‑": "-",
    }
)
_SPACE: Final = re.compile(r"\s+")
_EDGES: Final = " .,;:!?\"'।"


def fold(text: str) -> str:
    """A text without differences of case, white space, Unicode form and closing marks.

    Accents stay: "pêche" and "péché" are two words. Characters that cannot be seen go, so that
    none can make two answers differ that look alike.
    """
    composed = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    visible = "".join(
        character
        for character in composed
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in _INVISIBLE
    )
    # Case folding may leave a form that is not composed.
    folded = unicodedata.normalize("NFKC", visible.casefold())
    return _SPACE.sub(" ", folded).strip(_EDGES)
