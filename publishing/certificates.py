"""Certificates as PDF: one page, set by Typst, with an address that tells whether it is valid."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from publishing.typst_compiler import compile_typst

PAGE = """
#let said = json("certificate.json")
#set page(paper: "a4", flipped: true, margin: 2.2cm,
  background: rect(width: 100% - 1.6cm, height: 100% - 1.6cm, stroke: 1.2pt + rgb("#3b4a6b")))
#set text(font: ("Inter", "Noto Sans Devanagari"), size: 12pt, fill: rgb("#1d2433"),
  lang: said.language)
#set document(title: said.heading)
#set align(center)
#v(1fr)
#text(size: 13pt, fill: rgb("#3b4a6b"))[#said.school]
#v(0.6cm)
#text(size: 30pt, weight: 600)[#said.heading]
#v(0.9cm)
#said.before
#v(0.3cm)
#text(size: 26pt, weight: 600)[#said.learner]
#v(0.3cm)
#said.after
#v(0.2cm)
#text(size: 19pt, weight: 500)[#said.course]
#v(0.9cm)
#text(size: 10.5pt)[#said.facts.join(" · ")]
#v(1fr)
#grid(columns: (1fr, 1fr), align: (left + bottom, right + bottom),
  [#said.date \\ #if said.signed_by != "" [#v(0.2cm) #text(weight: 500)[#said.signed_by]]],
  grid(columns: (auto, 2.6cm), gutter: 0.4cm, align: (right + bottom, right + bottom),
    text(size: 8.5pt)[#said.check \\ #link(said.address) \\ #said.code],
    image("code.svg", width: 2.6cm)))
"""


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """What stands on a certificate, in the words of its language.

    Attributes:
        before: Between heading and name.
        after: Between name and course.
        facts: What was reached, a phrase each.
        check: Before the address that tells whether it is valid.
    """

    heading: str
    before: str
    learner: str
    after: str
    course: str
    facts: tuple[str, ...]
    school: str
    date: str
    signed_by: str
    check: str
    address: str
    code: str
    language: str = "en"


def certificate_pdf(page: CertificatePage, folder: Path) -> Path:
    """A PDF file, made in `folder`, which is empty and the caller's to delete; blocks.

    Raises:
        TypesettingError: Typst refused it.
        TypesettingTimedOutError: it took too long.
    """
    import segno  # only where a certificate is made: every API process would hold it

    # As JSON, not in the source: a name is data, whatever it looks like.
    (folder / "certificate.json").write_text(json.dumps(asdict(page)), encoding="utf-8")
    (folder / "certificate.typ").write_text(PAGE, encoding="utf-8")
    segno.make(page.address, error="m").save(str(folder / "code.svg"), border=0, scale=4)
    compile_typst("certificate.typ", "certificate.pdf", folder)
    return folder / "certificate.pdf"
