"""Formulas as trees: what the grammar of learners' input gives and the algebra compares."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, assert_never

Operator = Literal["+", "-", "*", "/", "^"]

FUNCTIONS: Final = frozenset(
    {
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
        *("exp", "ln", "log", "sqrt", "abs"),
    }
)
"""Functions that a formula may call; `ln` is natural, `log` to the base ten."""

CONSTANTS: Final = frozenset({"pi", "e"})
"""Names that stand for a number unless the question has a variable of that name."""


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number, as it was written: `0.5`."""

    text: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable, or a constant where no variable has its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one argument."""

    function: str
    argument: "Formula"


@dataclass(frozen=True, slots=True)
class Operation:
    """Two formulas joined; a negated one is `0 - x`."""

    operator: Operator
    left: "Formula"
    right: "Formula"


Formula = Number | Symbol | Call | Operation


def nodes_of(formula: Formula) -> Iterator[Formula]:
    """Every node of the tree."""
    waiting: list[Formula] = [formula]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case Call():
                waiting.append(node.argument)
            case Operation():
                waiting += (node.left, node.right)
            case Number() | Symbol():
                pass
            case _:
                assert_never(node)


def symbols_of(formula: Formula) -> set[str]:
    """The names that a formula uses, constants included."""
    return {node.name for node in nodes_of(formula) if isinstance(node, Symbol)}


def plain_of(formula: Formula) -> list[Any]:
    """A formula as nested lists, to be sent to another process."""
    match formula:
        case Number(text):
            return ["number", text]
        case Symbol(name):
            return ["symbol", name]
        case Call(function, argument):
            return ["call", function, plain_of(argument)]
        case Operation(operator, left, right):
            return ["operation", operator, plain_of(left), plain_of(right)]
    assert_never(formula)
