"""Web pages without what is not their matter: scripts, navigation, controls."""

from collections.abc import Iterator
from typing import Final

import lxml.html
from lxml import etree

from ingestion.readers.html_blocks import HeldText, hold_long_blocks
from ingestion.readers.html_parts import page_parts

_NOT_CONTENT: Final = (
    "//script | //style | //noscript | //template | //iframe | //object | //svg | //nav | //footer"
    " | //button | //select | //input | //dialog"
    " | //*[@hidden] | //*[@aria-hidden='true']"
    " | //*[@role='navigation' or @role='search' or @role='contentinfo' or @role='dialog']"
)


def clean_page(page: str) -> tuple[Iterator[str], HeldText]:
    """The parts of a page that holds only what a reader comes for, as HTML; none of an empty one.

    Very long text is held back, with words in its place.
    """
    root = _parse(page)
    if root is None:
        return iter(()), HeldText()
    for element in root.xpath(_NOT_CONTENT):
        if element.getparent() is not None:
            element.drop_tree()
    for image in root.iter("img"):
        if image.get("src", "").startswith("data:"):  # megabytes that nobody reads
            image.set("src", "")
    held = hold_long_blocks(root)
    return page_parts(root), held


def text_of_fragment(fragment: str) -> str:
    """The text between the tags of a piece of HTML."""
    root = _parse(fragment)
    if root is None:
        return ""
    for element in root.xpath("//script | //style"):
        element.drop_tree()
    return " ".join("".join(root.itertext()).split())


def _parse(page: str) -> lxml.html.HtmlElement | None:
    if not page.strip():
        return None
    # Encoded anew because the parser refuses text that declares an encoding of its own.
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        return lxml.html.document_fromstring(page.encode(errors="replace"), parser=parser)
    except etree.ParserError:  # a page of comments alone
        return None
