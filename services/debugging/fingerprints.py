"""The pattern of an SQL statement: what many statements have in common but for their values."""

import re
from functools import lru_cache

LONGEST = 2000
"""Characters of a pattern that are kept."""

_LITERALS = re.compile(r"'(?:[^']|'')*'|(?<![\w$.])\d+(?:\.\d+)?\b")
_PLACEHOLDERS = re.compile(r"\$\d+(?:::[\w \[\]]+)?(?:\s*,\s*\$\d+(?:::[\w \[\]]+)?)+")
_ROWS = re.compile(r"(\((?:\s*[?$][^()]*)\))(?:\s*,\s*\((?:\s*[?$][^()]*)\))+")
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=2048)
def fingerprint(statement: str) -> str:
    """The statement on one line, with `?` for each literal and `...` for lists of values.

    No value of a statement is in it.
    """
    pattern = _SPACE.sub(" ", _LITERALS.sub("?", statement)).strip()
    pattern = _ROWS.sub(r"\1, ...", _PLACEHOLDERS.sub("$...", pattern))
    return pattern[:LONGEST]
