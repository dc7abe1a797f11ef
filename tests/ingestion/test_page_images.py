"""Pictures of PDF pages: what is marked, and what becomes of pages that cannot be drawn."""

import io
from pathlib import Path

import pytest
import typst
from PIL import Image

from ingestion.errors import DamagedDocumentError, ReadingTimedOutError
from ingestion.page_images import NoSuchPageError, PageRequest, Rectangle, draw_page

SOURCE = """
#set page(width: 200pt, height: 300pt, margin: 20pt)
#set text(size: 10pt)
The kite rises when the wind blows.

#v(150pt)
The stone falls whatever the weather.
#pagebreak()
Second page.
"""


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "source.typ").write_text(SOURCE)
    typst.compile(str(folder / "source.typ"), output=str(folder / "pages.pdf"))
    return folder / "pages.pdf"


def marked_rows(png: bytes) -> list[int]:
    """Rows of the picture that hold the colour of the marker, which is no grey."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    pixels = picture.load()
    return [
        y
        for y in range(picture.height)
        if any(pixels[x, y][0] - pixels[x, y][2] > 60 for x in range(picture.width))
    ]


def test_a_page_is_drawn_at_the_scale_asked_for(pdf: Path):
    png = draw_page(pdf, "pages.pdf", PageRequest(page=1, scale=1.5))

    assert Image.open(io.BytesIO(png)).size == (300, 450)
    assert marked_rows(png) == []


def test_a_passage_is_marked_where_its_text_stands(pdf: Path):
    first = draw_page(
        pdf, "pages.pdf", PageRequest(1, 1, text="The kite rises\nwhen the wind blows.")
    )
    second = draw_page(
        pdf, "pages.pdf", PageRequest(1, 1, text="The stone falls whatever the wea-\nther.")
    )

    assert marked_rows(first)
    assert max(marked_rows(first)) < 60
    assert min(marked_rows(second)) > 150


def test_of_a_passage_over_two_pages_the_part_on_this_page_is_marked(pdf: Path):
    passage = "Something that stands elsewhere. The kite rises when the wind blows."

    png = draw_page(pdf, "pages.pdf", PageRequest(1, 1, text=passage))

    assert marked_rows(png)


def test_regions_are_marked_from_the_bottom_left(pdf: Path):
    png = draw_page(
        pdf, "pages.pdf", PageRequest(1, 1, regions=[Rectangle(20, 10, 100, 30)], text="The kite")
    )

    assert min(marked_rows(png)) in range(267, 270)
    assert max(marked_rows(png)) in range(290, 293)


def test_ink_stays_readable_under_the_marker(pdf: Path):
    plain = draw_page(pdf, "pages.pdf", PageRequest(1, 2))
    marked = draw_page(pdf, "pages.pdf", PageRequest(1, 2, text="The kite rises when the wind"))

    def darkest(png: bytes) -> int:
        return Image.open(io.BytesIO(png)).convert("L").getextrema()[0]

    assert darkest(marked) <= darkest(plain)


def test_a_page_beyond_the_last_says_how_many_there_are(pdf: Path):
    with pytest.raises(NoSuchPageError, match="no page 9; the document has 2"):
        draw_page(pdf, "pages.pdf", PageRequest(9, 1))


def test_a_damaged_file_is_refused_with_the_reason(tmp_path: Path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")

    with pytest.raises(DamagedDocumentError, match=r"broken\.pdf"):
        draw_page(broken, "broken.pdf", PageRequest(1, 1))


def test_drawing_ends_when_its_time_is_over(pdf: Path):
    with pytest.raises(ReadingTimedOutError):
        draw_page(pdf, "pages.pdf", PageRequest(1, 1), timeout_seconds=0.001)
