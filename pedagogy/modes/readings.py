"""What a text may say to whoever knows how to read it: encoded, reversed, spelled out."""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from pedagogy.grading.numbers import plain_signs

MAX_REPLY_CHARACTERS: Final = 20_000
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{6,}={0,2}")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}[\s:]?){3,}")
_BITS: Final = re.compile(r"(?:[01]{7,8}\s*){2,}")
_CODES: Final = re.compile(r"(?:\b\d{2,3}\b[\s,;-]+){2,}\d{2,3}\b")
_MORSE: Final = re.compile(r"(?:[.\-·−]{1,6}[\s/|]+){2,}[.\-·−]{1,6}")
_UNSEEN: Final = {"Cf", "Cc", "Me"}
_LEET: Final = str.maketrans("013457@$", "oieastas")
_MORSE_CODES: Final = (
    ".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--",
    "-.", "---", ".--.", "--.-", ".-.", "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..",
    "-----", ".----", "..---", "...--", "....-", ".....", "-....", "--...", "---..", "----.",
)  # fmt: skip
_MORSE_LETTERS: Final = dict(zip(_MORSE_CODES, "abcdefghijklmnopqrstuvwxyz0123456789", strict=True))


def readings(text: str) -> list[str]:
    """The text as it is seen, and what it decodes to; each once, the plain one first."""
    seen = visible(text[:MAX_REPLY_CHARACTERS])
    found = [seen, codecs.decode(seen, "rot13"), seen[::-1], *_decoded(seen)]
    leet = seen.translate(_LEET)
    return list(dict.fromkeys([*found, leet]))


def visible(text: str) -> str:
    """A text without characters that cannot be seen, its signs and digits plain."""
    plain = "".join(
        c
        for c in text
        if c in "\n\t" or not ("\ufe00" <= c <= "\ufe0f" or unicodedata.category(c) in _UNSEEN)
    )
    return "".join(_plain_digit(character) for character in plain_signs(plain))


def initials(text: str) -> str:
    """The first letters of all words, in order, with those of lines after them."""
    words = "".join(word[0] for word in re.findall(r"[^\W\d_]+", text))
    lines = "".join(line.strip(" *-•0123456789.)")[:1] for line in text.splitlines())
    return f"{words} {lines}".casefold()


def squeezed(text: str) -> str:
    """Letters and digits only, without what stands between them."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _plain_digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)


def _decoded(text: str) -> Iterator[str]:
    for found in _BASE64.findall(text):
        yield from _of_bytes(_base64_bytes(found))
    for found in _HEX.findall(text):
        yield from _of_bytes(_hex_bytes(found))
    for found in _BITS.findall(text):
        yield from _of_bytes(bytes(int(bits, 2) % 256 for bits in re.findall(r"[01]{7,8}", found)))
    for found in _CODES.findall(text):
        codes = [int(code) for code in re.findall(r"\d+", found)]
        if all(32 <= code < 127 for code in codes):
            yield bytes(codes).decode("ascii")
    for found in _MORSE.findall(text):
        plain = found.replace("·", ".").replace("−", "-")
        yield "".join(_MORSE_LETTERS.get(code, "") for code in re.split(r"[\s/|]+", plain))


def _base64_bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _hex_bytes(text: str) -> bytes:
    digits = re.sub(r"[^0-9a-fA-F]", "", text)
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _of_bytes(content: bytes) -> Iterator[str]:
    text = content.decode("utf-8", errors="ignore")
    if len(text) >= 2 and text.isprintable():
        yield text
