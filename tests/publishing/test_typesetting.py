"""Markdown to PDF through Pandoc and Typst."""

import subprocess
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from publishing import typesetting
from publishing.errors import TypesettingTimedOutError
from publishing.typesetting import typeset


def text_of(pdf: Path) -> str:
    document = pdfium.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


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


def test_a_formula_that_nobody_understands_is_shown_as_it_was_written(tmp_path: Path) -> None:
    text = text_of(typeset("Before $\\frac{$ and $\\nonsense{x}$ after.", tmp_path))

    assert "Before" in text
    assert "nonsense" in text


def test_a_program_that_takes_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "TIMEOUT_SECONDS", 0.000_1)

    with pytest.raises(TypesettingTimedOutError, match="Pandoc"):
        typeset("Text.", tmp_path)


def test_the_typesetter_is_not_loaded_where_it_is_called_from() -> None:
    program = "import sys, publishing.typesetting; print({'typst', 'pypandoc'} & set(sys.modules))"

    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert shown.stdout.strip() == "set()"
