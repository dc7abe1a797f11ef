"""Units of measurement: a grammar of our own for products of named units, with pint's meanings.

pint's own parser evaluates arithmetic of any size, so it is given single names only. It takes
12 MB, so it is loaded by the first unit that is read.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from pedagogy.grading.errors import UnreadableAnswerError
from pedagogy.grading.numbers import plain_signs

if TYPE_CHECKING:
    import pint
    from pint.facets.plain import PlainUnit

_MAX_UNIT_CHARACTERS: Final = 80
_MAX_POWER: Final = 12
_WRITTEN_OUT: Final = 4
_PIECE: Final = re.compile(
    r"\s*(?:(?P<name>[^\W\d_]+(?:_[^\W\d]+)*|%|°\s?[CFK]?|℃|℉)"
    r"|(?P<power>(?:\^|\*\*)\s*\(?\s*[+-]?\d+\s*\)?|(?<=[^\W\d_])-?\d)"
    r"|(?P<sign>[*/()])|(?P<one>1))"
)
_SPELLINGS: Final = {
    "°C": "degC",
    "℃": "degC",
    "°F": "degF",
    "℉": "degF",
    "°K": "kelvin",
    "°": "degree",
    "%": "percent",
    "Ω": "ohm",
    "Å": "angstrom",
    "sec": "second",
    "secs": "second",
    "mins": "minute",
    "hrs": "hour",
    "kmph": "kilometer_per_hour",
    "mph": "mile_per_hour",
    "mps": "meter_per_second",
    "celsius": "degC",
    "Celsius": "degC",
    "fahrenheit": "degF",
}


@functools.cache
def registry() -> pint.UnitRegistry[float]:
    """The units of pint, read from its definitions once (about 0.4 s)."""
    import pint

    return pint.UnitRegistry(cache_folder=None, autoconvert_offset_to_baseunit=True)


@functools.lru_cache(maxsize=1024)
def read_unit(text: str) -> PlainUnit:
    """The unit that a text such as `m/s^2`, `kg·m/s²` or `km per hour` names.

    Raises:
        UnreadableAnswerError: It names none that is known, or is not a product of units.
    """
    if len(text) > _MAX_UNIT_CHARACTERS:
        raise UnreadableAnswerError(f"A unit has at most {_MAX_UNIT_CHARACTERS} characters.")
    plain = re.sub(r"\bper\b", "/", plain_signs(text))
    return _UnitReader(plain).unit()


def converted(value: float, unit: PlainUnit, into: PlainUnit) -> float | None:
    """A value in another unit; None where they measure different things."""
    import pint

    try:
        quantity = registry().Quantity(value, unit).to(into)
    except (pint.DimensionalityError, pint.OffsetUnitCalculusError):
        return None
    return float(quantity.magnitude)


class _UnitReader:
    """Reads `unit = factor (('*' | '/' | nothing) factor)*` with groups in brackets."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces = _pieces_of(text)
        self._at = 0

    def unit(self) -> PlainUnit:
        """The unit of the whole text."""
        unit = self._product()
        if self._at < len(self._pieces):
            raise self._unreadable()
        return unit

    def _product(self) -> PlainUnit:
        unit = self._powered()
        while (piece := self._piece()) not in ("", ")"):
            self._at += piece in ("*", "/")
            factor = self._powered()
            unit = unit / factor if piece == "/" else unit * factor
        return unit

    def _powered(self) -> PlainUnit:
        unit = self._factor()
        if re.fullmatch(r"(\^|\*\*)?\(?[+-]?\d+\)?", piece := self._piece()):
            power = int(re.sub(r"[()^*]", "", piece))
            if abs(power) > _MAX_POWER:
                raise UnreadableAnswerError(f"The power {power} of a unit is beyond {_MAX_POWER}.")
            self._at += 1
            unit = unit**power
        return unit

    def _factor(self) -> PlainUnit:
        piece = self._piece()
        self._at += 1
        if piece == "1":
            return registry().Unit("dimensionless")
        if piece == "(":
            inner = self._product()
            if self._piece() != ")":
                raise self._unreadable()
            self._at += 1
            return inner
        if not piece or piece in "*/)" or piece[0] in "^+-0123456789":
            raise self._unreadable()
        return _named(piece)

    def _piece(self) -> str:
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def _unreadable(self) -> UnreadableAnswerError:
        return UnreadableAnswerError(
            f"{self._text[:40]!r} is not a unit that can be read; write it like m/s^2."
        )


def _pieces_of(text: str) -> list[str]:
    pieces, at = [], 0
    stripped = text.rstrip(" .")
    while at < len(stripped):
        found = _PIECE.match(stripped, at)
        if found is None:
            raise UnreadableAnswerError(
                f"{stripped[at : at + 20]!r} cannot be read as a unit; write it like m/s^2."
            )
        pieces.append(re.sub(r"\s", "", found.group()))
        at = found.end()
    return pieces


def _named(name: str) -> PlainUnit:
    known = _SPELLINGS.get(name, name)
    # "MW" and "mW" are two units; only a name written out may begin with a capital.
    for candidate in (known, known.lower()) if len(known) >= _WRITTEN_OUT else (known,):
        try:
            return registry().Unit(candidate)
        except (AttributeError, ValueError):  # pint's undefined units are attribute errors
            continue
    raise UnreadableAnswerError(f"{name[:40]!r} is not a unit that is known; check its spelling.")
