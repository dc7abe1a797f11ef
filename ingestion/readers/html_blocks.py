"""Long text of web pages, which travels around Pandoc and not through it.

Pandoc takes seconds for every megabyte of running text, and minutes for a page that is one line of
five megabytes, though there is nothing in it for Pandoc to tell apart.
"""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import lxml.html

MAX_BLOCK_CHARACTERS: Final = 20_000

_BLOCK_NAMES: Final = (
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption "
    "figure form h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section table tbody td tfoot th "
    "thead tr ul"
)
BLOCKS: Final = frozenset(_BLOCK_NAMES.split())
_KEPT_AS_THEY_ARE: Final = frozenset({"pre", "html"})


@dataclass(slots=True)
class HeldText:
    """Paragraphs taken out of a page, each with a word in its place that no page can know."""

    _secret: str = field(default_factory=lambda: secrets.token_hex(8))
    _texts: list[str] = field(default_factory=list)

    def hold(self, text: str) -> str:
        """Keep a text; gives the word to put in its place."""
        self._texts.append(" ".join(text.split()))
        return f"held{self._secret}n{len(self._texts) - 1}n"

    def put_back(self, tree: bytes) -> bytes:
        """A syntax tree as JSON with the texts in the place of their words."""
        if not self._texts:
            return tree
        mark = re.compile(rf"held{self._secret}n(\d+)n".encode())
        return mark.sub(lambda found: self._as_json(int(found.group(1))), tree)

    def _as_json(self, number: int) -> bytes:
        return json.dumps(self._texts[number])[1:-1].encode()


def hold_long_blocks(root: lxml.html.HtmlElement) -> HeldText:
    """Take what is longer than 20,000 characters and holds no blocks out of a page, in place.

    It is cut into paragraphs. Its text is kept; emphasis and links within it are given up.
    """
    held = HeldText()
    for element in list(root.iter(*BLOCKS)):
        if element.tag in _KEPT_AS_THEY_ARE:
            continue
        if next(element.iterdescendants(*BLOCKS), None) is None:
            _hold_leaf(element, held)
        else:
            _hold_loose_text(element, held)
    return held


def _hold_leaf(element: lxml.html.HtmlElement, held: HeldText) -> None:
    text = "".join(element.itertext())
    if len(text) <= MAX_BLOCK_CHARACTERS:
        return
    for child in list(element):
        element.remove(child)
    element.text = None
    if element.tag == "p":
        element.tag = "div"
    element.extend(_paragraphs(text, held))


def _hold_loose_text(element: lxml.html.HtmlElement, held: HeldText) -> None:
    """Take out long text that stands between the blocks of an element."""
    if element.text and len(element.text) > MAX_BLOCK_CHARACTERS:
        text, element.text = element.text, None
        element[:0] = list(_paragraphs(text, held))
    for child in list(element):
        if child.tail and len(child.tail) > MAX_BLOCK_CHARACTERS:
            text, child.tail = child.tail, None
            place = element.index(child) + 1
            element[place:place] = list(_paragraphs(text, held))


def _paragraphs(text: str, held: HeldText) -> Iterator[lxml.html.HtmlElement]:
    for piece in _pieces(text):
        if piece.strip():
            paragraph = lxml.html.Element("p")
            paragraph.text = held.hold(piece)
            yield paragraph


def _pieces(text: str) -> Iterator[str]:
    """Text in pieces that end with a sentence where one does, else with a word."""
    start = 0
    while len(text) - start > MAX_BLOCK_CHARACTERS:
        limit = start + MAX_BLOCK_CHARACTERS
        middle = start + MAX_BLOCK_CHARACTERS // 2
        end = max(text.rfind(mark, middle, limit) for mark in (". ", "? ", "! ", "। ")) + 1
        end = end or text.rfind(" ", middle, limit)
        end = end if end > start else limit
        yield text[start:end]
        start = end
    yield text[start:]
