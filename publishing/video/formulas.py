"""Formulas as trees of what a school writes; `latex_parsing` reads them, `spoken` says them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Number:
    """Digits with a point, as they are written."""

    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A variable: one letter, or the English name of a Greek one."""

    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """Upright text such as a unit, a label or the name of a function."""

    text: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """An operator, a relation or another sign, by its command or as written."""

    name: str


@dataclass(frozen=True, slots=True)
class Fraction:
    """One thing over another."""

    top: "Node"
    bottom: "Node"


@dataclass(frozen=True, slots=True)
class Root:
    """A root; the square root has no degree."""

    body: "Node"
    degree: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Scripted:
    """A base with something below, above, or both."""

    base: "Node"
    below: "Node | None"
    above: "Node | None"


@dataclass(frozen=True, slots=True)
class Accented:
    """A body with a sign over it, such as an arrow."""

    accent: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class Fenced:
    """A body between delimiters, which match."""

    opening: str
    body: "Node"


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells in rows: a matrix, cases, or lines of an argument, by its environment."""

    environment: str
    rows: "tuple[tuple[Node, ...], ...]"


Node = Row | Number | Letter | Word | Symbol | Fraction | Root | Scripted | Accented | Fenced | Grid
