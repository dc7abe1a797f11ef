"""QTI 2.1 and 3.0 as two spellings of one thing, read and written by one model."""

import re
from collections.abc import Callable

from lxml import etree

from publishing.quizzes.qti_items import QTI
from publishing.quizzes.xhtml import MATHML

QTI3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_HTML_NAMES = """
p ul ol li blockquote pre table thead tbody tfoot caption tr th td div h1 h2 h3 h4 h5 h6 hr dl dt dd
strong em b i code a br sup sub span img object abbr cite q small tt var samp kbd big address
acronym dfn col colgroup param figure figcaption section article aside
"""
_HTML = frozenset(_HTML_NAMES.split())
_WRAPPED = frozenset(("modalFeedback", "rubricBlock"))
"""QTI 3.0 puts their content into a `qti-content-body`."""
_UPPER = re.compile(r"(?<=[a-z0-9])([A-Z])")
_HYPHEN = re.compile(r"-([a-z])")


def as_qti3(root: etree._Element) -> etree._Element:
    """A tree of QTI 2.1 in the spelling of 3.0."""
    name = etree.QName(root)
    if name.namespace == MATHML:
        return _copied(root, root.tag, dict(root.attrib), as_qti3)
    if name.localname in _HTML:
        return _copied(root, f"{{{QTI3}}}{name.localname}", dict(root.attrib), as_qti3)
    attributes = {_kebab(str(key)): value for key, value in root.attrib.items()}
    made = _copied(root, f"{{{QTI3}}}qti-{_kebab(name.localname)}", attributes, as_qti3)
    return _wrapped(made) if name.localname in _WRAPPED else made


def as_qti2(root: etree._Element) -> etree._Element:
    """A tree of QTI 3.0, or of any 2.x, in the spelling and the namespace of 2.1."""
    name = etree.QName(root)
    if name.namespace == MATHML:
        return _copied(root, root.tag, dict(root.attrib), as_qti2)
    local = name.localname
    attributes = {str(key): str(value) for key, value in root.attrib.items()}
    if local.startswith("qti-"):
        local = _camel(local.removeprefix("qti-"))
        attributes = {_camel(key): value for key, value in attributes.items()}
    made = _copied(root, f"{{{QTI}}}{local}", attributes, as_qti2)
    return _unwrapped(made) if local in _WRAPPED else made


def _wrapped(element: etree._Element) -> etree._Element:
    body = etree.Element(f"{{{QTI3}}}qti-content-body")
    body.text, element.text = element.text, None
    body.extend(list(element))
    element.append(body)
    return element


def _unwrapped(element: etree._Element) -> etree._Element:
    for body in element.findall(f"{{{QTI}}}contentBody"):
        element.text = (element.text or "") + (body.text or "")
        element.extend(list(body))
        element.remove(body)
    return element


def _copied(
    root: etree._Element,
    tag: str,
    attributes: dict[str, str],
    translate: Callable[[etree._Element], etree._Element],
) -> etree._Element:
    made = etree.Element(tag, attributes, nsmap={None: etree.QName(tag).namespace})
    made.text, made.tail = root.text, root.tail
    for child in root:
        if isinstance(child.tag, str):
            made.append(translate(child))
    return made


def _kebab(name: str) -> str:
    if name.startswith("{"):
        return name
    return _UPPER.sub(lambda found: f"-{found[1].lower()}", name)


def _camel(name: str) -> str:
    if name.startswith("{"):
        return name
    return _HYPHEN.sub(lambda found: found[1].upper(), name)
