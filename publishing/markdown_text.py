"""Pieces of Markdown that stand side by side without reading anything into one another."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_FORMULA = re.compile(r"(\$\$.+?\$\$|\$[^\s$](?:[^$]*[^\s$])?\$(?!\d))", re.DOTALL)
_SPECIAL = re.compile(r"([\\`*_\[<>#$~^])")
"""A bracket that closes stays as it is: `\\[x\\]` would be a formula."""
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?=\s)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")
_LIST_START = re.compile(r"^(\d{1,9})([.)])(\s|$)|^([-+])(\s|$)")
_DEEPEST = 6


def one_line(text: str) -> str:
    """Plain text on one line, without anything Markdown would read otherwise but formulas."""
    pieces = _FORMULA.split(" ".join(text.split()))
    return "".join(
        piece if index % 2 else _SPECIAL.sub(r"\\\1", piece) for index, piece in enumerate(pieces)
    )


def paragraph_line(text: str) -> str:
    """The same where it begins a paragraph: it begins no list either."""
    return _LIST_START.sub(_escaped_start, one_line(text))


def closed(text: str) -> str:
    """The text with the code block closed that may have been left open."""
    is_open = None
    for _, fence in _lines_and_fences(text):
        is_open = fence
    return text if is_open is None else f"{text}\n{is_open}"


def part(text: str, *, name: str, below: int) -> str:
    """A part of a whole: its code blocks are closed, its headings deeper than those of the whole.

    Args:
        text: Markdown.
        name: of the part; footnotes of two parts may have the same label.
        below: the level of the heading that it stands under.
    """
    lines = []
    for line, fence in _lines_and_fences(closed(text).strip("\n")):
        is_prose = fence is None and not _FENCE.match(line)
        lines.append(_as_part(line, name, below) if is_prose else line)
    return "\n".join(lines)


def item(marker: str, text: str) -> str:
    """A list item whose further lines are indented as its first."""
    first, *rest = text.strip("\n").split("\n")
    indent = " " * max(len(marker) + 1, 4)
    head = f"{marker:<{len(indent) - 1}} {first}"
    return "\n".join([head.rstrip(), *(f"{indent}{line}".rstrip() for line in rest)])


def _as_part(line: str, name: str, below: int) -> str:
    deeper = _HEADING.sub(lambda found: "#" * min(len(found[1]) + below, _DEEPEST), line)
    return _FOOTNOTE.sub(rf"[^{name}-\1]", deeper)


def _lines_and_fences(text: str) -> Iterator[tuple[str, str | None]]:
    """Each line with the fence of the code block that is open after it."""
    is_open: str | None = None
    for line in text.split("\n"):
        if found := _FENCE.match(line):
            fence = found[1]
            if is_open is None:
                is_open = fence
            elif fence[0] == is_open[0] and len(fence) >= len(is_open):
                is_open = None
        yield line, is_open


def _escaped_start(found: re.Match[str]) -> str:
    if found[1] is not None:
        return f"{found[1]}\\{found[2]}{found[3]}"
    return f"\\{found[4]}{found[5]}"
