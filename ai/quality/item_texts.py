"""The items of a piece of content: their ids, what they say, ask and cite."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from content.base import SourceSpan
from content.cards import Deck
from content.lessons import Exercise, Lesson, Section, StudyGuide, WorkedExample
from content.questions import (
    AnyQuestion,
    Cloze,
    Expression,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from content.slides import SlideDeck

CheckedContent = Lesson | StudyGuide | Quiz | Deck | SlideDeck


@dataclass(frozen=True, slots=True)
class Item:
    """A part that is judged by itself.

    Attributes:
        id: Of the part.
        said: What it states, to be borne out by its sources; empty where nothing.
        asked: What makes it the same as another; empty where nothing does.
        sources: What it stands on.
        needs_source: Whether it may not stand on nothing.
    """

    id: str
    said: str
    asked: str
    sources: tuple[SourceSpan, ...]
    needs_source: bool = True


def items_of(content: CheckedContent) -> Iterator[Item]:
    """Every item, in order."""
    match content:
        case Quiz():
            for question in content.questions:
                asked = f"{question.stem} {key_text(question)}"
                yield Item(question.id, "", asked, question.sources)
        case Deck():
            for card in content.cards:
                yield Item(card.id, card.back, card.front, card.sources)
        case SlideDeck():
            yield from _slides(content)
        case Lesson():
            yield from _sections(content.sections)
            yield from _problems(content.examples)
            yield from _problems(content.exercises)
        case StudyGuide():
            yield from _sections(content.sections)
            yield from _problems(content.questions)


def _slides(deck: SlideDeck) -> Iterator[Item]:
    """Slides; the first may show what is to come without a source."""
    for number, slide in enumerate(deck.slides):
        said = "\n\n".join(slide.narration[1:]) if slide.sources else ""
        needs_source = bool(slide.points) and number > 0
        yield Item(slide.id, said, "", slide.sources, needs_source)


def _sections(sections: Sequence[Section]) -> Iterator[Item]:
    for section in sections:
        yield Item(section.id, section.body, "", section.sources)


def _problems(problems: Sequence[WorkedExample | Exercise]) -> Iterator[Item]:
    """Problems; their numbers may be made up, so that they may stand on no source."""
    for each in problems:
        yield Item(each.id, "", each.problem, each.sources, needs_source=False)


def key_text(question: AnyQuestion) -> str:
    """The key in words, with what is to be chosen from where that is what is asked."""
    match question:
        case SingleChoice():
            return next(choice.text for choice in question.choices if choice.is_right)
        case MultipleChoice():
            return " ".join(choice.text for choice in question.choices)
        case ShortAnswer():
            return " ".join((*question.accepted[:1], *question.key_points))
        case Cloze():
            return " ".join(gap.accepted[0] for gap in question.gaps)
        case Ordering():
            return " ".join(question.items)
        case Matching():
            return " ".join(f"{pair.left} {pair.right}" for pair in question.pairs)
        case Numeric():
            return f"{question.value:g} {question.unit}".strip()
        case Expression():
            return question.expression
