"""Figures of the material, known by their captions, and the parts of content they belong to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from ai.retrieval.terms import terms_of
from ai.writing.brief import SourcePassage
from content.base import Sources, SourceSpan
from content.figures import Figure
from content.lessons import Lesson, Section, StudyGuide
from content.slides import Slide, SlideDeck

Deck = TypeVar("Deck", bound=SlideDeck)

_CAPTION: Final = re.compile(
    r"^(?P<label>(?:Figure|Fig\.|FIGURE|Abb\.|चित्र)\s?\d+(?:[.\-–]\d+)*)(?P<end>[.:]?)[ \n]+"
    r"(?P<said>\S(?:[^\n]|\n(?!\n))*)",
    re.MULTILINE,
)
_PAGE: Final = re.compile(r"page (\d+)")
_LONGEST: Final = 480
_SLIDES_TO_A_FIGURE: Final = 2
_MOST_FIGURES: Final = 12
"""Of one content: with `MOST_BYTES` each, what an edited version may weigh as a request."""
_MOST_SOURCES: Final = 50


@dataclass(frozen=True, slots=True, eq=False)
class Caption:
    """The caption of a figure on a page.

    Attributes:
        passage: Where it stands.
        span: Of all of it, verbatim.
        label: How it begins: "Figure 4.2".
        said: The rest of it.
        page: From 1.
    """

    passage: SourcePassage
    span: SourceSpan
    label: str
    said: str
    page: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A slide or section that a figure may belong to."""

    id: str
    words: frozenset[str]
    sources: Sources


def captions_for(
    content: SlideDeck | Lesson | StudyGuide, passages: Sequence[SourcePassage]
) -> dict[str, Caption]:
    """The figures that belong to slides or sections, by the id of the part each is to follow.

    A figure belongs to the part that cites its place and shares most words with its caption; a
    part gets one at most. Of a deck's slides every third may show one, and twelve are shown in all.
    """
    parts = _slides(content) if isinstance(content, SlideDeck) else _sections(content)
    most = _MOST_FIGURES
    if isinstance(content, SlideDeck):
        most = min(most, max(1, len(content.slides) // _SLIDES_TO_A_FIGURE))
    places = {each.chunk_id: _place(each) for each in passages}
    chosen: dict[str, Caption] = {}
    for caption in _captions(passages):
        part = _closest(caption, (part for part in parts if part.id not in chosen), places)
        if part is not None and len(chosen) < most:
            chosen[part.id] = caption
    return chosen


def deck_with_figures(deck: Deck, figures: Mapping[str, tuple[Caption, Figure]]) -> Deck:
    """The deck with a slide for each figure, after the slide of that id; its caption is said."""
    slides: list[Slide] = []
    for slide in deck.slides:
        slides.append(slide)
        if slide.id not in figures:
            continue
        caption, figure = figures[slide.id]
        slides.append(
            Slide(
                id=f"figure-{slide.id}"[:40],
                heading=slide.heading,
                figure=figure,
                narration=(caption.said,),
                sources=(caption.span,),
            )
        )
    return deck.model_copy(update={"slides": tuple(slides)})


def text_with_figures(
    text: Lesson | StudyGuide, figures: Mapping[str, tuple[Caption, Figure]]
) -> Lesson | StudyGuide:
    """The lesson or guide with each figure in the section of that id, which cites its caption."""

    def with_figure(section: Section) -> Section:
        if section.id not in figures or len(section.sources) >= _MOST_SOURCES:
            return section
        caption, figure = figures[section.id]
        sources = tuple(dict.fromkeys((*section.sources, caption.span)))
        return section.model_copy(update={"figures": (figure,), "sources": sources})

    return text.model_copy(update={"sections": tuple(map(with_figure, text.sections))})


def with_figures_of(
    before: Section, rewritten: Section, passages: Sequence[SourcePassage]
) -> Section:
    """New words for a section, with the figures of the old one and their captions as sources.

    A figure whose document has another version by now is left out: the section would stay stale.
    """
    versions = {(each.document_id, each.document_version) for each in passages}
    captions = {
        caption_text(span): span
        for span in before.sources
        if (span.document_id, span.document_version) in versions
    }
    figures = tuple(figure for figure in before.figures if figure.caption in captions)
    spans = (*rewritten.sources, *(captions[figure.caption] for figure in figures))
    sources = tuple(dict.fromkeys(spans))[-_MOST_SOURCES:]
    return rewritten.model_copy(update={"figures": figures, "sources": sources})


def caption_text(span: SourceSpan) -> str:
    """What is shown below a figure whose caption that is."""
    return " ".join(span.quote.split())[:_LONGEST]


def _slides(deck: SlideDeck) -> list[_Part]:
    """Those with points, which show no figure yet."""
    return [
        _Part(slide.id, _words(slide.heading, *slide.points), slide.sources)
        for slide in deck.slides
        if slide.figure is None and slide.points
    ]


def _sections(text: Lesson | StudyGuide) -> list[_Part]:
    return [
        _Part(section.id, _words(section.heading, section.body), section.sources)
        for section in text.sections
        if not section.figures
    ]


def _words(*texts: str) -> frozenset[str]:
    return frozenset(terms_of(" ".join(texts)))


def _captions(passages: Sequence[SourcePassage]) -> list[Caption]:
    found: dict[tuple[object, str], Caption] = {}
    for passage in passages:
        page = _PAGE.fullmatch(passage.place)
        if page is None:
            continue
        for match in _CAPTION.finditer(passage.text):
            end = match.start() + len(match[0][:_LONGEST].rstrip())
            said = " ".join(match["said"][: end - match.start("said")].split())
            span = passage.span(match.start(), end)
            caption = Caption(passage, span, match["label"], said, int(page[1]))
            found.setdefault((passage.document_id, match["label"]), caption)
    return list(found.values())


def _closest(
    caption: Caption, parts: Iterable[_Part], places: Mapping[int, object]
) -> _Part | None:
    here, words = _place(caption.passage), _words(caption.said)

    def shared(part: _Part) -> int:
        return len(words & part.words)

    cite = (p for p in parts if any(places.get(s.chunk_id or 0) == here for s in p.sources))
    best = max(cite, key=shared, default=None)
    return best if best is not None and shared(best) else None


def _place(passage: SourcePassage) -> object:
    return passage.document_id, passage.heading
