"""Slides as PDF and as pictures."""

from itertools import product
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from publishing.slides.pages import deck_pdf, deck_pictures
from publishing.slides.palettes import PALETTES, contrast
from publishing.slides.plots import axis
from publishing.slides.typst_source import Frame, revealing_frames_of
from tests.publishing.decks import deck_with_figure, hostile_deck, physics_deck


def pages_of(pdf: Path) -> list[str]:
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_a_deck_becomes_a_title_its_slides_and_its_sources(tmp_path: Path) -> None:
    made = deck_pdf(physics_deck(), tmp_path)

    pages = pages_of(made.paths[0])
    assert made.warnings == ()
    assert len(pages) == 1 + 5 + 1
    assert "Work and energy" in pages[0]
    assert "Source: College Physics, chapter 7, page 3" in pages[1]
    assert "return 'seconds'" in pages[3]
    assert "“Work is the product of the force and the distance.”" in pages[-1].replace("\r\n", " ")


def test_a_figure_is_shown_on_white_with_its_caption(tmp_path: Path) -> None:
    dark = deck_with_figure().model_copy(update={"theme": "dark"})
    made = deck_pictures(dark, tmp_path, [Frame("shown")])

    picture = Image.open(made.paths[0]).convert("RGB")
    seen = {colour for _, colour in picture.getcolors(1 << 24) or []}
    assert made.warnings == ()
    assert {(255, 0, 0), (255, 255, 255)} <= seen
    assert "A red square" in pages_of(deck_pdf(dark, tmp_path).paths[0])[1]


def test_what_does_not_typeset_is_shown_as_written_and_told(tmp_path: Path) -> None:
    made = deck_pdf(hostile_deck(), tmp_path)

    text = "\n".join(pages_of(made.paths[0]))
    said = "\n".join(made.warnings)
    assert "root:" not in text
    for piece in ("\\nonsense{x}", "\\frac{a", '#read("/etc/passwd")', "<script>", "seen"):
        assert piece in text.replace("\r\n", "")
    assert "'\\\\nonsense{x}'" in said
    assert "'\\\\frac{a'" in said
    assert "Slide full holds so much" in said


def test_points_appear_one_by_one_and_nothing_else_moves(tmp_path: Path) -> None:
    deck = physics_deck()
    frames = [frame for frame in revealing_frames_of(deck) if frame.slide_id == "work"]

    paths = deck_pictures(deck, tmp_path, frames).paths

    assert frames == [Frame("work", 0), Frame("work", 1), Frame("work", 2)]
    none, one, two = (Image.open(path).convert("L") for path in paths)
    assert none.size == (1920, 1080)
    first, second = (changed_rows(none, one), changed_rows(one, two))
    assert first
    assert second
    assert max(first) < min(second)


def changed_rows(before: Image.Image, after: Image.Image) -> list[int]:
    width, height = before.size
    old, new = before.tobytes(), after.tobytes()
    rows = range(height)
    return [y for y in rows if old[y * width : (y + 1) * width] != new[y * width : (y + 1) * width]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_of_a_theme_has_contrast_aa(theme: str) -> None:
    palette = PALETTES[theme]  # type: ignore[index]
    texts = (
        palette.ink,
        palette.muted,
        palette.accent,
        palette.text_in_code,
        palette.number_in_code,
    )

    for text, ground in product(texts, (palette.paper, palette.panel)):
        assert contrast(text, ground) >= 4.5, (text, ground)


def test_contrast_is_as_the_standard_reckons_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(st.lists(st.floats(-1e200, 1e200), min_size=1, max_size=20))
def test_an_axis_holds_its_values_and_has_a_handful_of_ticks(values: list[float]) -> None:
    low, high, step = axis(values)

    slack = step * 1e-9
    assert low - slack <= min(values) <= max(values) <= high + slack
    assert 1 <= (high - low) / step <= 8
