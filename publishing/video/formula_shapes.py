"""What a formula looks like to whoever says it: what is short, what a number or a function."""

from typing import Final

from publishing.video.formulas import (
    Fenced,
    Fraction,
    Grid,
    Letter,
    Node,
    Number,
    Root,
    Row,
    Scripted,
    Symbol,
    Word,
)

_FUNCTION_LETTERS: Final = frozenset("fghFGH")
_RELATIONS: Final = frozenset(
    [
        *("=", "+", "-", "−", "<", ">", "\\pm", "\\times", "\\cdot", "\\div", "\\le", "\\leq"),
        *("\\ge", "\\geq", "\\ne", "\\neq", "\\approx", "\\to"),
    ]
)


def flat(node: Node) -> list[Node]:
    """The parts of a node, rows within rows opened."""
    if isinstance(node, Row):
        return [inner for part in node.parts for inner in flat(part)]
    return [node]


def only(node: Node | None) -> Node | None:
    """The one part that a node consists of, or the node."""
    parts = flat(node) if node is not None else []
    return parts[0] if len(parts) == 1 else node


def is_short(node: Node) -> bool:
    """Whether a listener hears where it ends without being told."""
    parts = flat(node)
    if any(isinstance(part, Fraction | Grid | Root) for part in parts):
        return len(parts) == 1 and not isinstance(parts[0], Grid)
    return not any(isinstance(part, Symbol) and part.name in _RELATIONS for part in parts)


def is_numeric(node: Node | None) -> bool:
    """Whether it is a number, perhaps with a power."""
    return isinstance(node, Number) or (
        isinstance(node, Scripted) and isinstance(node.base, Number) and node.below is None
    )


def is_function(before: Node | None, part: Fenced) -> bool:
    """Whether brackets after a letter hold what it is a function of."""
    base = only(before.base) if isinstance(before, Scripted) else before
    if isinstance(base, Word):
        return False
    if not isinstance(base, Letter) or len(base.name) > 1:
        return False
    inner = flat(part.body)
    return base.name in _FUNCTION_LETTERS or (
        len(inner) == 1 and isinstance(inner[0], Letter) and inner[0].name in ("t", "x")
    )


def is_differential(node: Node | None) -> bool:
    """Whether it is the d of a derivative."""
    return only(node) in (Letter("d"), Symbol("\\partial"), Word("d"))


def as_label(node: Node) -> Node:
    """Several small letters below the line as the word that they are, such as `net`."""
    parts = flat(node)
    if len(parts) > 1 and all(isinstance(part, Letter) and len(part.name) == 1 for part in parts):
        return Word("".join(part.name for part in parts if isinstance(part, Letter)))
    return node
