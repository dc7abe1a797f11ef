"""What tables of values have in common: names of cells, rows as sentences."""

from collections.abc import Sequence


def cell_range(row: int, width: int, *, sheet: str = "") -> str:
    """The cells of a row as spreadsheets name them: `A2:C2`, or `Data!A2:C2` with a sheet.

    Args:
        row: Row, counted from 1.
        width: Number of cells, from the first column.
        sheet: Name of the sheet, if there are several.
    """
    last = f"{column_name(width)}{row}" if width > 1 else ""
    cells = f"A{row}:{last}" if last else f"A{row}"
    return f"{sheet}!{cells}" if sheet else cells


def column_name(number: int) -> str:
    """Letters of a column counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def names_columns(cells: Sequence[str]) -> bool:
    """Whether a first row names the columns: all filled, distinct, and no numbers among them."""
    return (
        len(cells) > 1
        and all(cells)
        and len(set(cells)) == len(cells)
        and not any(cell.replace(".", "", 1).isdigit() for cell in cells)
    )


def row_text(cells: Sequence[str], names: Sequence[str]) -> str:
    """A row as `Term: atom; Meaning: smallest part`; empty cells are left out."""
    named = [
        f"{names[column]}: {cell}" if column < len(names) else cell
        for column, cell in enumerate(cells)
        if cell
    ]
    return "; ".join(named)
