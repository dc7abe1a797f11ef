"""Shows the material's tables and listings where slides and sections treat what they belong to."""

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Final, TypeVar
from uuid import UUID

from ai.writing.brief import SourcePassage
from ai.writing.exhibits import Exhibit, find_exhibits
from ai.writing.own_words import OwnWords, own_words
from content.base import SourceSpan
from content.lessons import Lesson, Section
from content.slides import Code, Slide, SlideDeck, Table

Deck = TypeVar("Deck", bound=SlideDeck)
Place = tuple[UUID, tuple[str, ...]]
"""A document, and the headings above something in it."""

_SLIDES_TO_AN_EXHIBIT: Final = 2
"""At most every third slide of a deck shows one."""
_EXHIBITS_OF_A_SECTION: Final = 2
_MOST_SOURCES: Final = 50
_MOST_CHARACTERS: Final = 40_000
_SPOKEN_COLUMNS: Final = 4


def illustrated_lesson(lesson: Lesson, passages: Sequence[SourcePassage]) -> Lesson:
    """The lesson with tables and listings at the end of the sections that cite their place."""
    exhibits, places = find_exhibits(passages), _places(passages)
    left = list(exhibits)
    sections = []
    for section in lesson.sections:
        chosen = _of(section.sources, left, places)[:_EXHIBITS_OF_A_SECTION]
        chosen = [each for each in chosen if each.span.quote not in section.body]
        left = [each for each in left if each not in chosen]
        sections.append(_with(section, chosen))
    return lesson.model_copy(update={"sections": tuple(sections)})


def illustrated_deck(deck: Deck, passages: Sequence[SourcePassage]) -> Deck:
    """The slides or scenes, each followed by what its place shows: a slide to a table or listing.

    A table of two columns of numbers is drawn as well.
    """
    places, left = _places(passages), find_exhibits(passages)
    most = max(1, len(deck.slides) // _SLIDES_TO_AN_EXHIBIT)
    words = own_words(deck.language)
    slides: list[Slide] = []
    shown = 0
    for slide in deck.slides:
        slides.append(slide)
        if slide.code is not None or slide.table is not None:
            continue
        for exhibit in _of(slide.sources, left, places)[: min(1, most - shown)]:
            left.remove(exhibit)
            shown += 1
            slides.append(_slide(exhibit, slide, words, f"exhibit-{shown}"))
    return deck.model_copy(update={"slides": tuple(slides)})


def _slide(exhibit: Exhibit, before: Slide, words: OwnWords, slide_id: str) -> Slide:
    shown = exhibit.shown
    table, code = (shown, None) if isinstance(shown, Table) else (None, shown)
    return Slide(
        id=slide_id,
        heading=before.heading,
        table=table,
        code=code,
        plot=exhibit.plot,
        narration=(_said(shown, words),),
        sources=(exhibit.span,),
    )


def _said(shown: Table | Code, words: OwnWords) -> str:
    """What is said while it is looked at, which is what it is and no more."""
    if isinstance(shown, Code):
        return words.this_listing
    columns = list(shown.header[:_SPOKEN_COLUMNS])
    return words.this_table.format(columns=words.listed(columns))


def _with(section: Section, exhibits: Sequence[Exhibit]) -> Section:
    body = "\n\n".join((section.body, *(each.span.quote for each in exhibits)))
    sources = (*section.sources, *(each.span for each in exhibits))
    if not exhibits or len(body) > _MOST_CHARACTERS or len(sources) > _MOST_SOURCES:
        return section
    return section.model_copy(update={"body": body, "sources": sources})


def _places(passages: Sequence[SourcePassage]) -> MappingProxyType[int, Place]:
    """Where each chunk stands."""
    return MappingProxyType({each.chunk_id: _place(each) for each in passages})


def _place(passage: SourcePassage) -> Place:
    return passage.document_id, passage.heading


def _of(
    sources: Iterable[SourceSpan],
    exhibits: Sequence[Exhibit],
    places: MappingProxyType[int, Place],
) -> list[Exhibit]:
    """Those that stand under the same headings as what is cited."""
    cited = {places.get(s.chunk_id or 0) for s in sources} - {None}
    return [each for each in exhibits if _place(each.passage) in cited]
