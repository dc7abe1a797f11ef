"""Markdown to PDF through Pandoc and Typst."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from publishing import processes
from publishing.errors import TypesettingTimedOutError
from publishing.pandoc import Piece, convert
from publishing.pandoc_documents import Document
from publishing.typesetting import typeset, typeset_document
from publishing.typst_compiler import unsettable


def text_of(pdf: Path) -> str:
    document = pdfium.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def letters_of(pdf: Path) -> list[tuple[str, str]]:
    """The characters with the fonts that they are drawn from; a box for a missing glyph has one."""
    document = pdfium.PdfDocument(pdf)
    try:
        pages = [page.get_textpage() for page in document]
        return [
            (page.get_text_range(index, 1), font_at(page, index))
            for page in pages
            for index in range(page.count_chars())
        ]
    finally:
        document.close()


def font_at(page: pdfium.PdfTextPage, index: int) -> str:
    name = ctypes.create_string_buffer(200)
    pdfium_c.FPDFText_GetFontInfo(page, index, name, len(name), None)
    return name.value.decode().rpartition("+")[2]


@pytest.mark.parametrize("formula", ["$\\frac{a}{b}$", "\\(\\frac{a}{b}\\)", "\\[\\frac{a}{b}\\]"])
def test_formulas_are_typeset(tmp_path: Path, formula: str) -> None:
    text = text_of(typeset(f"The ratio is {formula} here.", tmp_path))

    assert "The ratio is" in text
    assert "frac" not in text
    assert "\\" not in text


def test_lists_tables_code_and_footnotes_are_set(tmp_path: Path) -> None:
    markdown = (
        "# Title\n\nSay:\n- one[^1]\n- two\n\n| a | b |\n|---|---|\n| c | d |\n\n"
        "```python\nx = '#panic()'\n```\n\n[^1]: The note.\n"
    )

    text = text_of(typeset(markdown, tmp_path))

    for piece in ("Title", "one", "The note.", "x = '#panic()'"):
        assert piece in text
    assert "- one" not in text


@pytest.mark.parametrize(
    "markdown",
    [
        "![secret](/etc/passwd) seen",
        "![secret](https://example.org/x.png) seen",
        '`#read("/etc/passwd")`{=typst} seen',
        "```{=typst}\n#panic()\n```\nseen",
        "\\input{/etc/passwd} seen",
        "<img src='/etc/passwd'> seen",
        "---\ntitle: x\ninclude-before: '#panic()'\n---\n\nseen",
        "#panic() seen",
        "$#panic()$ seen",
        "[x](javascript:panic()) seen",
        "@nobody <label> seen",
    ],
)
def test_nothing_but_text_comes_of_what_would_read_or_run(tmp_path: Path, markdown: str) -> None:
    text = text_of(typeset(markdown, tmp_path))

    assert "seen" in text
    assert "root:" not in text


def test_hindi_is_set_where_the_system_has_no_font_for_it(tmp_path: Path) -> None:
    hindi = "गति क्या है? **गुरुत्वाकर्षण बल** और शक्ति, क्षेत्र, १२३।"

    pdf = typeset(f"Work and $W = F s$.\n\n{hindi}\n", tmp_path, with_system_fonts=False)

    assert "".join(hindi.replace("*", "").split()) in "".join(text_of(pdf).split())
    assert {font for letter, font in letters_of(pdf) if "\u0904" <= letter <= "\u0939"} == {
        "NotoSansDevanagari-Regular"
    }


def test_a_formula_that_nobody_understands_is_shown_as_it_was_written(tmp_path: Path) -> None:
    text = text_of(typeset("Before $\\frac{$ and $\\nonsense{x}$ after.", tmp_path))

    assert "Before" in text
    assert "nonsense" in text


def test_a_program_that_takes_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "TIMEOUT_SECONDS", 0.000_1)

    with pytest.raises(TypesettingTimedOutError, match="Pandoc"):
        typeset("Text.", tmp_path)


def test_the_typesetter_is_not_loaded_where_it_is_called_from() -> None:
    program = "import sys, publishing.typesetting; print({'typst', 'pypandoc'} & set(sys.modules))"

    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert shown.stdout.strip() == "set()"


def test_a_formula_that_typst_alone_refuses_leaves_the_others_typeset(tmp_path: Path) -> None:
    document = Document("Fine $\\frac{a}{b}$, broken $\\frac{}{}$, fine $x^2$.")

    made = typeset_document(document, tmp_path)

    text = text_of(made.path)
    assert "\\frac{}{}" in text
    assert "\\frac{a}" not in text
    assert made.warnings == (
        "The formula '\\\\frac{}{}' does not typeset and is shown as it was written.",
    )


def test_formulas_that_crash_the_typesetter_are_found_with_those_it_refuses(tmp_path: Path) -> None:
    deep = "$" + "sqrt(" * 20_000 + "x" + ")" * 20_000 + "$"

    bad = unsettable(["$x^2$", "$frac(, )$", deep, "$nonsense$", "$y$"], tmp_path)

    assert bad == {1, 2, 3}


def test_a_formula_cannot_pass_for_two(tmp_path: Path) -> None:
    pieces = [
        Piece("\\text{/*x*/}", "formula"),
        Piece("#panic()", "formula"),
        Piece("y", "formula"),
    ]

    formulas = convert(pieces, tmp_path, to="typst").formulas

    assert [formula.typst for formula in formulas] == ['$upright("/*x*/")$', None, "$y$"]


def test_a_sign_that_no_font_shows_is_named_and_told(tmp_path: Path) -> None:
    document = Document("Well done \U0001f642\U0001f642, and \U00013000 too.")

    made = typeset_document(document, tmp_path, with_system_fonts=False)

    assert "[slightly smiling face]" in text_of(made.path)
    assert any("slightly smiling face" in warning for warning in made.warnings)
    assert any("script Egyptian" in warning for warning in made.warnings)
