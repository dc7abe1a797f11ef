from collections.abc import Collection
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import typst
from PIL import ImageStat

from ingestion.document import ParsedDocument, Region
from ingestion.errors import NoTextLayerError
from ingestion.readers.pdf_pictures import left_out
from ingestion.reading import read_documents
from tests.support.scans import half_scanned, needs_tesseract

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


@needs_tesseract
def test_pictures_of_text_are_recognised(tmp_path: Path) -> None:
    (tmp_path / "word.typ").write_text("#set text(20pt)\nA force is a push.")
    (tmp_path / "word.png").write_bytes(
        typst.compile(str(tmp_path / "word.typ"), format="png", ppi=150)
    )

    document = typeset('#image("word.png")', tmp_path)

    assert document.text == "A force is a push."
    assert document.blocks[0].locator.page == 1


@needs_tesseract
def test_only_the_scanned_pages_of_a_file_are_recognised(tmp_path: Path) -> None:
    document = typeset(half_scanned(tmp_path), tmp_path)

    assert document.text.split("\n\n") == ["A body moves.", "A force is a push.", "A clock ticks."]
    assert [block.locator.page for block in document.blocks] == [1, 2, 3]
    (region,) = document.blocks[1].locator.regions
    assert rendered_ink(tmp_path / "book.pdf", region) > 20


def test_the_pages_with_text_are_read_where_the_scanned_ones_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    document = typeset(half_scanned(tmp_path), tmp_path)

    assert document.text.split("\n\n") == ["A body moves.", "A clock ticks."]
    assert document.warning is not None
    assert document.warning.startswith("page 2 is a picture and left out; install Tesseract")


@needs_tesseract
def test_a_file_whose_scanned_pages_are_recognised_carries_no_warning(tmp_path: Path) -> None:
    document = typeset(half_scanned(tmp_path), tmp_path)

    assert document.warning is None


@pytest.mark.parametrize(
    ("pages", "named"),
    [
        ({3}, "page 3 is a picture and"),
        ({7, 3, 5, 6}, "pages 3, 5-7 are pictures and"),
        (range(1, 5000), "pages 1-4999 are pictures and"),
        (range(2, 5000, 2), f"pages {', '.join(map(str, range(2, 41, 2)))}, ... are pictures and"),
    ],
)
def test_pages_left_out_are_named_by_their_ranges(pages: Collection[int], named: str) -> None:
    assert left_out(pages).startswith(named)


def test_pictures_of_text_ask_for_recognition_where_none_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "word.typ").write_text("Scanned")
    (tmp_path / "word.png").write_bytes(typst.compile(str(tmp_path / "word.typ"), format="png"))

    with pytest.raises(NoTextLayerError, match="OCR"):
        typeset('#image("word.png")', tmp_path)


def test_tables_are_read_as_tables(tmp_path: Path) -> None:
    table = """#set page(width: 14cm)
Clocks of several kinds keep time more or less well.
#table(columns: 3, stroke: none,
  [*Clock*], [*Length (m)*], [*Acceleration*],
  [A key on a thread], [0.250], [9.8 m/s$""^2$],
  [Child's swing], [2.00], [1.62 m/s$""^2$],
  [Tall clock], [0.993], [9.8 m/s$""^2$],
)
No clock is perfect."""

    document = typeset(table, tmp_path)

    assert outline(document)[1] == (
        "table",
        "| Clock | Length (m) | Acceleration |\n"
        "| --- | --- | --- |\n"
        "| A key on a thread | 0.250 | 9.8 m/s² |\n"
        "| Child’s swing | 2.00 | 1.62 m/s² |\n"
        "| Tall clock | 0.993 | 9.8 m/s² |",
    )


def test_fractions_roots_and_exponents_stay_in_their_line(tmp_path: Path) -> None:
    formulas = "The period is $T = 2 pi sqrt(L / g)$ and $E = 1/2 k x^2_0$ its energy, in $m^2$."

    document = typeset(formulas, tmp_path)

    assert document.text.startswith("The period is T = 2π√(L/g) and E = 1/2 kx")
    assert document.text.endswith("its energy, in m².")
    assert len(document.blocks) == 1


def test_numbered_titles_in_bold_at_the_size_of_the_text_are_headings(tmp_path: Path) -> None:
    titled = "*1.2 Force and mass*\n\nA force is a push or a pull.\n\n*Beware* of the edge."

    document = typeset(titled, tmp_path)

    assert outline(document)[0] == ("heading", "1.2 Force and mass")
    assert [kind for kind, _ in outline(document)[1:]] == ["paragraph", "paragraph"]


def test_blocks_know_their_rectangles(tmp_path: Path) -> None:
    columns = "#set page(width: 20cm, height: 10cm, columns: 2, margin: 1cm)\n#lorem(120)"

    document = typeset(columns, tmp_path)

    (block,) = document.blocks
    left, right = block.locator.regions
    assert left.page == right.page == 1
    assert 0 < left.x0 < left.x1 <= right.x0 < right.x1 < 567
    assert 0 < left.y0 < left.y1 < 284


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_pages_are_read_like_upright_ones_with_rectangles_on_the_page(
    rotation: int, tmp_path: Path
) -> None:
    page = """#set page(width: 20cm, height: 10cm, margin: 1cm)
#text(18pt)[*Motion*]

A body moves if its position changes.

#v(2cm)
A force is a push or a pull."""
    upright = typeset(page, tmp_path)
    turned = turned_content(tmp_path / "book.pdf", rotation)

    (document,) = read_documents(turned, key="turned.pdf")

    assert outline(document) == outline(upright)
    width, height = (567, 284) if rotation == 180 else (284, 567)
    for one, other in zip(document.blocks, upright.blocks, strict=True):
        (found,), (expected,) = one.locator.regions, other.locator.regions
        assert 0 < found.x0 < found.x1 < width
        assert 0 < found.y0 < found.y1 < height
        sides = sorted([found.x1 - found.x0, found.y1 - found.y0])
        expected_sides = sorted([expected.x1 - expected.x0, expected.y1 - expected.y0])
        assert sides == pytest.approx(expected_sides, abs=1)
        assert rendered_ink(turned, found) == pytest.approx(
            rendered_ink(tmp_path / "book.pdf", expected), rel=0.1
        )


def turned_content(path: Path, rotation: int) -> Path:
    """A copy whose content is turned against the clock, and whose page says to turn it back."""
    document = pdfium.PdfDocument(path)
    page = document[0]
    width, height = page.get_size()
    matrix = pdfium.PdfMatrix().rotate(rotation, ccw=True)
    across, up = {90: (height, 0.0), 180: (width, height), 270: (0.0, width)}[rotation]
    page_objects = list(page.get_objects(max_depth=1))
    for item in page_objects:
        item.transform(matrix.translate(across, up))
    size = (width, height) if rotation == 180 else (height, width)
    page.set_mediabox(0, 0, *size)
    page.set_rotation(rotation)
    page.gen_content()
    turned = path.with_name("turned.pdf")
    document.save(turned)
    document.close()
    return turned


def rendered_ink(path: Path, region: Region) -> float:
    """How dark the page is within a rectangle, 0 to 255 for every pixel on average."""
    document = pdfium.PdfDocument(path)
    page = document[region.page - 1]
    page.set_rotation(0)
    picture = page.render(scale=2, grayscale=True).to_pil()
    edges = (region.x0, page.get_height() - region.y1, region.x1, page.get_height() - region.y0)
    cut = picture.crop(tuple(round(2 * edge) for edge in edges))
    document.close()
    return 255 - ImageStat.Stat(cut).mean[0]


def test_columns_below_a_title_are_read_after_it_and_apart(tmp_path: Path) -> None:
    article = """#set page(height: 12cm, columns: 2)
#set par(justify: true)
#place(top + center, scope: "parent", float: true, text(20pt)[A title across both columns])
""" + "\n\n".join(
        f"Sentence number {n} stands alone here in its own rather long paragraph."
        for n in range(12)
    )

    document = typeset(article, tmp_path)

    texts = [text for _, text in outline(document)]
    assert texts[0] == "A title across both columns"
    assert [text.split()[2] for text in texts[1:]] == [str(n) for n in range(12)]
