"""Numbers as learners write them: `9,81`, `1.2×10^3`, `3/4`, `1 000`, `12,50,000`."""

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from pedagogy.grading.errors import UnreadableAnswerError

MAX_NUMBER_CHARACTERS: Final = 200
_MAX_EXPONENT: Final = 300

_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUPERSCRIPT_RUN: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_SIGNS: Final = str.maketrans(
    {"−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "∙": "*", "÷": "/", "⁄": "/"}
)
_MANTISSA: Final = r"(?P<digits>\d[\d,.'’]*(?:[ \u00a0\u202f]\d{3}(?!\d)[\d,.]*)*|\.\d+)"
_MIXED_FRACTION: Final = re.compile("[0-9]\\s*[¼-¾⅐-⅞]")
_NUMBER: Final = re.compile(
    rf"(?P<sign>[+-]?)\s*{_MANTISSA}"
    r"(?:\s*(?:[eE](?P<exponent>[+-]?\d{1,4})(?![\w^])"
    r"|[*xX]\s*10\s*(?:\^|\*\*)\s*\(?(?P<power>[+-]?\d{1,4})\)?))?"
)
_FRACTION: Final = re.compile(r"\s*/\s*(?P<divisor>\d{1,15}(?:\.\d{1,15})?)(?![\w.])")
_GROUPED_BY_COMMAS: Final = re.compile(r"\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?")
_GROUPED_BY_POINTS: Final = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?")
_DECIMAL: Final = re.compile(r"\d*\.?\d+|\d+\.")


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number that was read, and what stands after it.

    Attributes:
        readings: What it may mean; two where a comma may part thousands or decimals.
        rest: What stands after it, without white space around it.
    """

    readings: tuple[float, ...]
    rest: str


def plain_signs(text: str) -> str:
    """A text with superscripts as powers and typographic signs as plain ones."""
    powered = _SUPERSCRIPT_RUN.sub(lambda run: "^" + run.group().translate(_SUPERSCRIPTS), text)
    return unicodedata.normalize("NFKC", powered.translate(_SIGNS)).translate(_SIGNS)


def read_number(text: str) -> WrittenNumber:
    """The number a text begins with.

    Raises:
        UnreadableAnswerError: It is too long, begins with no number, or is out of range.
    """
    if len(text) > MAX_NUMBER_CHARACTERS:
        raise UnreadableAnswerError(
            f"A number has at most {MAX_NUMBER_CHARACTERS} characters; this has {len(text)}."
        )
    if _MIXED_FRACTION.search(text):
        raise UnreadableAnswerError(f"Write {text[:40]!r} as a decimal, such as 1.5.")
    plain = plain_signs(text).strip()
    found = _NUMBER.match(plain)
    if found is None:
        raise UnreadableAnswerError(
            f"{text[:40]!r} does not begin with a number; write it like 9.81 or 1.2e3."
        )
    rest = plain[found.end() :]
    scale = 10.0 ** _exponent_of(found)
    if divided := _FRACTION.match(rest):
        divisor = float(divided["divisor"])
        if divisor == 0:
            raise UnreadableAnswerError("The number is divided by zero.")
        scale, rest = scale / divisor, rest[divided.end() :]
    sign = -1.0 if found["sign"] == "-" else 1.0
    readings = tuple(sign * scale * value for value in _values_of(found["digits"], text))
    if not all(math.isfinite(value) for value in readings):
        raise UnreadableAnswerError("The number is too large.")
    return WrittenNumber(readings, rest.strip())


def _exponent_of(found: re.Match[str]) -> int:
    exponent = int(found["exponent"] or found["power"] or 0)
    if abs(exponent) > _MAX_EXPONENT:
        raise UnreadableAnswerError(f"The exponent {exponent} is beyond {_MAX_EXPONENT}.")
    return exponent


def _values_of(digits: str, text: str) -> list[float]:
    bare = re.sub(r"[ \u00a0\u202f'’]", "", digits).rstrip(",")
    readings = [bare] if _DECIMAL.fullmatch(bare) else []
    if _GROUPED_BY_COMMAS.fullmatch(bare):
        readings.append(bare.replace(",", ""))
    if _GROUPED_BY_POINTS.fullmatch(bare):
        readings.append(bare.replace(".", "").replace(",", "."))
    if bare.count(",") == 1 and "." not in bare:
        readings.append(bare.replace(",", "."))
    if not readings:
        raise UnreadableAnswerError(
            f"{text[:40]!r} is not a number that can be read; write it like 1234.5."
        )
    return [float(reading) for reading in dict.fromkeys(readings)]
