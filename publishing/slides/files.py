"""Slide decks in each format that they are offered in."""

from collections.abc import Callable
from pathlib import Path

from content.slides import SlideDeck
from publishing.slides.pages import deck_pdf
from publishing.slides.presentation import write_presentation
from publishing.written import Written


def write_json(deck: SlideDeck, folder: Path) -> Written:
    """The value itself, which can be read in again without loss."""
    path = folder / "slides.json"
    path.write_text(deck.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return Written(path)


def write_pdf(deck: SlideDeck, folder: Path) -> Written:
    """A page per slide with all of its points, a title before and the sources after them."""
    made = deck_pdf(deck, folder)
    return Written(made.paths[0], made.warnings)


WRITERS: dict[str, Callable[[SlideDeck, Path], Written]] = {
    "json": write_json,
    "pdf": write_pdf,
    "pptx": write_presentation,
}
