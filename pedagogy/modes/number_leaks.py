"""Whether a text gives a number away: as it stands, in other units, nearly, or as arithmetic."""

import re
from collections.abc import Iterator
from typing import Final

from pedagogy.grading.errors import UnreadableAnswerError
from pedagogy.grading.formula_parsing import parse_formula
from pedagogy.grading.numbers import read_number
from pedagogy.grading.units import converted, read_unit
from pedagogy.modes.formula_values import value_of
from pedagogy.modes.spoken_mathematics import joined_digits, with_digits, with_signs

_NUMBER: Final = re.compile(
    r"[-+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:\s*(?:[eE][-+]?\d+|[x*]\s*10\s*\^\s*\(?[-+]?\d+\)?))?"
)
_UNIT_AFTER: Final = re.compile(r"\s*([^\W\d_°%][^\s.,;:!?)]*(?:\s+per\s+\w+)?|°\s?[CFK]|%)")
_ARITHMETIC: Final = re.compile(r"(?:sqrt\s*|-)?[\d(][\d.()+\-*/^\s]*[\d)]")
_ROMAN: Final = re.compile(
    r"\b(?=[IVXLCDM]{2,})M*(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b"
)
_BASED: Final = re.compile(r"\b0(?:x[0-9a-fA-F]{1,12}|b[01]{1,40}|o[0-7]{1,16})\b")
_ROMAN_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_HINT_COUNT: Final = re.compile(r"\bhint\s+\d+\s+of\s+\d+\b", re.IGNORECASE)
_NEAR_SHARE: Final = 0.02
"""A number that is off by less says as much as the answer."""
_RATIOS: Final = (-1.0, 2.0, 0.5, 3.0, 1 / 3, 4.0, 0.25, *(10.0**k for k in range(-6, 7) if k))
_SMALL: Final = 12
"""Whole numbers up to it count things; they are looked at only where they are the answer."""


def number_leak(text: str, stem: str, value: float, unit: str, tolerance: float) -> str:
    """The words of the text that give the number away; empty where none do.

    Numbers of the stem are no secret by themselves, but arithmetic with them is, where its
    result is the answer.
    """
    plain = _HINT_COUNT.sub(" ", text)
    given = {number for _, number, _ in _numbers(stem)}
    for variant in dict.fromkeys((plain, with_digits(plain), joined_digits(with_digits(plain)))):
        for words, number, rest in _numbers(variant):
            if number not in given and _tells(number, rest, value, unit, tolerance):
                return words
        for words, result in _results(with_signs(variant)):
            if _is_near(result, value, tolerance):
                return words
    for based in _BASED.findall(plain):
        if _tells(float(int(based, 0)), "", value, unit, tolerance):
            return str(based)
    for roman in _ROMAN.findall(plain):
        if roman and _is_near(_roman_value(roman), value, tolerance):
            return str(roman)
    return ""


def _numbers(text: str) -> Iterator[tuple[str, float, str]]:
    for found in _NUMBER.finditer(text):
        try:
            readings = read_number(found.group()).readings
        except UnreadableAnswerError:
            continue
        for number in readings:
            yield found.group(), number, text[found.end() : found.end() + 40]


def _tells(number: float, rest: str, value: float, unit: str, tolerance: float) -> bool:
    if _is_near(number, value, tolerance):
        return True
    is_count = number == int(number) and abs(number) <= _SMALL
    if not is_count and any(_is_near(number, ratio * value, 0.0) for ratio in _RATIOS):
        return True
    return bool(unit) and _is_same_quantity(number, rest, value, unit, tolerance)


def _is_same_quantity(number: float, rest: str, value: float, unit: str, tolerance: float) -> bool:
    found = _UNIT_AFTER.match(rest)
    if found is None:
        return False
    try:
        there = converted(number, read_unit(found[1]), read_unit(unit))
    except UnreadableAnswerError:
        return False
    return there is not None and _is_near(there, value, tolerance)


def _is_near(number: float, value: float, tolerance: float) -> bool:
    return abs(number - value) <= max(2 * tolerance, _NEAR_SHARE * abs(value), 1e-12)


def _results(text: str) -> Iterator[tuple[str, float]]:
    """Arithmetic that stands in the text, with what it comes to."""
    for found in _ARITHMETIC.finditer(text):
        run = found.group()
        if not re.search(r"\d\s*[-+*/^]\s*[\d(]|\)\s*[-+*/^]|sqrt", run):
            continue
        try:
            result = value_of(parse_formula(run, ()), {})
        except UnreadableAnswerError:
            continue
        if result is not None:
            yield run, result


def _roman_value(roman: str) -> float:
    values = [_ROMAN_VALUES[letter] for letter in roman]
    following = [*values[1:], 0]
    return float(sum(-v if v < after else v for v, after in zip(values, following, strict=True)))
