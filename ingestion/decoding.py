"""Bytes to text, whatever encoding the author's editor used."""

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

from ingestion.errors import UnknownEncodingError

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED_CHARSET: Final = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.I)
_SAMPLE_BYTES: Final = 4096
# Shorter texts give a detector too little to go on; Windows-1252 is what browsers assume.
_MIN_DETECTABLE_BYTES: Final = 256
# In UTF-16 text of any alphabetic script most code units have a high byte of 0 in markup and
# spaces alone, but Latin text has it nearly always; a third is well above what binary data shows.
_MIN_ZERO_SHARE: Final = 0.3


def utf16_variant(head: bytes) -> str | None:
    """Name of the UTF-16 encoding of text without a byte order mark, told by its zero bytes."""
    sample = head[: _SAMPLE_BYTES & ~1]
    if len(sample) < 4:
        return None
    zeros_even, zeros_odd = sample[0::2].count(0), sample[1::2].count(0)
    threshold = _MIN_ZERO_SHARE * (len(sample) // 2)
    if zeros_odd > threshold and zeros_even == 0:
        return "utf-16-le"
    if zeros_even > threshold and zeros_odd == 0:
        return "utf-16-be"
    return None


def decode(content: bytes, *, key: str) -> str:
    """Text of a file: by byte order mark, as UTF-8, as it declares itself, or by detection.

    Raises:
        UnknownEncodingError: The bytes are text in none of the encodings tried.
    """
    for encoding in _candidates(content):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    detected = from_bytes(content).best()
    if detected is None:
        raise UnknownEncodingError(key, "the text's encoding is not recognised; save it as UTF-8")
    return str(detected)


def _candidates(content: bytes) -> list[str]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return [encoding]
    if (variant := utf16_variant(content)) is not None:
        return [variant]
    declared = _DECLARED_CHARSET.search(content[:_SAMPLE_BYTES])
    encodings = ["utf-8"]
    if declared is not None:
        encodings.append(declared.group(1).decode("ascii", errors="replace"))
    if len(content) < _MIN_DETECTABLE_BYTES:
        encodings.append("cp1252")
    return encodings
