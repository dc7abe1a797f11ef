"""Values of formulas in plain floating point: quick, bounded, never raising."""

import cmath
import math
from collections.abc import Callable, Mapping
from typing import Final

from pedagogy.grading.formulas import Call, Formula, Number, Operation, Symbol

_FUNCTIONS: Final[dict[str, Callable[[complex], complex]]] = {
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "asin": cmath.asin,
    "acos": cmath.acos,
    "atan": cmath.atan,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
    "exp": cmath.exp,
    "ln": cmath.log,
    "log": cmath.log10,
    "sqrt": cmath.sqrt,
    "abs": abs,
}
_CONSTANTS: Final = {"pi": math.pi, "e": math.e}


def value_of(formula: Formula, values: Mapping[str, float]) -> float | None:
    """The value of a formula where its symbols have values; None where it is no real number."""
    try:
        value = _value(formula, values)
    except (ArithmeticError, ValueError, KeyError):
        return None
    is_real = abs(value.imag) <= 1e-9 * (1 + abs(value))
    return value.real if is_real and math.isfinite(value.real) else None


def _value(formula: Formula, values: Mapping[str, float]) -> complex:
    match formula:
        case Number(text):
            return complex(float(text))
        case Symbol(name):
            return complex(values[name] if name in values else _CONSTANTS[name])
        case Call(function, argument):
            return complex(_FUNCTIONS[function](_value(argument, values)))
        case Operation(operator, left, right):
            here, there = _value(left, values), _value(right, values)
            match operator:
                case "+":
                    return here + there
                case "-":
                    return here - there
                case "*":
                    return here * there
                case "/":
                    return here / there
                case "^":
                    return complex(here**there)
