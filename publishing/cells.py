"""Tables as text that no spreadsheet program takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from publishing.characters import legal

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel reads UTF-8 as the encoding of its country."""


def safe_cell(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would run it as a formula.

    Source: OWASP, "CSV Injection".
    """
    shown = legal(text)
    if shown.lstrip(" ").startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(shown):
        return f"'{shown}"
    return shown


def table(rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> str:
    """Rows as CSV by RFC 4180, each cell safe."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return written.getvalue()
