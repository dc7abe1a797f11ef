from pathlib import Path

import pytest
import typst

from ingestion.document import ParsedDocument
from ingestion.errors import NoTextLayerError
from ingestion.reading import read_documents

from ..outline import outline

BOOK = """
#set page(paper: "a5", header: [Physics for All], footer: context counter(page).display())
#set text(size: 10pt, hyphenate: true, lang: "en")
#set document(title: "Physics")
#set heading(numbering: "1.1")
= Motion
A body moves if its position changes.

- first item
- second item

```
int a = 1;
  a += 2;
```
#pagebreak()
== Speed
Speed says how fast the position of a body changes.

#pagebreak()
= Force
A force is a push or a pull.
"""


def typeset(source: str, folder: Path) -> ParsedDocument:
    (folder / "book.typ").write_text(source)
    (folder / "book.pdf").write_bytes(typst.compile(str(folder / "book.typ")))
    (document,) = read_documents(folder / "book.pdf", key="book.pdf")
    return document


def test_pages_give_headings_lists_and_code_without_running_heads(tmp_path: Path) -> None:
    document = typeset(BOOK, tmp_path)

    assert document.title == "Physics"
    assert outline(document) == [
        ("heading", "1 Motion"),
        ("paragraph", "A body moves if its position changes."),
        ("list", "- first item\n- second item"),
        ("code", "```\nint a = 1;\n  a += 2;\n```"),
        ("heading", "1.1 Speed"),
        ("paragraph", "Speed says how fast the position of a body changes."),
        ("heading", "2 Force"),
        ("paragraph", "A force is a push or a pull."),
    ]


def test_every_block_knows_its_page_and_headings(tmp_path: Path) -> None:
    document = typeset(BOOK, tmp_path)

    places = [(block.locator.page, block.locator.heading) for block in document.blocks]
    assert places[-3:] == [(2, ("1 Motion", "1.1 Speed")), (3, ()), (3, ("2 Force",))]


def test_words_parted_at_line_ends_are_mended(tmp_path: Path) -> None:
    narrow = '#set page(width: 5cm, height: 20cm)\n#set text(hyphenate: true, lang: "en")\n'
    narrow += (
        "#set par(justify: true)\nElectromagnetic interactions characterise macroscopic bodies."
    )

    document = typeset(narrow, tmp_path)

    expected = "Electromagnetic interactions characterise macroscopic bodies."
    assert document.text == expected


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    columns = "#set page(columns: 2, height: 8cm)\n" + "\n\n".join(
        f"Sentence number {n} stands alone here in its own long paragraph." for n in range(8)
    )

    document = typeset(columns, tmp_path)

    assert document.text.split("\n\n") == [
        f"Sentence number {n} stands alone here in its own long paragraph." for n in range(8)
    ]


def test_pictures_of_text_ask_for_recognition(tmp_path: Path) -> None:
    (tmp_path / "word.typ").write_text("Scanned")
    (tmp_path / "word.png").write_bytes(typst.compile(str(tmp_path / "word.typ"), format="png"))

    with pytest.raises(NoTextLayerError, match="OCR"):
        typeset('#image("word.png")', tmp_path)
