"""E2: formulas of slides keep their text box and become LaTeX."""

from pathlib import Path

import pypandoc
import pytest

from ingestion.reading import read_documents


def slides_text(folder: Path, markdown: str) -> str:
    path = folder / "deck.pptx"
    pypandoc.convert_text(markdown, "pptx", format="markdown", outputfile=str(path))
    (document,) = read_documents(path, key="deck.pptx")
    return document.text


def test_text_beside_a_formula_is_kept(tmp_path: Path) -> None:
    text = slides_text(tmp_path, "# Work\n\n- The work done is $W=Fs$ here.\n- Another line.\n")

    assert "The work done is $W=Fs$ here." in text
    assert "Another line." in text


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        (r"\frac{\Delta v}{t}", r"\frac{Δv}{t}"),
        (r"E = mc^2", r"E=mc^{2}"),
        (r"x_1^2", r"x_{1}^{2}"),
        (r"\sqrt{2gh}", r"\sqrt{2gh}"),
        (r"\sqrt[3]{x}", r"\sqrt[3]{x}"),
        (r"\sum_{i=1}^{n} i", r"\sum_{i=1}^{n} i"),
        (r"\vec{F}", r"\vec{F}"),
        (r"(a+b)", r"(a+b)"),
    ],
)
def test_formula_becomes_latex(tmp_path: Path, formula: str, latex: str) -> None:
    text = slides_text(tmp_path, f"# Law\n\nIt says ${formula}$ here.\n")

    assert latex.replace(" ", "") in text.replace(" ", "")
