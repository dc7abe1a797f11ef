"""JSX components in Markdown (MDX): their prose is kept, the markup goes."""

import re
from collections.abc import Iterator
from typing import Final

_FENCE: Final = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_OPENING: Final = re.compile(r"\s*<[A-Z]\w*")
_CLOSING: Final = re.compile(r"\s*</[A-Z]\w*>\s*\Z")
# What quizzes and call-outs in MDX courses name their prose.
_PROSE: Final = re.compile(
    r"""\b(?:text|explain|question|answer|description|caption)\s*[:=]\s*"((?:[^"\\]|\\.)*)\""""
)
# A component longer than this is taken for a comparison such as `a <B` and left as it stands.
_MAX_LINES: Final = 400


def replace_components(markdown: str) -> str:
    """Markdown in which each component on lines of its own gave way to its prose as a list."""
    if "<" not in markdown:
        return markdown
    return "\n".join(_replaced(markdown.split("\n")))


def _replaced(lines: list[str]) -> Iterator[str]:
    fence = ""
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        if (mark := _FENCE.match(line)) is not None:
            fence = _fence_after(fence, mark.group(1))
        if fence:
            yield line
        elif _OPENING.match(line) and (end := _component_end(lines, position - 1)) is not None:
            yield from _prose("\n".join(lines[position - 1 : end]))
            position = end
        elif not _CLOSING.match(line):
            yield line


def _fence_after(fence: str, mark: str) -> str:
    if not fence:
        return mark
    is_closing = mark[0] == fence[0] and len(mark) >= len(fence)
    return "" if is_closing else fence


def _component_end(lines: list[str], start: int) -> int | None:
    for position in range(start, min(len(lines), start + _MAX_LINES)):
        stripped = lines[position].strip()
        if stripped.endswith("/>") or (position == start and stripped.endswith(">")):
            return position + 1
    return None


def _prose(component: str) -> Iterator[str]:
    yield ""
    for prose in _PROSE.findall(component):
        yield "- " + re.sub(r"\\(.)", r"\1", prose)
    yield ""
