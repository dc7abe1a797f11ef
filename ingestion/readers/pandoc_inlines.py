"""The running text of Pandoc's syntax tree as readable plain text.

Source: the types Inline and Block of pandoc-types 1.23, in their JSON form.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

# Nodes are JSON: what `c` holds depends on `t`.
Node: TypeAlias = dict[str, Any]
Content: TypeAlias = Any
_SPACES: Final = re.compile(r"[ \t]+")
_IS_EXPONENT: Final = re.compile(r"[\u2212+-]?[\d.,]+|[\u2212+-]|[a-zA-Z]")


def inline_text(inlines: Sequence[Node]) -> str:
    """Text of inline nodes on one line, but for the author's own line breaks.

    Emphasis and link addresses are left out, code stays between backticks, formulas stay LaTeX,
    a picture is its description.
    """
    text = _SPACES.sub(" ", _joined(inlines))
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def footnotes(inlines: Sequence[Node]) -> list[Sequence[Node]]:
    """Block nodes of each footnote in inline nodes, in order."""
    found: list[Sequence[Node]] = []
    for node in inlines:
        if node["t"] == "Note":
            found.append(node["c"])
        else:
            found.extend(footnotes(_children(node)))
    return found


def _text(node: Node) -> str:
    kind = node["t"]
    if kind in _PLAIN_TEXT:
        return _PLAIN_TEXT[kind]
    if kind in _RENDERED:
        return _RENDERED[kind](node["c"])
    return _joined(_children(node))


def _joined(inlines: Sequence[Node]) -> str:
    return "".join(_text(node) for node in _with_code_joined(inlines))


def _with_code_joined(inlines: Sequence[Node]) -> Iterator[Node]:
    # Writers of word processors' files part `Console.WriteLine` into one node per colour.
    bare = (_without_span(node) for node in inlines)
    for kind, nodes in itertools.groupby(bare, key=lambda node: str(node["t"])):
        if kind == "Code":
            yield {"t": "Code", "c": [None, "".join(node["c"][1] for node in nodes)]}
        else:
            yield from nodes


def _without_span(node: Node) -> Node:
    if node["t"] == "Span" and [child["t"] for child in node["c"][1]] == ["Code"]:
        code: Node = node["c"][1][0]
        return code
    return node


def _children(node: Node) -> Sequence[Node]:
    match node["t"]:
        case "Emph" | "Underline" | "Strong" | "Strikeout" | "Superscript" | "Subscript":
            children: Sequence[Node] = node["c"]
        case "SmallCaps":
            children = node["c"]
        case "Span" | "Cite" | "Quoted" | "Link" | "Image":
            children = node["c"][1]
        case _:
            children = ()
    return children


def _math(content: Content) -> str:
    kind, latex = content
    mark = "$$" if kind["t"] == "DisplayMath" else "$"
    return f"{mark}{latex.strip()}{mark}" if latex.strip() else ""


def _quoted(content: Content) -> str:
    kind, inlines = content
    opening, closing = "‘’" if kind["t"] == "SingleQuote" else "“”"
    return f"{opening}{_joined(inlines)}{closing}"


def _superscript(inlines: Sequence[Node]) -> str:
    # 10<sup>9</sup> must not become 109; 1<sup>st</sup> may become 1st.
    text = _joined(inlines)
    return f"^{text}" if _IS_EXPONENT.fullmatch(text) else text


def _image(content: Content) -> str:
    _, description, (target, _title) = content
    text = inline_text(description)
    return "" if text == target else text


_PLAIN_TEXT: Final = {
    "Space": " ",
    "SoftBreak": " ",
    "LineBreak": "\n",
    "Note": "",
    "RawInline": "",
}
_RENDERED: Final[dict[str, Callable[[Any], str]]] = {
    "Str": str,
    "Code": lambda content: f"`{content[1]}`",
    "Math": _math,
    "Quoted": _quoted,
    "Superscript": _superscript,
    "Image": _image,
}
