"""Long Word files in parts, each a file of its own: Pandoc's memory grows with what it is given."""

from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from zipfile import ZipFile

from lxml import etree

from ingestion.xml_parsing import parse_xml

MAX_PART_BYTES: Final = 250_000
"""Of the XML of the text. Pandoc takes 140 MB for so much, and 290 MB for a whole book."""
_TEXT: Final = "word/document.xml"
_STYLES: Final = "word/styles.xml"
_NUMBERING: Final = "word/numbering.xml"
_MEDIA: Final = "word/media/"


@dataclass(frozen=True, slots=True)
class _Cuts:
    """What tells where a text may be cut.

    Attributes:
        heading_styles: Ids of the styles of headings.
        numbered: Ids of the lists that count.
    """

    heading_styles: frozenset[str]
    numbered: frozenset[str]


def word_file_parts(path: Path, folder: Path) -> Iterator[Path]:
    """A Word file, in parts that begin with a heading each, made in `folder`; a short one itself.

    It is not cut within a list that counts on, as such a list would begin anew. Each part
    takes the place of the one before it.

    Raises:
        XMLSyntaxError: Its text is not well-formed.
        BadZipFile, zlib.error, EOFError, NotImplementedError: The archive is damaged.
    """
    with ZipFile(path) as archive:
        names = archive.namelist()
        if _TEXT not in names or archive.getinfo(_TEXT).file_size <= MAX_PART_BYTES:
            yield path
            return
        cuts = _cuts(archive)
        with archive.open(_TEXT) as text:
            begins = _part_begins(text, cuts)
        if len(begins) == 1:
            yield path
            return
        with archive.open(_TEXT) as text:
            for part in _parts(text, begins):
                file = folder / "part.docx"
                _write(archive, part, file)
                yield file


def _write(archive: ZipFile, text: bytes, file: Path) -> None:
    """A file with this text and what else the archive has; of its pictures only the names."""
    with ZipFile(file, "w") as part:
        for name in archive.namelist():
            if name != _TEXT:
                part.writestr(name, b"" if name.startswith(_MEDIA) else archive.read(name))
        part.writestr(_TEXT, text)


def _part_begins(text: IO[bytes], cuts: _Cuts) -> list[int]:
    """The numbers of the blocks with which a part begins, the first among them."""
    headings: list[tuple[int, int]] = []  # number of the block, bytes before it
    uses: dict[str, list[int]] = defaultdict(list)
    size = 0
    for number, block in enumerate(_blocks(text)):
        if _style(block) in cuts.heading_styles:
            headings.append((number, size))
        for used in _values(block, "numId"):
            if used in cuts.numbered:
                uses[used].append(number)
        size += len(etree.tostring(block))
    counted_on = [(numbers[0], numbers[-1]) for numbers in uses.values()]
    begins, begun_at = [0], 0
    for number, before in headings:
        is_within = any(first < number <= last for first, last in counted_on)
        if before - begun_at >= MAX_PART_BYTES and not is_within:
            begins.append(number)
            begun_at = before
    return begins


def _parts(text: IO[bytes], begins: list[int]) -> Iterator[bytes]:
    """Texts of the blocks from one beginning to the next."""
    root = body = None
    for number, block in enumerate(_blocks(text)):
        if number in begins:
            if root is not None:
                yield etree.tostring(root)
            whole = block.getroottree().getroot()
            root = etree.Element(whole.tag, nsmap=whole.nsmap)
            body = etree.SubElement(root, block.getparent().tag)
        assert body is not None  # noqa: S101 - the first block begins a part
        body.append(deepcopy(block))
    if root is not None:
        yield etree.tostring(root)


def _blocks(text: IO[bytes]) -> Iterator[etree._Element]:
    """What stands directly in the body; each is forgotten when the next is asked for."""
    events = etree.iterparse(
        text, events=("end",), resolve_entities=False, no_network=True, load_dtd=False
    )
    for _, element in events:
        parent = element.getparent()
        if parent is None or _name(parent) != "body":
            continue
        yield element
        element.clear()
        while (earlier := element.getprevious()) is not None:
            parent.remove(earlier)


def _cuts(archive: ZipFile) -> _Cuts:
    names = archive.namelist()
    headings, numbered = set(), set()
    if _STYLES in names:
        for style in parse_xml(archive.read(_STYLES)):
            name = next(iter(_values(style, "name")), "")
            if name.lower().startswith("heading"):
                headings.add(_attribute(style, "styleId"))
    if _NUMBERING in names:
        numbered = set(_numbered_lists(parse_xml(archive.read(_NUMBERING))))
    return _Cuts(frozenset(headings), frozenset(numbered))


def _numbered_lists(numbering: etree._Element) -> Iterator[str]:
    counting = {
        _attribute(element, "abstractNumId")
        for element in numbering
        if _name(element) == "abstractNum" and set(_values(element, "numFmt")) - {"bullet", "none"}
    }
    for element in numbering:
        if _name(element) == "num" and counting & set(_values(element, "abstractNumId")):
            yield _attribute(element, "numId")


def _style(block: etree._Element) -> str:
    if _name(block) != "p":
        return ""
    return next(iter(_values(block, "pStyle")), "")


def _values(element: etree._Element, name: str) -> list[str]:
    """The values of all elements of that name within."""
    return [_attribute(found, "val") for found in element.iter(f"{{*}}{name}")]


def _attribute(element: etree._Element, name: str) -> str:
    """An attribute of the element's own namespace, or ''; strict files have another than usual."""
    value: str = element.get(f"{{{etree.QName(element).namespace}}}{name}", "")
    return value


def _name(element: etree._Element) -> str:
    name: str = etree.QName(element).localname
    return name
