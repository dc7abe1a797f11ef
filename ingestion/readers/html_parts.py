"""Long web pages in parts, each a page of its own: Pandoc's memory grows with what it is given."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Final

import lxml.html
from lxml import etree

from ingestion.readers.html_blocks import BLOCKS

MAX_PART_CHARACTERS: Final = 100_000
"""Pandoc takes 140 MB for so much, and 290 MB for a whole book of a million characters."""
_MAX_DEPTH: Final = 20
_CONTAINERS: Final = frozenset({"article", "div", "main", "section"})
_NOTES: Final = "//*[@role='doc-endnotes']//li[@id]"


def page_parts(root: lxml.html.HtmlElement) -> Iterator[str]:
    """A page as HTML, in parts of about 100,000 characters that begin with a block each.

    Every part has the page's head, and the notes that it refers to.
    """
    page = _markup(root)
    body = root.find("body")
    if len(page) <= MAX_PART_CHARACTERS or body is None:
        yield page
        return
    notes = _taken_notes(root)
    before = _markup_before_body(root)
    for part in _joined(_pieces(body, depth=0)):
        yield f"{before}<body>{part}{_notes_of(part, notes)}</body></html>"


def _markup_before_body(root: lxml.html.HtmlElement) -> str:
    """The page's own tag and its head."""
    empty = lxml.html.Element("html", dict(root.attrib))
    empty.extend(deepcopy(head) for head in root.iterchildren("head"))
    return _markup(empty).removesuffix("</html>")


def _taken_notes(root: lxml.html.HtmlElement) -> dict[str, str]:
    """The notes at the end of a page, by their ids, which are taken out of it."""
    found = root.xpath(_NOTES)
    notes = {note.get("id"): _markup(note) for note in found}
    for note in found:
        note.drop_tree()
    return notes


def _notes_of(part: str, notes: Mapping[str, str]) -> str:
    used = [note for key, note in notes.items() if f'"#{key}"' in part]
    return f'<section role="doc-endnotes"><ol>{"".join(used)}</ol></section>' if used else ""


def _joined(pieces: Iterator[tuple[str, bool]]) -> Iterator[str]:
    """Pieces in parts; one begins only where a piece says that it may."""
    part: list[str] = []
    length = 0
    for markup, may_begin_a_part in pieces:
        if part and may_begin_a_part and length + len(markup) > MAX_PART_CHARACTERS:
            yield "".join(part)
            part, length = [], 0
        part.append(markup)
        length += len(markup)
    yield "".join(part)


def _pieces(element: lxml.html.HtmlElement, depth: int) -> Iterator[tuple[str, bool]]:
    """What an element holds, as HTML, and whether running text may not go on into it."""
    if element.text:
        yield _escaped(element.text), False
    for child in element:
        markup = _markup(child)
        if len(markup) > MAX_PART_CHARACTERS and depth < _MAX_DEPTH and _holds_only_blocks(child):
            yield from _pieces(child, depth + 1)
            yield _escaped(child.tail or ""), False
        else:
            yield markup, child.tag in BLOCKS


def _holds_only_blocks(element: lxml.html.HtmlElement) -> bool:
    """Whether it can be taken apart without running text of it meeting what stands around it."""
    texts = [element.text, *(child.tail for child in element)]
    return (
        element.tag in _CONTAINERS
        and all(child.tag in BLOCKS for child in element)
        and not any(text and text.strip() for text in texts)
    )


def _markup(element: lxml.html.HtmlElement) -> str:
    markup: str = etree.tostring(element, encoding="unicode", method="html")
    return markup


def _escaped(text: str) -> str:
    paragraph = lxml.html.Element("p")
    paragraph.text = text
    return _markup(paragraph)[len("<p>") : -len("</p>")]
