"""Characters that XML, and so most files, cannot hold."""

import re

# Source: XML 1.0, production 2 (Char).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REPLACEMENT = "\ufffd"


def legal(text: str) -> str:
    """The text with a replacement character for each one that no XML file can hold."""
    return _ILLEGAL.sub(REPLACEMENT, text)
