"""Files are made by Pandoc from one Markdown text; so all formats must agree."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from ingestion.reading import read_documents

from ..outline import outline

PANDOC = Path(find_spec("pypandoc").submodule_search_locations[0]) / "files" / "pandoc"
LESSON = """---
title: Motion
lang: en
---

# Speed

Speed is $v$, in units of 10^9^ m.[^1]

[^1]: A note.

$$v = x / t$$

- fast
- slow

| Quantity | Unit |
|----------|------|
| mass     | kg   |

```
int a = 1;
```
"""


def convert(path: Path, markdown: str = LESSON) -> Path:
    subprocess.run(
        [PANDOC, "-s", "--mathml", "-f", "markdown", "-o", path],
        input=markdown.encode(),
        check=True,
    )
    return path


@pytest.mark.parametrize("extension", ["docx", "odt", "epub", "html", "tex", "rst", "org", "rtf"])
def test_a_lesson_reads_alike_from_every_format(extension: str, tmp_path: Path) -> None:
    path = convert(tmp_path / f"lesson.{extension}")

    (document,) = read_documents(path, key="lesson")

    blocks = outline(document)
    speed = next(b for b in document.blocks if "units" in document.text[b.char_start : b.char_end])
    assert speed.locator.heading[-1] == "Speed"
    assert ("heading", "Speed") in blocks
    assert ("list", "- fast\n- slow") in blocks
    assert ("table", "| Quantity | Unit |\n| --- | --- |\n| mass | kg |") in blocks
    assert "int a = 1;" in document.text
    assert "10^9" in document.text


@pytest.mark.parametrize("extension", ["docx", "odt", "epub", "html", "tex", "rst", "org"])
def test_footnotes_are_kept(extension: str, tmp_path: Path) -> None:
    (document,) = read_documents(convert(tmp_path / f"lesson.{extension}"), key="lesson")

    assert "A note." in document.text


@pytest.mark.parametrize("extension", ["docx", "html", "tex", "rst", "org"])
def test_displayed_formulas_are_blocks(extension: str, tmp_path: Path) -> None:
    (document,) = read_documents(convert(tmp_path / f"lesson.{extension}"), key="lesson")

    assert "formula" in [kind for kind, _ in outline(document)]


def test_web_pages_lose_what_is_not_their_matter(read) -> None:
    page = """<!DOCTYPE html><html lang="hi"><head><title>Force</title></head><body>
    <style>p{}</style>
    <nav><a href="/">Home</a></nav><script>track()</script><h1>Force</h1><p>A push.</p>
    <button>Buy</button><p hidden>Secret</p><!-- note --><footer>Imprint</footer></body></html>"""

    document = read("force.html", page)

    assert outline(document) == [("heading", "Force"), ("paragraph", "A push.")]
    assert (document.title, document.language) == ("Force", "hi")


def test_mathml_becomes_latex(read) -> None:
    math = "<math><msub><mi>x</mi><mn>0</mn></msub></math>"

    document = read("a.html", f"<html><body><p>At {math} it rests.</p></body></html>")

    assert document.text == "At $x_{0}$ it rests."


def test_figures_give_description_and_caption(read) -> None:
    figure = (
        '<figure><img src="a.png" alt="A ball rolls"><figcaption>Rolling.</figcaption></figure>'
    )

    document = read("a.html", f"<html><body>{figure}</body></html>")

    assert outline(document) == [("caption", "A ball rolls"), ("caption", "Rolling.")]


def test_latex_commands_of_another_file_keep_their_text(read) -> None:
    latex = r"\section{Dice} The chance of a \resp{6} is small. \Figure{0.5}{dice.pdf}"

    document = read("dice.tex", latex)

    assert "a 6 is small." in document.text
    assert "0.5" not in document.text


def test_code_parted_by_colour_is_one_piece(read) -> None:
    page = "<p>Call <code>Console</code><span><code>.</code></span><code>WriteLine</code>.</p>"

    assert read("a.html", f"<html><body>{page}</body></html>").text == "Call `Console.WriteLine`."


def test_a_command_taken_for_text_does_no_harm(read) -> None:
    latex = r"\begin{longtable}{l} a \\ \strangerule{} \end{longtable} Text."

    assert "Text." in read("a.tex", latex).text


def test_files_beside_the_document_stay_unread(read, tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("the password")

    document = read("a.tex", r"Before. \input{secret.tex} After.")

    assert "password" not in document.text


SENTENCE = "A body moves if its position changes. "


@pytest.mark.parametrize(
    "page",
    [
        f"<h1>Motion</h1><p>{SENTENCE * 140_000}</p><p>The end.</p>",
        f"<h1>Motion</h1>{SENTENCE * 140_000}<p>The end.</p>",
        f"<h1>Motion</h1><p><span>{SENTENCE * 140_000}</span></p><p>The end.</p>",
    ],
    ids=["a paragraph", "text of the body", "text within a span"],
)
def test_a_line_of_five_megabytes_is_read_whole_and_in_its_order(read, page: str) -> None:
    document = read("line.html", f"<html><body>{page}</body></html>")

    assert document.text.split() == ["Motion", *(SENTENCE * 140_000).split(), "The", "end."]
    longest = max(block.char_end - block.char_start for block in document.blocks)
    assert longest <= 20_000


def test_a_picture_within_a_page_costs_nothing(read) -> None:
    picture = f'<img src="data:image/png;base64,{"QUJD" * 1_500_000}">'

    document = read("page.html", f"<html><body><p>A body moves.</p>{picture}</body></html>")

    assert document.text == "A body moves."
