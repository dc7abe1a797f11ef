"""Figures cut out of PDF pages by their captions."""

import io
from pathlib import Path

import pytest
from PIL import Image

from ingestion.page_figures import FigureRequest, cut_figure
from ingestion.page_images import NoSuchPageError

OSCILLATIONS = Path(__file__).parents[2] / "demo" / "course" / "04-oscillations.pdf"


def cut(page: int, label: str, most_bytes: int = 300_000) -> Image.Image | None:
    png = cut_figure(OSCILLATIONS, "oscillations", FigureRequest(page, label, most_bytes))
    return None if png is None else Image.open(io.BytesIO(png)).convert("RGB")


def test_a_figure_is_what_is_drawn_above_its_caption_with_its_labels_and_no_prose():
    figure = cut(4, "Figure 4.2")

    assert figure is not None
    assert 0.8 < figure.width / figure.height < 1.4
    # Its ink is far from the edges, so nothing is cut off; prose would fill whole lines.
    assert figure.crop((0, 0, figure.width, 3)).getextrema() == ((255, 255),) * 3
    rows = [
        min(figure.crop((0, y, figure.width, y + 1)).convert("L").getextrema())
        for y in range(0, figure.height, 4)
    ]
    assert sum(dark < 200 for dark in rows) > len(rows) / 2


def test_a_picture_is_made_smaller_until_it_fits():
    whole, small = cut(4, "Figure 4.2"), cut(4, "Figure 4.2", 6_000)

    assert whole is not None
    assert small is not None
    assert small.width < whole.width


def test_a_label_that_begins_no_line_of_the_page_has_no_figure():
    assert cut(4, "Figure 9.9") is None
    assert cut(1, "Figure 4.2") is None


def test_a_page_that_is_not_there_is_named():
    with pytest.raises(NoSuchPageError):
        cut(99, "Figure 4.2")
