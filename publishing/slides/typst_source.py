"""A slide deck in Typst's language: what the PDF and the pictures of a video are made of.

Texts stand in string literals, so that nothing in them is read as markup or runs; formulas come
from Pandoc in Typst's form. Formulas that do not typeset are shown as they were written.
"""

import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.base import SourceSpan
from content.slides import Code, Slide, SlideDeck, Table
from publishing.pandoc import Formula, Piece, convert, formula_warnings
from publishing.slides.foot import foot_of
from publishing.slides.palettes import PALETTES, as_typst, code_theme
from publishing.slides.plots import plot_in_typst
from publishing.typst_compiler import unsettable
from publishing.wording import words_for

SOURCE_FILE = "deck.typ"
_FORMULA = re.compile(r"(?<!\\)\$([^\s$](?:[^$]*[^\s$\\])?)\$(?!\d)", re.DOTALL)
_SOURCES_PER_PAGE = 5
_QUOTE_CHARACTERS = 220
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Frame:
    """One page to be made: a slide with the first `shown_points` of its points; None for all."""

    slide_id: str
    shown_points: int | None = None


@dataclass(frozen=True, slots=True)
class PreparedFormulas:
    """The formulas of a deck in Typst's form, by their LaTeX source.

    Attributes:
        inline, display: of formulas within a line and by themselves; one that is missing is shown
            as it was written.
        warnings: a sentence for each such one.
    """

    inline: Mapping[str, str]
    display: Mapping[str, str]
    warnings: tuple[str, ...]


def frames_of(deck: SlideDeck) -> tuple[Frame, ...]:
    """A frame for each slide with all of its points, as a handout has them."""
    return tuple(Frame(slide.id) for slide in deck.slides)


def revealing_frames_of(deck: SlideDeck) -> tuple[Frame, ...]:
    """Frames in which points appear one by one: first the slide without points, then with each."""
    return tuple(
        Frame(slide.id, shown) for slide in deck.slides for shown in range(len(slide.points) + 1)
    )


def prepare_formulas(deck: SlideDeck, folder: Path) -> PreparedFormulas:
    """Translates all formulas of a deck in one start of Pandoc and tries each with Typst. Blocks.

    Raises:
        TypesettingTimedOutError: a program took too long.
        TypesetterUnavailableError: Pandoc is not installed.
    """
    inline = list(dict.fromkeys(source for line in _lines(deck) for source in formulas_in(line)))
    display = list(dict.fromkeys(slide.formula for slide in deck.slides if slide.formula))
    pieces = [
        *(Piece(source, "formula") for source in inline),
        *(Piece(source, "formula", is_display=True) for source in display),
    ]
    formulas = convert(pieces, folder, to="typst").formulas
    bad = unsettable([formula.typst or "" for formula in formulas], folder)
    checked = [
        Formula(one.source, one.typst, one.is_refused or number in bad)
        for number, one in enumerate(formulas)
    ]
    return PreparedFormulas(
        inline=_settable(checked[: len(inline)]),
        display=_settable(checked[len(inline) :]),
        warnings=formula_warnings(checked),
    )


def write_source(
    deck: SlideDeck,
    formulas: PreparedFormulas,
    folder: Path,
    *,
    frames: Sequence[Frame] | None = None,
    with_title: bool = False,
    with_sources: bool = False,
) -> str:
    """Writes the deck with its theme into `folder`; the name of the file to compile there.

    Without title and sources, each frame is exactly one page, in the order of `frames`.
    """
    palette = PALETTES[deck.theme]
    (folder / "code.tmTheme").write_bytes(code_theme(palette))
    shutil.copyfile(_HERE / "theme.typ", folder / "theme.typ")
    for slide in deck.slides:
        if slide.figure is not None:
            (folder / figure_file(slide)).write_bytes(slide.figure.file_bytes)
    source = typst_source(
        deck, formulas, frames=frames, with_title=with_title, with_sources=with_sources
    )
    (folder / SOURCE_FILE).write_text(source, encoding="utf-8")
    return SOURCE_FILE


def typst_source(
    deck: SlideDeck,
    formulas: PreparedFormulas,
    *,
    frames: Sequence[Frame] | None = None,
    with_title: bool = False,
    with_sources: bool = False,
) -> str:
    """The deck as Typst source, a page per frame; it imports `theme.typ`."""
    slides = {slide.id: slide for slide in deck.slides}
    numbers = {slide.id: number for number, slide in enumerate(deck.slides, start=1)}
    if frames is not None:  # frames bear no number, so that they stay when others come and go
        numbers = dict.fromkeys(numbers, 0)
    sources = _sources_of(deck) if with_sources else []
    pages = [f"#title-slide(colours, {len(slides)}, {inline(deck.title, formulas)}, [])"]
    pages = pages if with_title else []
    for frame in frames_of(deck) if frames is None else frames:
        pages.append(_slide(slides[frame.slide_id], numbers, frame.shown_points, formulas, deck))
    for start in range(0, len(sources), _SOURCES_PER_PAGE):
        pages.append(_sources_page(sources[start : start + _SOURCES_PER_PAGE], len(slides), deck))
    return "\n".join(
        [
            '#import "theme.typ": *',
            f"#let colours = {as_typst(PALETTES[deck.theme])}",
            f"#show: deck.with(colours, {literal(deck.language)}, {literal(deck.title)})",
            *pages,
            "",
        ]
    )


def inline(text: str, formulas: PreparedFormulas) -> str:
    """A line with its formulas as a block of Typst's content."""
    parts: list[str] = []
    for number, part in enumerate(pieces_of(text)):
        if number % 2 == 0:
            parts += [f"#{literal(part)};"] if part else []
        elif (typst := formulas.inline.get(part)) is not None:
            parts.append(typst)
        else:
            parts.append(f"#raw({literal(part)});")
    return f"[{''.join(parts)}]"


def formulas_in(text: str) -> list[str]:
    """The sources of the formulas in a line."""
    return _FORMULA.findall(text)


def pieces_of(text: str) -> list[str]:
    """A line as text and formulas by turns, text first."""
    parts = _FORMULA.split(text)
    return [part if number % 2 else _without_escapes(part) for number, part in enumerate(parts)]


def formulas_of_deck(deck: SlideDeck) -> list[str]:
    """The sources of all formulas, each once."""
    inline = (source for line in _lines(deck) for source in formulas_in(line))
    return list(
        dict.fromkeys([*inline, *(slide.formula for slide in deck.slides if slide.formula)])
    )


def literal(text: str) -> str:
    """A string literal of Typst."""
    printable = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
    return json.dumps(printable, ensure_ascii=False).replace("\\/", "/")


def _slide(
    slide: Slide,
    numbers: Mapping[str, int],
    shown: int | None,
    formulas: PreparedFormulas,
    deck: SlideDeck,
) -> str:
    plot = slide.plot
    parts = {
        "heading": inline(slide.heading, formulas),
        "points": _array(inline(point, formulas) for point in slide.points),
        "formula": _display(slide.formula, formulas) if slide.formula else "none",
        "code": _code(slide.code) if slide.code else "none",
        "table": _table(slide.table, formulas) if slide.table else "none",
        "plot": plot_in_typst(plot, lambda text: inline(text, formulas)) if plot else "none",
        "figure": _figure(slide, formulas) if slide.figure else "none",
    }
    fields = ", ".join(f"{name}: {value}" for name, value in parts.items())
    place = f"{literal(slide.id)}, {numbers[slide.id]}, {len(numbers)}"
    text = foot_of(slide.sources, words_for(deck.language).source)
    foot = literal(text) if text else "[]"
    return (
        f"#slide(colours, {place}, ({fields}), shown: {'none' if shown is None else shown}, "
        f"foot: {foot})"
    )


def _display(source: str, formulas: PreparedFormulas) -> str:
    typst = formulas.display.get(source)
    return f"[{typst}]" if typst is not None else f"raw({literal(source)}, block: true)"


def _code(code: Code) -> str:
    text = code.text.expandtabs(4).rstrip()
    return f"(language: {literal(code.language)}, text: {literal(text)})"


def _figure(slide: Slide, formulas: PreparedFormulas) -> str:
    assert slide.figure is not None  # noqa: S101 (asked of such slides only)
    caption = inline(slide.figure.caption, formulas)
    return f"(file: {literal(figure_file(slide))}, caption: {caption})"


def figure_file(slide: Slide) -> str:
    """The name of the file with a slide's figure, which a scene keeps when others come and go."""
    return f"figure-{slide.id}.png"


def _table(table: Table, formulas: PreparedFormulas) -> str:
    header = _array(inline(cell, formulas) for cell in table.header)
    rows = _array(_array(inline(cell, formulas) for cell in row) for row in table.rows)
    return f"(header: {header}, rows: {rows})"


def _sources_page(sources: Sequence[tuple[int, SourceSpan]], total: int, deck: SlideDeck) -> str:
    entries = _array(
        _array(
            (
                literal(f"{number}. {span.document_title}"),
                literal(f", {span.place}" if span.place else ""),
                literal(f"“{_shortened(span.quote)}”"),
            )
        )
        for number, span in sources
    )
    title = literal(words_for(deck.language).sources)
    return f"#sources-slide(colours, {total}, {total}, {title}, {entries})"


def _sources_of(deck: SlideDeck) -> list[tuple[int, SourceSpan]]:
    spans = dict.fromkeys(span for slide in deck.slides for span in slide.sources)
    return list(enumerate(spans, start=1))


def _shortened(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= _QUOTE_CHARACTERS else f"{line[:_QUOTE_CHARACTERS].rstrip()} …"


def _lines(deck: SlideDeck) -> list[str]:
    lines = [deck.title]
    for slide in deck.slides:
        lines += [slide.heading, *slide.points]
        if slide.table:
            lines += [*slide.table.header, *(cell for row in slide.table.rows for cell in row)]
        if slide.plot:
            lines += [slide.plot.x_label, slide.plot.y_label]
        if slide.figure:
            lines.append(slide.figure.caption)
    return lines


def _settable(formulas: Sequence[Formula]) -> dict[str, str]:
    return {
        formula.source: formula.typst
        for formula in formulas
        if formula.typst is not None and not formula.is_refused
    }


def _array(items: Iterable[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _without_escapes(text: str) -> str:
    return text.replace("\\$", "$")
