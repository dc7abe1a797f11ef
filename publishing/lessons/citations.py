"""Sources of a whole text, numbered in the order in which its parts cite them."""

from collections.abc import Sequence

from content.base import SourceSpan
from publishing.markdown_text import one_line


class Citations:
    """Gives each span its number, and in the end the list of all.

    Args:
        are_linked: whether a citation links to its entry in the list.
    """

    def __init__(self, *, are_linked: bool) -> None:
        self._numbers: dict[SourceSpan, int] = {}
        self._are_linked = are_linked

    def cited(self, text: str, sources: Sequence[SourceSpan]) -> str:
        """The text with the numbers of its sources at its end."""
        if not sources:
            return text
        for span in sources:
            self._numbers.setdefault(span, len(self._numbers) + 1)
        numbers = dict.fromkeys(self._numbers[span] for span in sources)
        marks = " ".join(self._mark(number) for number in numbers)
        # Below a code block or a table, a mark on the same line would end it.
        joint = " " if _ends_in_prose(text) else "\n\n"
        return f"{text.rstrip()}{joint}{marks}"

    def entries(self) -> list[str]:
        """An entry per source: document, place, quote."""
        return [
            f"{one_line(span.document_title)}{_place(span)}: “{_quote(span)}”"
            for span in self._numbers
        ]

    def _mark(self, number: int) -> str:
        mark = f"&#91;{number}&#93;"
        return f"[{mark}](#source-{number})" if self._are_linked else mark


def _place(span: SourceSpan) -> str:
    return f", {one_line(span.place)}" if span.place.strip() else ""


def _quote(span: SourceSpan) -> str:
    """On one line, formulas within it."""
    return one_line(span.quote).replace("$$", "$")


def _ends_in_prose(text: str) -> bool:
    last = text.rstrip().rsplit("\n", 1)[-1]
    return not last.startswith(("    ", "\t")) and last[-1:] not in "`~|$" and "$$" not in last
