"""Numbers with units, and signs in running text, as words."""

import re
from typing import Final

from publishing.video.latex_commands import LETTERS
from publishing.video.vocabulary import Unit, Vocabulary

_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPT: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_FACTOR: Final = re.compile(
    r"\s*(?P<separator>[/·⋅*.]|\bper\b|)\s*(?P<symbol>°?[A-Za-zµμΩ]+|°|%)"
    r"(?:\^?\{?(?P<power>[-−]?\d{1,2})\}?)?"
)
_NUMBER: Final = r"(?<![\w.])[-−–+]?\d[\d,]*(?:\.\d+)?"
_SPACE: Final = r"[ \u00a0\u202f]"
_UNIT: Final = r"°?[A-Za-zµμΩ]{1,4}(?:[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|\^-?\d)?"
_BETWEEN_UNITS: Final = rf"(?:{_SPACE}?[/·⋅]{_SPACE}?|{_SPACE}(?=[A-Za-zµμΩ]{{1,4}}(?:⁻|\^-)))"
_QUANTITY: Final = re.compile(
    rf"(?P<number>{_NUMBER}(?:\s*[×x·]\s*10(?:\^\{{?-?\d+\}}?|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))?)"
    rf"{_SPACE}?(?P<unit>(?:{_UNIT}|°|%)(?:{_BETWEEN_UNITS}{_UNIT}){{0,3}})(?![\w°])"
)
_LONE_UNIT: Final = re.compile(
    rf"(?<![\w/°])(?:(?:km|cm|m)/[hs]|J/kg|N/kg|{_UNIT}(?:{_BETWEEN_UNITS}{_UNIT}){{1,3}}"
    r"(?<=[⁰¹²³⁴⁵⁶⁷⁸⁹]))(?![\w/°])"
)
"""A unit without a number, if it can be nothing else: `m/s`, `kg/m³`."""
_SUBSCRIPTS: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUBSCRIPT: Final = re.compile("(?<=[A-Za-zα-ω])[₀₁₂₃₄₅₆₇₈₉]+")
_HIGHER_POWER: Final = re.compile(
    "(?P<base>[A-Za-z0-9α-ω)])(?P<power>(?![²³](?![⁰¹²³⁴⁵⁶⁷⁸⁹⁻]))[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)"
)
_LETTER_OVER_LETTER: Final = re.compile(r"(?<=\b[A-Za-z])/(?=[A-Za-z]\b)")
_GREEK: Final = re.compile("(?<![α-ωΑ-Ω])[α-ωΓΔΘΛΞΠΣΦΨΩ](?![α-ωΑ-Ω])")
_POWER_OF_TEN: Final = re.compile(
    rf"(?P<number>{_NUMBER})\s*[×x·]\s*10(?:\^\{{?(?P<power>-?\d+)\}}?|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))"
)


def quantities_in_words(text: str, words: Vocabulary) -> str:
    """Running text with the units of its numbers, its powers of ten and its signs as words.

    Numbers themselves stay digits: voices of every language read them well.
    """
    text = _QUANTITY.sub(lambda found: _quantity(found, words), text)
    text = _LONE_UNIT.sub(
        lambda found: unit_in_words(found[0], words, is_one=True) or found[0], text
    )
    text = _POWER_OF_TEN.sub(lambda found: _power_of_ten(found, words), text)
    text = _plain_formulas_in_words(text, words)
    for sign, word in words.text_signs.items():
        text = text.replace(sign, f" {word} ")
    return " ".join(text.split())


def unit_in_words(text: str, words: Vocabulary, *, is_one: bool = False) -> str | None:
    """The unit that `text` stands for, such as `m/s^2`; None where it stands for none.

    Args:
        text: as people and LaTeX write it, with `/` or negative powers, `·` or spaces.
        words: of the language.
        is_one: whether there is one of it.
    """
    factors = _factors(text, words)
    if not factors:
        return None
    above = [(unit, power) for unit, power in factors if power > 0]
    below = [(unit, -power) for unit, power in factors if power < 0]
    said = [
        _raised(unit, power, words, is_many=not is_one and number == len(above) - 1)
        for number, (unit, power) in enumerate(above)
    ]
    said += [words.phrase("per", unit=_raised(unit, power, words)) for unit, power in below]
    return " ".join(said)


def _plain_formulas_in_words(text: str, words: Vocabulary) -> str:
    """Formulas without LaTeX, as pages of PDF have them: `v₀²`, `L/g`, `θ`."""
    text = _SUBSCRIPT.sub(lambda found: f" {found[0].translate(_SUBSCRIPTS)}", text)
    text = _HIGHER_POWER.sub(lambda found: _higher_power(found, words), text)
    if any(sign in text for sign in "=√∝≈"):  # elsewhere it is I/O, n/a or w/o
        text = _LETTER_OVER_LETTER.sub(f" {words.signs['/']} ", text)
    return _GREEK.sub(lambda found: f" {_greek(found[0], words)} ", text)


def _higher_power(found: re.Match[str], words: Vocabulary) -> str:
    power = found["power"].translate(_SUPERSCRIPTS).replace("-", f"{words.signs['-']} ")
    return words.phrase("power", base=found["base"], power=power)


def _greek(letter: str, words: Vocabulary) -> str:
    name = LETTERS.get(letter, letter).lower()
    return words.greek.get(name, name)


def _factors(text: str, words: Vocabulary) -> list[tuple[Unit, int]]:
    text = _SUPERSCRIPT.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPTS), text.strip())
    factors: list[tuple[Unit, int]] = []
    at = 0
    while at < len(text):
        found = _FACTOR.match(text, at)
        unit = _unit(found["symbol"], words) if found else None
        if found is None or unit is None or (factors and found.end() == at):
            return []
        power = int((found["power"] or "1").replace("−", "-"))
        is_below = found["separator"] in ("/", "per")
        factors.append((unit, -power if is_below else power))
        at = found.end()
    return [(unit, power) for unit, power in factors if power != 0]


def _unit(symbol: str, words: Vocabulary) -> Unit | None:
    if (known := words.units.get(symbol)) is not None:
        return known
    prefix = words.prefixes.get(symbol[:1])
    base = words.units.get(symbol[1:])
    if prefix is None or base is None or symbol[1:] in ("min", "h", "%", "°C", "°F"):
        return None
    return Unit(prefix + base.one, prefix + base.many, base.is_length)


def _raised(unit: Unit, power: int, words: Vocabulary, *, is_many: bool = False) -> str:
    name = unit.many if is_many else unit.one
    if power == 1:
        return name
    if unit.is_length and power in (2, 3):
        return words.phrase("square" if power == 2 else "cubic", unit=name)
    known = {2: "unit squared", 3: "unit cubed"}.get(power, "unit power")
    return words.phrase(known, unit=name, power=str(power))


def _quantity(found: re.Match[str], words: Vocabulary) -> str:
    number = found["number"]
    if found["unit"] in ("°", "%"):
        sign = words.text_signs[found["unit"]]
        return f"{number} {sign}"
    unit = unit_in_words(found["unit"], words, is_one=number.strip("-−–+") == "1")
    return found[0] if unit is None else f"{number} {unit}"


def _power_of_ten(found: re.Match[str], words: Vocabulary) -> str:
    power = found["power"] or found["raised"].translate(_SUPERSCRIPTS)
    if power.startswith("-"):
        power = f"{words.signs['-']} {power[1:]}"
    raised = words.phrase("power", base="10", power=power)
    times = words.signs["\\times"]
    return f"{found['number']} {times} {raised}"
