"""Whether a text gives a formula away, in whatever form: as signs, LaTeX, code or in words."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from pedagogy.grading.errors import UnreadableAnswerError
from pedagogy.grading.formula_parsing import parse_formula
from pedagogy.grading.formula_tokens import MAX_FORMULA_CHARACTERS, canonical_name
from pedagogy.grading.formulas import (
    CONSTANTS,
    FUNCTIONS,
    Formula,
    Operation,
    nodes_of,
    symbols_of,
)
from pedagogy.grading.latex import is_latex, plain_formula
from pedagogy.grading.numbers import plain_signs
from pedagogy.modes.formula_values import value_of
from pedagogy.modes.spoken_mathematics import with_digits, with_signs

_POINTS: Final = tuple(
    tuple(0.37 + ((place * 0.618 + number * 0.414) % 1.0) * 2.3 for number in range(12))
    for place in range(7)
)
_ENOUGH_POINTS: Final = 3
_LONGEST_RUN: Final = 24
_MARKED: Final = re.compile(r"\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]|`([^`]+)`", re.DOTALL)
_TOKEN: Final = re.compile(
    r"[^\W\d_]+\d*(?:_[^\W_]+)?|\d+(?:\.\d+)?|\*\*|[-+*/^()=√]|[^\s\w]", re.DOTALL
)
_FILLERS: Final = frozenset({"the", "of", "it", "by", "then", "take", "result", "that", "and"})
_QUANTITIES: Final = {
    "mass": "m",
    "speed": "v",
    "velocity": "v",
    "gravity": "g",
    "height": "h",
    "force": "F",
    "acceleration": "a",
    "time": "t",
    "distance": "s",
    "displacement": "x",
    "stiffness": "k",
    "length": "L",
    "voltage": "V",
    "volume": "V",
    "current": "I",
    "resistance": "R",
    "charge": "q",
    "radius": "r",
    "density": "rho",
    "wavelength": "lambda",
    "frequency": "f",
    "temperature": "T",
    "pressure": "p",
    "amplitude": "A",
}
"""What learners' books call the usual symbols; a question's own letters decide."""


def formula_leak(text: str, stem: str, key: Formula, variables: Sequence[str]) -> str:
    """The words of the text that give the formula away; empty where none do.

    Formulas are compared at points, as grading does, and a constant multiple of the key counts
    as the key: a false alarm costs a hint, a miss the exercise.
    """
    shown = {words for words, _ in _candidates(stem, variables)}
    target = _Target(key, variables)
    for words, sides in _candidates(text, variables):
        if words not in shown and target.is_told_by(sides):
            return words
    return ""


class _Target:
    """The key, with its values at the points."""

    def __init__(self, key: Formula, variables: Sequence[str]) -> None:
        names = sorted({*variables, *symbols_of(key)} - CONSTANTS)
        self._places = [dict(zip(names, point, strict=False)) for point in _POINTS]
        self._values = [value_of(key, place) for place in self._places]
        self._names = set(names)

    def is_told_by(self, sides: Sequence[Formula]) -> bool:
        """Whether one side is the key, or both make an equation that the key solves."""
        if any(self._is_multiple(side) for side in sides):
            return True
        return any(self._solves(left, right) for left, right in itertools.pairwise(sides))

    def _is_multiple(self, formula: Formula) -> bool:
        is_simple = not any(isinstance(node, Operation) for node in nodes_of(formula))
        if is_simple or not symbols_of(formula) - CONSTANTS <= self._names:
            return False
        ratios = [
            there / here
            for place, here in zip(self._places, self._values, strict=True)
            if here and (there := value_of(formula, place))
        ]
        return _are_alike(ratios)

    def _solves(self, left: Formula, right: Formula) -> bool:
        """Whether an equation in one unknown holds where the unknown is the key."""
        unknown = (symbols_of(left) | symbols_of(right)) - CONSTANTS - self._names
        if len(unknown) != 1:
            return False
        (name,) = unknown
        agreeing = 0
        for place, here in zip(self._places, self._values, strict=True):
            if here is None:
                continue
            values = {**place, name: here}
            one, other = value_of(left, values), value_of(right, values)
            if one is None or other is None:
                continue
            if abs(one - other) > 1e-7 * (abs(one) + abs(other)):
                return False
            agreeing += 1
        return agreeing >= _ENOUGH_POINTS


def _are_alike(ratios: Sequence[float]) -> bool:
    if len(ratios) < _ENOUGH_POINTS:
        return False
    return max(ratios) - min(ratios) <= 1e-7 * abs(max(ratios, key=abs))


def _candidates(text: str, variables: Sequence[str]) -> Iterator[tuple[str, list[Formula]]]:
    """Pieces of the text that read as formulas, an equation as its sides."""
    names = {canonical_name(name) for name in variables}
    for found in _MARKED.finditer(text):
        marked = next(group for group in found.groups() if group)
        yield from _parsed(marked, names)
    for run in _runs(_plain(text), names):
        yield from _parsed_windows(run, names)


def _plain(text: str) -> str:
    """A text with LaTeX and words of arithmetic as signs."""
    plain = text
    if is_latex(text):
        try:
            plain = plain_formula(text.replace("$", " "))
        except UnreadableAnswerError:
            plain = text
    return plain_signs(with_signs(with_digits(plain)))


def _runs(text: str, names: set[str]) -> Iterator[list[str]]:
    """Stretches of tokens that may be formulas: whole sentences, and the text as one stream."""
    run: list[str] = []
    stream: list[str] = []
    for token in _TOKEN.findall(text):
        piece = _piece(token, names)
        if piece is None:
            if token.casefold() not in _FILLERS and run:
                yield run
                run = []
            continue
        run.append(piece)
        stream.append(piece)
    if run:
        yield run
    if len(stream) <= _LONGEST_RUN:
        yield stream


def _piece(token: str, names: set[str]) -> str | None:
    """A token as a formula has it; None where it is no part of one."""
    if not token[0].isalpha() and token[0] != "√":
        return token if token in {"**", *"-+*/^()="} or token[0].isdigit() else None
    if token in {"√", *FUNCTIONS, *CONSTANTS}:
        return token
    name = canonical_name(token)
    if name in names or len(name) == 1:
        return name
    called = _QUANTITIES.get(token.casefold())
    if called in names:
        return called
    rest = name
    for known in sorted(names, key=len, reverse=True):
        rest = rest.replace(known, "")
    return token if not rest else None


def _parsed_windows(run: list[str], names: set[str]) -> Iterator[tuple[str, list[Formula]]]:
    """A run, else whatever part of it reads as a formula."""
    if len(run) > _LONGEST_RUN:
        halves = (run[:_LONGEST_RUN], run[-_LONGEST_RUN:])
        for half in halves:
            yield from _parsed_windows(half, names)
        return
    for start in range(len(run)):
        for end in range(len(run), start + 1, -1):
            yield from _parsed(" ".join(run[start:end]), names)


def _parsed(text: str, names: set[str]) -> Iterator[tuple[str, list[Formula]]]:
    if len(text) > MAX_FORMULA_CHARACTERS:
        return
    unknown = {name for name in re.findall(r"\b[^\W\d_]\b", text) if canonical_name(name)}
    try:
        sides = [
            parse_formula(side, {*names, *unknown} - CONSTANTS | (names & CONSTANTS))
            for side in text.split("=")
            if side.strip()
        ]
    except UnreadableAnswerError:
        return
    if sides:
        yield text, sides
