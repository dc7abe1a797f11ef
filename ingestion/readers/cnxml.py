"""CNXML, the source format of OpenStax books, as a web page that Pandoc can read."""

from typing import Final

from lxml import etree

from ingestion.xml_parsing import parse_xml

# Source: the CNXML 0.8 schema of OpenStax; MathML keeps its names.
_HTML_NAMES: Final = {
    "content": "div",
    "para": "p",
    "item": "li",
    "caption": "figcaption",
    "equation": "p",
    "emphasis": "em",
    "term": "em",
    "foreign": "em",
    "row": "tr",
    "entry": "td",
    "newline": "br",
    "code": "code",
    "preformat": "pre",
    "quote": "blockquote",
    "note": "div",
    "example": "div",
    "exercise": "div",
    "problem": "div",
    "solution": "div",
    "commentary": "div",
    "definition": "p",
    "meaning": "span",
    "glossary": "section",
}
_NOT_CONTENT: Final = frozenset({"metadata", "label", "iframe", "colspec", "object", "param"})
# Editors leave these behind empty; Pandoc would write each as `{}`.
_SPACERS: Final = frozenset({"mrow", "mspace", "mphantom", "mstyle"})
_SPOKEN_TITLES: Final = {"solution": "Solution", "glossary": "Glossary"}
_HEADED: Final = frozenset({"section", "glossary"})
_MAX_HEADING: Final = 6


def page_of_cnxml(content: bytes) -> str:
    """A CNXML module as HTML: titles as headings, figures by their captions, MathML as it is.

    Raises:
        XMLSyntaxError: It is not well-formed XML.
    """
    root = parse_xml(content)
    title = _title_of(root)
    page = etree.Element("html")
    head = etree.SubElement(page, "head")
    etree.SubElement(head, "title").text = title
    body = etree.SubElement(page, "body")
    if title:
        etree.SubElement(body, "h1").text = title
    for part in root:
        if _name(part) in {"content", "glossary"}:
            _copy(part, body, depth=1)
    markup: str = etree.tostring(page, encoding="unicode", method="html")
    return markup


def _title_of(root: etree._Element) -> str:
    for element in root.iter():
        if _name(element) == "title":
            return "".join(element.itertext()).strip()
    return ""


def _copy(element: etree._Element, parent: etree._Element, depth: int) -> None:
    """Append an element under its HTML name, and all that stands in it."""
    name = _name(element)
    copied = etree.SubElement(parent, _html_name(element, depth))
    if name == "math" and _name(element.getparent()) == "equation":
        copied.set("display", "block")
    copied.text = element.text
    if (spoken := _SPOKEN_TITLES.get(name)) is not None:
        mark = f"h{min(depth + 1, _MAX_HEADING)}" if name in _HEADED else "p"
        etree.SubElement(copied, mark).text = spoken
    if name in {"media", "image"}:
        copied.text = element.get("alt", "")
    for child in element:
        _append(child, copied, depth + (name in _HEADED))


def _append(child: etree._Element, parent: etree._Element, depth: int) -> None:
    name = _name(child)
    if name == "tgroup":  # HTML has nothing between a table and its head and body
        for part in child:
            _append(part, parent, depth)
    elif not _is_left_out(child):
        _copy(child, parent, depth)
        if name == "term" and _name(child.getparent()) == "definition":
            parent[-1].tail = ": "
    if child.tail and child.tail.strip():
        _add_text(parent, child.tail)
    elif child.tail and len(parent):
        parent[-1].tail = (parent[-1].tail or "") + " "


def _is_left_out(element: etree._Element) -> bool:
    name = _name(element)
    is_blank = not len(element) and not (element.text or "").strip()
    if name == "image":
        return not element.get("alt")
    return not name or name in _NOT_CONTENT or (is_blank and name in _SPACERS)


def _add_text(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _html_name(element: etree._Element, depth: int) -> str:
    name = _name(element)
    match name:
        case "title":
            is_headed = _name(element.getparent()) in _HEADED
            return f"h{min(depth, _MAX_HEADING)}" if is_headed else "p"
        case "list":
            return "ol" if element.get("list-type") == "enumerated" else "ul"
        case "media" | "image" | "link":
            return "span"
        case "footnote":
            return "small"
        case _:
            return _HTML_NAMES.get(name, name)


def _name(element: etree._Element | None) -> str:
    """An element's name without its namespace; '' of a comment or no element."""
    if element is None or not isinstance(element.tag, str):
        return ""
    name: str = etree.QName(element).localname
    return name
