"""The grammar of learners' formulas, read by precedence climbing; nothing is ever evaluated here.

```
sum     = product (('+' | '-') product)*
product = signed (('*' | '/' | nothing) signed)*     nothing: 2x, m v, 2(a+b)
signed  = ('+' | '-')* power
power   = atom ('^' signed)?                          binds to the right
atom    = number | name | function '(' sum ')' | function power | '(' sum ')' | '|' sum '|'
```

Source: V. R. Pratt, "Top Down Operator Precedence", POPL 1973.
"""

from collections.abc import Collection
from typing import Final

from pedagogy.grading.errors import UnreadableAnswerError
from pedagogy.grading.formula_tokens import Token, canonical_name, tokens_of
from pedagogy.grading.formulas import Call, Formula, Number, Operation, Symbol

_MAX_DEPTH: Final = 40
_MAX_EXPONENT: Final = 100
_ZERO: Final = Number("0")


def parse_formula(text: str, variables: Collection[str]) -> Formula:
    """The tree of a formula over the given variables.

    `E = m*c^2` is read as its right side where a name alone stands on the left.

    Raises:
        UnreadableAnswerError: It is no formula of the grammar, too long, too deep, or uses a
            name that is neither a variable, a constant nor a function.
    """
    right = _right_side(text, variables)
    return _Parser(tokens_of(right, variables)).formula()


def _right_side(text: str, variables: Collection[str]) -> str:
    left, equals, right = text.partition("=")
    if not equals:
        return text
    name = canonical_name(left)
    is_name = name.isalnum() and not name[0].isdigit()
    if "=" in right or not is_name or name in {canonical_name(v) for v in variables}:
        raise UnreadableAnswerError("Give the formula alone, without an equation around it.")
    return right


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def formula(self) -> Formula:
        whole = self._sum()
        if self._token.kind != "end":
            raise self._unexpected()
        return whole

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _accepts(self, *signs: str) -> str:
        """The sign that stands here, passed over; empty where it is none of these."""
        token = self._token
        if token.kind != "sign" or token.text not in signs:
            return ""
        self._at += 1
        return token.text

    def _sum(self) -> Formula:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise UnreadableAnswerError(f"The formula is nested more than {_MAX_DEPTH} deep.")
        formula = self._product()
        while sign := self._accepts("+", "-"):
            formula = Operation("+" if sign == "+" else "-", formula, self._product())
        self._depth -= 1
        return formula

    def _product(self) -> Formula:
        formula = self._signed()
        while True:
            if sign := self._accepts("*", "/"):
                formula = Operation("*" if sign == "*" else "/", formula, self._signed())
            elif self._begins_atom():
                formula = Operation("*", formula, self._power())
            else:
                return formula

    def _signed(self) -> Formula:
        is_negative = False
        while sign := self._accepts("+", "-"):
            is_negative ^= sign == "-"
        formula = self._power()
        return Operation("-", _ZERO, formula) if is_negative else formula

    def _power(self) -> Formula:
        base = self._atom()
        if not self._accepts("^"):
            return base
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise UnreadableAnswerError(f"The formula is nested more than {_MAX_DEPTH} deep.")
        exponent = self._signed()
        self._depth -= 1
        if isinstance(exponent, Number) and float(exponent.text) > _MAX_EXPONENT:
            raise UnreadableAnswerError(
                f"The exponent {exponent.text} is beyond {_MAX_EXPONENT}; simplify the formula."
            )
        return Operation("^", base, exponent)

    def _begins_atom(self) -> bool:
        token = self._token
        return token.kind in {"number", "name", "function"} or token.text in {"(", "√"}

    def _atom(self) -> Formula:
        token = self._token
        if token.kind == "number":
            self._at += 1
            return Number(token.text)
        if token.kind == "name":
            self._at += 1
            return Symbol(token.text)
        if token.kind == "function" or token.text == "√":
            self._at += 1
            return self._call("sqrt" if token.text == "√" else token.text)
        if self._accepts("("):
            return self._closed_by(")")
        if self._accepts("|"):
            return Call("abs", self._closed_by("|"))
        raise self._unexpected()

    def _call(self, function: str) -> Formula:
        if self._accepts("^"):
            # sin^2 x is a square, sin^-1 x an inverse: which one is for the learner to say.
            raise UnreadableAnswerError(f"Write {function}(x)^2 for a power of {function}.")
        if self._accepts("("):
            return Call(function, self._closed_by(")"))
        return Call(function, self._argument())

    def _argument(self) -> Formula:
        """The argument of a function without brackets: `sin 2x` is sin(2x)."""
        argument = self._power()
        while self._token.kind in {"number", "name"}:
            argument = Operation("*", argument, self._power())
        return argument

    def _closed_by(self, sign: str) -> Formula:
        formula = self._sum()
        if not self._accepts(sign):
            raise self._unexpected()
        return formula

    def _unexpected(self) -> UnreadableAnswerError:
        token = self._token
        if token.kind == "end":
            return UnreadableAnswerError("The formula ends too early; something is missing.")
        return UnreadableAnswerError(f"{token.text!r} stands where it has no meaning.")
