"""HTML as the standards of e-learning take it: a few elements, hardly an attribute, formulas."""

from collections.abc import Iterator

from lxml import etree

MATHML = "http://www.w3.org/1998/Math/MathML"
_BLOCK_NAMES = "p ul ol blockquote pre table div h1 h2 h3 h4 h5 h6 hr dl"
_OTHER_NAMES = "li strong em code a br sup sub tr th td thead tbody dt dd"
BLOCKS = frozenset(_BLOCK_NAMES.split())
_KEPT = BLOCKS | frozenset(_OTHER_NAMES.split())
_DROPPED = frozenset(("script", "style", "input", "colgroup", "annotation", "svg", "img"))


def elements(html: str, namespace: str) -> list[etree._Element | str]:
    """Clean elements and texts in the order in which they stand.

    Args:
        html: as Pandoc writes it, which is well-formed.
        namespace: of the elements that are no formulas.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(f"<div>{html}</div>".encode(), parser)
    return list(_content(root, namespace))


def _content(element: etree._Element, namespace: str) -> Iterator[etree._Element | str]:
    if element.text:
        yield element.text
    for child in element:
        yield from _cleaned(child, namespace)
        if child.tail:
            yield child.tail


def _cleaned(element: etree._Element, namespace: str) -> Iterator[etree._Element | str]:
    name = etree.QName(element).localname
    if name == "math":
        yield _formula(element)
    elif name in _DROPPED:
        return
    elif name in _KEPT:
        made = etree.Element(f"{{{namespace}}}{name}")
        href = element.get("href", "")
        if name == "a" and href.startswith(("http://", "https://", "mailto:")):
            made.set("href", href)
        add(made, _content(element, namespace))
        yield made
    else:
        yield from _content(element, namespace)


def _formula(element: etree._Element) -> etree._Element:
    """The formula with its source as an annotation, in the namespace of MathML."""
    name = f"{{{MATHML}}}{etree.QName(element).localname}"
    made = etree.Element(name, dict(element.attrib), nsmap={None: MATHML})
    made.text = element.text
    for child in element:
        inner = _formula(child)
        inner.tail = child.tail
        made.append(inner)
    return made


def add(parent: etree._Element, content: Iterator[etree._Element | str]) -> None:
    """Appends elements and texts to an element."""
    last: etree._Element | None = parent[-1] if len(parent) else None
    for piece in content:
        if not isinstance(piece, str):
            parent.append(piece)
            last = piece
        elif last is None:
            parent.text = (parent.text or "") + piece
        else:
            last.tail = (last.tail or "") + piece
