"""The process that compares formulas for another: `python -m pedagogy.grading.algebra_process`.

Each line of standard input is a pair of formulas as nested lists, with the names of its variables
and whether a proof is wanted. The answer is a line `{"points"}` and, where the points agree and a
proof is wanted, another `{"proved"}`. Sympy and mpmath are given nodes of our own grammar, never
text. It may be killed at any time.
"""

import json
import operator
import os
import random
import resource
import sys
from typing import Any, Final, Literal

import mpmath
import sympy

DIGITS: Final = 50
_AGREEING_DIGITS: Final = 30
_POINTS: Final = 48
_ENOUGH_POINTS: Final = 6
_MAX_MAGNITUDE: Final = 400
"""Decimal exponents beyond this make a point undefined, so that no evaluation grows."""

PointsVerdict = Literal["agree", "differ", "undecided"]

_ARITHMETIC: Final = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_MPMATH: Final = {
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "exp": mpmath.exp,
    "ln": mpmath.log,
    "log": mpmath.log10,
    "sqrt": mpmath.sqrt,
    "abs": abs,
}
_SYMPY: Final = {
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": sympy.asin,
    "acos": sympy.acos,
    "atan": sympy.atan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "exp": sympy.exp,
    "ln": sympy.log,
    "log": lambda x: sympy.log(x) / sympy.log(10),
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
}


class _UndefinedError(ArithmeticError):
    """A formula has no value at a point, or one too large to be of use."""


def main(memory_bytes: int) -> int:
    """Compare pairs until there are no more.

    Args:
        memory_bytes: Address space this process may have.

    Returns:
        The exit status.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    mpmath.mp.dps = DIGITS
    # Whatever a library prints must not come between the answers.
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        for line in sys.stdin:
            pair = json.loads(line)
            points = compare_at_points(pair["left"], pair["right"], pair["variables"])
            print(json.dumps({"points": points}), file=answers, flush=True)
            if points == "agree" and pair["is_to_prove"]:
                is_proved = is_proved_equal(pair["left"], pair["right"], pair["variables"])
                print(json.dumps({"proved": is_proved}), file=answers, flush=True)
    return 0


def compare_at_points(left: list[Any], right: list[Any], variables: list[str]) -> PointsVerdict:
    """How two formulas compare at points drawn by a fixed seed, where both are real.

    Two different formulas of this grammar agree at a point drawn at random with a probability
    that vanishes with the digits compared.

    Source: J. T. Schwartz, "Fast Probabilistic Algorithms for Verification of Polynomial
    Identities", Journal of the ACM 27(4), 1980.
    """
    drawn = random.Random(1980)  # noqa: S311 (points, not secrets)
    agreeing = 0
    for at in range(_POINTS if variables else 1):
        # Half of the points have positive values only, where roots and logarithms are real.
        low = 0.25 if at % 2 else -4.0
        point = {name: mpmath.mpf(drawn.uniform(low, 4.0)) for name in variables}
        try:
            here, there = _value(left, point), _value(right, point)
        except (ArithmeticError, ValueError):
            continue
        if not (_is_real(here) and _is_real(there)):
            continue
        if not _agree(here, there):
            return "differ"
        agreeing += 1
    return "agree" if agreeing >= (_ENOUGH_POINTS if variables else 1) else "undecided"


def is_proved_equal(left: list[Any], right: list[Any], variables: list[str]) -> bool:
    """Whether sympy simplifies the difference to zero; it may take for ever."""
    symbols = {name: sympy.Symbol(name, real=True) for name in variables}
    difference = _expression(left, symbols) - _expression(right, symbols)
    return bool(sympy.simplify(difference) == 0)


def _value(node: list[Any], point: dict[str, mpmath.mpc]) -> mpmath.mpc:
    match node:
        case ["number", text]:
            value = mpmath.mpf(text)
        case ["symbol", name]:
            value = point[name] if name in point else _constant(name)
        case ["call", function, argument]:
            value = _called(function, _value(argument, point))
        case ["operation", sign, left, right]:
            here, there = _value(left, point), _value(right, point)
            value = _raised(here, there) if sign == "^" else _ARITHMETIC[sign](here, there)
        case _:
            raise ValueError(node)
    if not mpmath.isfinite(value) or abs(value) > mpmath.mpf(10) ** _MAX_MAGNITUDE:
        raise _UndefinedError
    return value


def _constant(name: str) -> mpmath.mpc:
    return {"pi": +mpmath.pi, "e": +mpmath.e}[name]


def _called(function: str, argument: mpmath.mpc) -> mpmath.mpc:
    if function in {"exp", "sinh", "cosh"} and abs(argument) > 2 * _MAX_MAGNITUDE:
        raise _UndefinedError
    if function in {"ln", "log"} and argument == 0:
        raise _UndefinedError
    return _MPMATH[function](argument)


def _raised(base: mpmath.mpc, exponent: mpmath.mpc) -> mpmath.mpc:
    if base == 0:
        if not _is_real(exponent) or mpmath.re(exponent) <= 0:
            raise _UndefinedError
        return mpmath.mpf(0)
    if abs(exponent * mpmath.log(abs(base))) > 2 * _MAX_MAGNITUDE:
        raise _UndefinedError
    return mpmath.power(base, exponent)


def _is_real(value: mpmath.mpc) -> bool:
    return bool(abs(mpmath.im(value)) <= mpmath.mpf(10) ** -_AGREEING_DIGITS * (1 + abs(value)))


def _agree(here: mpmath.mpc, there: mpmath.mpc) -> bool:
    allowed = mpmath.mpf(10) ** -_AGREEING_DIGITS * max(1, abs(here), abs(there))
    return bool(abs(here - there) <= allowed)


def _expression(node: list[Any], symbols: dict[str, sympy.Expr]) -> sympy.Expr:
    match node:
        case ["number", text]:
            return sympy.Rational(text)
        case ["symbol", name]:
            return symbols[name] if name in symbols else {"pi": sympy.pi, "e": sympy.E}[name]
        case ["call", function, argument]:
            return _SYMPY[function](_expression(argument, symbols))
        case ["operation", sign, left, right]:
            here, there = _expression(left, symbols), _expression(right, symbols)
            return here**there if sign == "^" else _ARITHMETIC[sign](here, there)
        case _:
            raise ValueError(node)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
