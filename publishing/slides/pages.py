"""Slides as pages: a PDF to hand out, or a PNG picture per frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from content.slides import SlideDeck
from publishing.slides.typst_source import Frame, prepare_formulas, write_source
from publishing.typst_compiler import PAGE_NUMBER, Compiled, compile_typst

FULL_HD_PPI = 144.0
"""A page of 960 by 540 points at this resolution has 1920 by 1080 pixels."""
READABLE_SHARE = 0.7
"""Below this share of the usual size, text is hard to read on a phone."""
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Pages:
    """Files made of a deck, in order, and what is to be said of them."""

    paths: tuple[Path, ...]
    warnings: tuple[str, ...]


def deck_pdf(deck: SlideDeck, folder: Path) -> Pages:
    """A PDF with a title page, the slides with all points, and the sources. Blocks.

    Raises:
        TypesettingError: Typst refused it.
        TypesettingTimedOutError: it took too long.
        TypesetterUnavailableError: Pandoc is not installed.
    """
    formulas = prepare_formulas(deck, folder)
    source = write_source(deck, formulas, folder, with_title=True, with_sources=True)
    compiled = compile_typst(source, "slides.pdf", folder, timeout_seconds=TIMEOUT_SECONDS)
    return Pages((folder / "slides.pdf",), (*formulas.warnings, *_warnings(compiled)))


def deck_pictures(
    deck: SlideDeck, folder: Path, frames: Sequence[Frame], *, ppi: float = FULL_HD_PPI
) -> Pages:
    """A PNG of 1920 by 1080 pixels per frame, in the order of the frames. Blocks.

    Raises: as `deck_pdf`.
    """
    formulas = prepare_formulas(deck, folder)
    source = write_source(deck, formulas, folder, frames=frames)
    target = f"frame-{PAGE_NUMBER}.png"
    compiled = compile_typst(source, target, folder, ppi=ppi, timeout_seconds=TIMEOUT_SECONDS)
    paths = sorted(folder.glob("frame-*.png"))
    return Pages(tuple(paths), (*formulas.warnings, *_warnings(compiled)))


def _warnings(compiled: Compiled) -> tuple[str, ...]:
    crowded = {note["slide"]: note["share"] for note in compiled.notes}
    return (
        *compiled.warnings,
        *(
            f"Slide {slide} holds so much that its text is set at {share:.0%} of the usual size; "
            "divide it."
            for slide, share in crowded.items()
            if share < READABLE_SHARE
        ),
    )
