"""Formulas of Office documents (Office Math Markup) as LaTeX, and the wrappers that hide them.

Source: ECMA-376 part 1, section 22.1, Math.
"""

from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DRAWING_2010: Final = "{http://schemas.microsoft.com/office/drawing/2010/main}"
COMPATIBILITY: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

NARY_SIGNS: Final = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∮": r"\oint"}
ACCENTS: Final = {
    "\u0302": r"\hat",
    "\u0303": r"\tilde",
    "\u0304": r"\bar",
    "\u0305": r"\bar",
    "\u0307": r"\dot",
    "\u0308": r"\ddot",
    "\u20d7": r"\vec",
}


def show_formulas(tree: etree._Element) -> None:
    """Puts every formula of a slide in place as a text run `$...$`, its LaTeX.

    PowerPoint wraps a text box that holds a formula in `mc:AlternateContent`, which python-pptx
    passes over with all the text beside the formula; the wrapper is replaced by its first choice.
    """
    for wrapper in list(tree.iter(f"{COMPATIBILITY}AlternateContent")):
        _unwrap(wrapper)
    for formula in list(tree.iter(f"{DRAWING_2010}m")):
        run = formula.makeelement(f"{DRAWING}r")
        text = etree.SubElement(run, f"{DRAWING}t")
        latex = latex_of(formula)
        text.text = f"${latex}$" if latex else ""
        _replace(formula, [run])


def latex_of(element: etree._Element) -> str:
    """The LaTeX of the formulas below an element; parts it has no words for give their text."""
    return " ".join("".join(_parts(element)).split())


def _unwrap(wrapper: etree._Element) -> None:
    choice = wrapper.find(f"{COMPATIBILITY}Choice")
    _replace(wrapper, [] if choice is None else list(choice))


def _replace(element: etree._Element, others: list[etree._Element]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    parent[place : place + 1] = others


def _parts(element: etree._Element) -> Iterator[str]:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = child.tag.removeprefix(MATH)
        if name == "t":
            yield child.text or ""
        elif name in _WRITERS:
            yield _WRITERS[name](child)
        elif not name.endswith("Pr"):
            yield from _parts(child)


def _argument(element: etree._Element, name: str) -> str:
    found = element.find(f"{MATH}{name}")
    return "" if found is None else latex_of(found)


def _property(element: etree._Element, group: str, name: str, default: str) -> str:
    found = element.find(f"{MATH}{group}/{MATH}{name}")
    return default if found is None else found.get(f"{MATH}val", default)


def _fraction(element: etree._Element) -> str:
    return rf"\frac{{{_argument(element, 'num')}}}{{{_argument(element, 'den')}}}"


def _superscript(element: etree._Element) -> str:
    return f"{_argument(element, 'e')}^{{{_argument(element, 'sup')}}}"


def _subscript(element: etree._Element) -> str:
    return f"{_argument(element, 'e')}_{{{_argument(element, 'sub')}}}"


def _both_scripts(element: etree._Element) -> str:
    return f"{_subscript(element)}^{{{_argument(element, 'sup')}}}"


def _radical(element: etree._Element) -> str:
    degree = _argument(element, "deg")
    return rf"\sqrt{f'[{degree}]' if degree else ''}{{{_argument(element, 'e')}}}"


def _delimited(element: etree._Element) -> str:
    opening = _property(element, "dPr", "begChr", "(")
    closing = _property(element, "dPr", "endChr", ")")
    parts = [latex_of(part) for part in element.findall(f"{MATH}e")]
    return f"{opening}{', '.join(parts)}{closing}"


def _nary(element: etree._Element) -> str:
    sign = _property(element, "naryPr", "chr", "∫")
    limits = "".join(
        f"{mark}{{{limit}}}"
        for mark, limit in (("_", _argument(element, "sub")), ("^", _argument(element, "sup")))
        if limit
    )
    return f"{NARY_SIGNS.get(sign, sign)}{limits} {_argument(element, 'e')}"


def _function(element: etree._Element) -> str:
    return rf"\{_argument(element, 'fName')}({_argument(element, 'e')})"


def _accent(element: etree._Element) -> str:
    mark = _property(element, "accPr", "chr", "\u0302")
    return f"{ACCENTS.get(mark, chr(92) + 'hat')}{{{_argument(element, 'e')}}}"


_WRITERS: Final[dict[str, Callable[[etree._Element], str]]] = {
    "f": _fraction,
    "sSup": _superscript,
    "sSub": _subscript,
    "sSubSup": _both_scripts,
    "rad": _radical,
    "d": _delimited,
    "nary": _nary,
    "func": _function,
    "acc": _accent,
}
