"""Formulas as PowerPoint edits them (OMML), all of a deck in one start of Pandoc."""

import copy
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from publishing.characters import legal
from publishing.pandoc import MAX_HEAP, executable
from publishing.processes import run

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_CHOICE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_IN_SLIDE = "http://schemas.microsoft.com/office/drawing/2010/main"
_PANDOC_API = [1, 23, 1]


def office_formulas(sources: Sequence[str], folder: Path) -> Mapping[str, etree._Element]:
    """The formulas as `m:oMath` by their LaTeX source; those that do not typeset are missing.

    Raises:
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    if not sources:
        return {}
    blocks = [
        {"t": "Para", "c": [{"t": "Math", "c": [{"t": "InlineMath"}, legal(source)]}]}
        for source in sources
    ]
    document = {"pandoc-api-version": _PANDOC_API, "meta": {}, "blocks": blocks}
    (folder / "formulas-in.json").write_text(json.dumps(document), encoding="utf-8")
    command = [
        *(str(executable()), "--sandbox", "--from=json", "--to=docx", "--output=formulas.docx"),
        *("+RTS", MAX_HEAP, "-RTS", "formulas-in.json"),
    ]
    run("Pandoc", command, folder)
    with zipfile.ZipFile(folder / "formulas.docx") as written:
        root = etree.fromstring(written.read("word/document.xml"))
    paragraphs = root.iter(f"{{{WORD}}}p")
    found = {
        source: paragraph.find(f".//{{{MATH}}}oMath")
        for source, paragraph in zip(sources, paragraphs, strict=False)
    }
    return {source: formula for source, formula in found.items() if formula is not None}


def styled(formula: etree._Element, size_points: float, colour: str) -> etree._Element:
    """The formula with the size and colour of the text around it, in the words of slides."""
    mine = copy.deepcopy(formula)
    for properties in list(mine.iter(f"{{{WORD}}}rPr")):
        parent = properties.getparent()
        if parent is not None:
            parent.remove(properties)
    for run_ in mine.iter(f"{{{MATH}}}r"):
        look = etree.Element(f"{{{DRAWING}}}rPr", sz=str(round(size_points * 100)))
        fill = etree.SubElement(look, f"{{{DRAWING}}}solidFill")
        etree.SubElement(fill, f"{{{DRAWING}}}srgbClr", val=colour.lstrip("#"))
        etree.SubElement(look, f"{{{DRAWING}}}latin", typeface="Cambria Math")
        run_.insert(1 if run_.find(f"{{{MATH}}}rPr") is not None else 0, look)
    return mine


def in_slide(formula: etree._Element) -> etree._Element:
    """The formula as it stands in a paragraph of a slide."""
    wrapper = etree.Element(f"{{{_IN_SLIDE}}}m", nsmap={"a14": _IN_SLIDE, "m": MATH})
    wrapper.append(formula)
    return wrapper


def offer_formulas(shape: Any) -> None:  # noqa: ANN401 (python-pptx has no types)
    """Marks a shape with formulas as one for programs that know them; others get text alone."""
    element = shape._element  # noqa: SLF001 (formulas have no interface)
    if element.find(f".//{{{_IN_SLIDE}}}m") is None:
        return
    parent, position = element.getparent(), element.getparent().index(element)
    fallback = etree.fromstring(etree.tostring(element))
    for formula in list(fallback.iter(f"{{{_IN_SLIDE}}}m")):
        plain = etree.Element(f"{{{DRAWING}}}r")
        etree.SubElement(plain, f"{{{DRAWING}}}t").text = "".join(formula.itertext())
        formula.getparent().replace(formula, plain)
    choices = etree.Element(f"{{{_CHOICE}}}AlternateContent", nsmap={"mc": _CHOICE})
    needs = {"a14": _IN_SLIDE}
    choice = etree.SubElement(choices, f"{{{_CHOICE}}}Choice", nsmap=needs, Requires="a14")
    choice.append(element)
    etree.SubElement(choices, f"{{{_CHOICE}}}Fallback").append(fallback)
    parent.insert(position, choices)
