"""Text in tables that spreadsheets open."""

FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a spreadsheet may take for a formula. Source: OWASP, CSV Injection; `|` and `%` for DDE."""


def without_formula(text: str) -> str:
    """The text as a cell that no program takes for a formula: with a quotation mark before it.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(FORMULA_BEGINNINGS) else text
