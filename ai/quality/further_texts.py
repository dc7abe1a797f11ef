"""What content says beside its items: explanations, solutions, terms, the summary."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ai.quality.item_texts import CheckedContent
from content.base import SourceSpan
from content.lessons import Exercise, GlossaryEntry, Lesson, StudyGuide, WorkedExample
from content.questions import Quiz

_MADE_UP: Final = re.compile(r"\d|[=≈<>]|\$")
"""Numbers and formulas of a problem, which no source has to hold."""


@dataclass(frozen=True, slots=True)
class FurtherText:
    """A text that is to be borne out by what it cites.

    Attributes:
        item: The item it belongs to; None for the whole.
        name: For an author: "the explanation".
        said: What it states.
        sources: What it stands on.
        may_fail: Whether a statement that is borne out by nothing keeps it from being published;
            else it is a warning.
        is_worked: Whether it solves a problem, whose own numbers no source needs to hold.
    """

    item: str | None
    name: str
    said: str
    sources: tuple[SourceSpan, ...]
    may_fail: bool = True
    is_worked: bool = False

    def is_to_be_borne_out(self, sentence: str) -> bool:
        """Whether a source has to say so."""
        return not (self.is_worked and _MADE_UP.search(sentence))


def further_texts(content: CheckedContent) -> Iterator[FurtherText]:
    """Every one of them, in order."""
    match content:
        case Quiz():
            for question in content.questions:
                said = question.explanation
                yield FurtherText(question.id, "the explanation", said, question.sources, False)
        case Lesson():
            yield from _solutions(content.examples)
            yield from _solutions(content.exercises)
            yield from _terms(content.glossary)
            own = content.summary_sources
            cited = own or tuple(s for section in content.sections for s in section.sources)
            yield FurtherText(None, "the summary", content.summary, cited, may_fail=bool(own))
        case StudyGuide():
            yield from _solutions(content.questions)
            yield from _terms(content.glossary)
        case _:
            return


def _solutions(problems: Sequence[WorkedExample | Exercise]) -> Iterator[FurtherText]:
    for each in problems:
        parts = (each.solution,) if isinstance(each, Exercise) else (*each.steps, each.answer)
        said = "\n\n".join(parts)
        yield FurtherText(each.id, "the solution", said, each.sources, False, is_worked=True)


def _terms(glossary: Sequence[GlossaryEntry]) -> Iterator[FurtherText]:
    for entry in glossary:
        said = f"{entry.term}: {entry.definition}"
        yield FurtherText(None, f"the term “{entry.term[:80]}”", said, entry.sources)
