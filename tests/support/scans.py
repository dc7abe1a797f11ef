"""A PDF file of which one page is a picture of text, and a machine that cannot read pictures."""

import shutil
from pathlib import Path

import pytest
import typst

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed"
)


def half_scanned(folder: Path) -> str:
    """Typst of a page of text, a page that is a picture of text, and another page of text."""
    (folder / "scan.typ").write_text("#set page(height: 5cm)\n#set text(20pt)\nA force is a push.")
    (folder / "scan.png").write_bytes(
        typst.compile(str(folder / "scan.typ"), format="png", ppi=150)
    )
    pages = ["A body moves.", '#image("scan.png")', "A clock ticks."]
    return "\n#pagebreak()\n".join(pages)


def half_scanned_pdf(scratch: Path) -> bytes:
    """That file, made in a folder of its own below `scratch`."""
    folder = scratch / "typeset"
    folder.mkdir()
    (folder / "book.typ").write_text(half_scanned(folder))
    return typst.compile(str(folder / "book.typ"))


@pytest.fixture
def without_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hides every program of the machine, Tesseract among them, from the test and its children."""
    empty = tmp_path / "no-programs"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
