"""Build the typeset chapter, the slides and the figures of the demo course from their sources.

Run `python demo/build.py` after a change in `demo/sources` or `demo/figures.py`. The same sources
give the same bytes: no clock, no system font and no network has a part in it.
"""

import argparse
import base64
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Literal

import pypandoc
import typst
from figures import FIGURES

DEMO_FOLDER = Path(__file__).resolve().parent
SOURCES = DEMO_FOLDER / "sources"
TIMESTAMP_SECONDS = 1_767_225_600  # 2026-01-01T00:00:00Z, written into the PDF and the slides
MARKDOWN = "markdown-raw_attribute-raw_html-raw_tex"
PIXELS_PER_INCH = 144

# A number and its unit stay on one line.
SPACE_BEFORE_UNIT = re.compile(r"(?<=\d)(\$?) (?=(?:m/s²?|rad/s|N/m|cm|kg|Hz|°|%|[JKNms])(?!\w))")

MASTER = "ppt/slideMasters/slideMaster1.xml"
TITLE_LAYOUT = "ppt/slideLayouts/slideLayout1.xml"
THEME = "ppt/theme/theme1.xml"
ACCENT_BAR = (
    '<p:sp><p:nvSpPr><p:cNvPr id="90" name="Accent bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
    '</p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="137160" cy="5143500"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/>'
    "</a:solidFill></p:spPr></p:sp>"
)
# What the slides change in pandoc's own reference deck: (part, old text, new text).
SLIDE_LOOK = (
    (THEME, '<a:sysClr val="windowText" lastClr="000000"/>', '<a:srgbClr val="22304A"/>'),
    (THEME, '<a:srgbClr val="1F497D"/>', '<a:srgbClr val="1F5FA8"/>'),
    (THEME, '<a:srgbClr val="4F81BD"/>', '<a:srgbClr val="1F5FA8"/>'),
    (THEME, '<a:latin typeface="Calibri"/>', '<a:latin typeface="Georgia"/>'),
    (MASTER, '<p:titleStyle><a:lvl1pPr algn="ctr"', '<p:titleStyle><a:lvl1pPr algn="l"'),
    (
        MASTER,
        '<a:defRPr sz="3300" kern="1200"><a:solidFill><a:schemeClr val="tx1"/>',
        '<a:defRPr sz="2800" b="1" kern="1200"><a:solidFill><a:schemeClr val="tx2"/>',
    ),
    (MASTER, '<a:spcPct val="20000"/>', '<a:spcPct val="45000"/>'),
    (MASTER, '<a:defRPr sz="2400" kern="1200">', '<a:defRPr sz="2000" kern="1200">'),
    (MASTER, "</p:spTree>", f"{ACCENT_BAR}</p:spTree>"),
    (TITLE_LAYOUT, 'marL="0" indent="0" algn="ctr"', 'marL="0" indent="0" algn="l"'),
    (TITLE_LAYOUT, '<a:off x="1371600" y="2914650"/>', '<a:off x="685800" y="2914650"/>'),
)


def build(output: Path) -> list[Path]:
    """Build everything below `output` and return the files written.

    Args:
        output: A folder; `figures/` and `course/` are made in it where missing.
    """
    figures, course = output / "figures", output / "course"
    figures.mkdir(parents=True, exist_ok=True)
    course.mkdir(parents=True, exist_ok=True)
    written = draw_figures(figures)
    chapter = course / "04-oscillations.pdf"
    chapter.write_bytes(typeset(SOURCES / "04-oscillations.md", figures))
    slides = course / "03-energy-and-momentum.pptx"
    slides.write_bytes(present(SOURCES / "03-energy-and-momentum.md", figures))
    return [*written, chapter, slides]


def draw_figures(folder: Path) -> list[Path]:
    """Draw every figure as SVG."""
    written = []
    for name, draw in FIGURES.items():
        svg = folder / f"{name}.svg"
        svg.write_text(draw(), encoding="utf-8")
        written.append(svg)
    return written


def typeset(source: Path, figures: Path) -> bytes:
    """A chapter in Markdown as PDF pages."""
    text = SPACE_BEFORE_UNIT.sub("\\1\N{NO-BREAK SPACE}", source.read_text(encoding="utf-8"))
    body = _pandoc(["--from", MARKDOWN, "--to", "typst"], text).decode()
    metadata = _front_matter(source)
    head = (
        '#import "/chapter.typ": chapter\n'
        "#let horizontalrule = line(length: 100%)\n"
        f"#show: chapter.with(title: [{metadata['title']}], subtitle: [{metadata['subtitle']}],"
        f' author: "{metadata["author"]}")\n'
    )
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        shutil.copy(SOURCES / "chapter.typ", scratch)
        shutil.copytree(figures, scratch / "figures")
        return _compile(head + body.replace('"../figures/', '"/figures/'), scratch, "pdf")


def present(source: Path, figures: Path) -> bytes:
    """A chapter in Markdown as slides, with speaker notes."""
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        look = scratch / "look.pptx"
        _write_slide_look(look)
        slides = scratch / "slides.pptx"
        _pandoc(
            [
                "--from",
                MARKDOWN,
                "--slide-level=1",
                f"--reference-doc={look}",
                f"--output={slides}",
            ],
            _with_pictures_inside(source, figures),
        )
        return slides.read_bytes()


def _with_pictures_inside(source: Path, figures: Path) -> str:
    """The Markdown with its figures as PNG data addresses: the sandbox opens no other file."""

    def inline(link: re.Match[str]) -> str:
        page = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("/{link["name"]}")'
        picture = base64.b64encode(_compile(page, figures, "png")).decode()
        return f"(data:image/png;base64,{picture})"

    return re.sub(
        r"\(\.\./figures/(?P<name>[\w-]+\.svg)\)", inline, source.read_text(encoding="utf-8")
    )


def _write_slide_look(path: Path) -> None:
    """Write pandoc's reference deck with the colours and letters of this course."""
    path.write_bytes(_pandoc(["--print-default-data-file", "reference.pptx"]))
    with zipfile.ZipFile(path) as deck:
        parts = {entry.filename: deck.read(entry) for entry in deck.infolist()}
    for part, old, new in SLIDE_LOOK:
        if old.encode() not in parts[part]:
            raise ValueError(f"pandoc's reference deck has no {old!r} in {part}; adapt SLIDE_LOOK")
        parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as deck:
        for name, content in parts.items():
            deck.writestr(name, content)


def _front_matter(source: Path) -> dict[str, str]:
    block = source.read_text(encoding="utf-8").split("---\n", 2)[1]
    return dict(re.findall(r'^(\w+): "?(.*?)"?$', block, flags=re.MULTILINE))


def _compile(page: str, root: Path, output_format: Literal["pdf", "png"]) -> bytes:
    compiled: bytes = typst.compile(
        page.encode(),
        root=root,
        format=output_format,
        ppi=PIXELS_PER_INCH,
        ignore_system_fonts=True,
        timestamp=TIMESTAMP_SECONDS,
    )
    return compiled


def _pandoc(arguments: list[str], text: str = "") -> bytes:
    completed = subprocess.run(  # noqa: S603 - the wheel's own pandoc, arguments from this file
        [pypandoc.get_pandoc_path(), "--sandbox", *arguments],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(TIMESTAMP_SECONDS)},
        input=text.encode(),
        check=True,
        capture_output=True,
        timeout=60,
    )
    return completed.stdout


def main() -> None:
    """Build into the folder named on the command line, by default the demo folder itself."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=DEMO_FOLDER)
    for path in build(parser.parse_args().output):
        print(path)


if __name__ == "__main__":
    main()
