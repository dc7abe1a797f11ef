"""Where a topic is named: in the headings of a part of the course, or in a sentence of another."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from ai.answering.sentence_scoring import question_terms
from ai.retrieval.terms import terms_of
from ai.writing.brief import SourcePassage
from ai.writing.material import Material

_AND: Final = re.compile(r"\s+(?:and|or|और|या)\s+|[,;/&]", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]{2,}")


class TopicNames:
    """The names of a topic: "Work and energy" has two, each with all of its words.

    Attributes:
        beginnings: For each name, how its words begin in any of their forms, in small letters.
    """

    def __init__(self, topic: str) -> None:
        """Takes the topic as a person wrote it; one without words is named nowhere."""
        named = {frozenset(question_terms(part)): part for part in _AND.split(topic)}
        self._names = tuple(terms for terms in named if terms)
        self.beginnings = tuple(
            tuple(dict.fromkeys(filter(None, map(_beginning, _WORD.findall(part)))))
            for terms, part in named.items()
            if terms
        )

    def are_in(self, terms: Collection[str]) -> bool:
        """Whether these lexical terms hold one of the names."""
        return any(name <= set(terms) for name in self._names)

    def stand_above(self, passage: SourcePassage) -> bool:
        """Whether the title and headings above a passage hold one of the names."""
        return self.are_in(terms_of(" ".join((passage.document_title, *passage.heading))))


def kept_to_topic(material: Material, topic: str) -> Material:
    """The material without what it says of other things.

    Where headings name the topic, what stands below others is left out but for sentences, problems
    and definitions that name it themselves. All of it where no heading does, or nothing were left.
    """
    names = TopicNames(topic)
    is_below = [names.stand_above(passage) for passage in material.passages]
    if not any(is_below):
        return material

    def is_kept(passage: int, text: str) -> bool:
        return is_below[passage] or names.are_in(terms_of(text))

    statements = tuple(each for each in material.statements if is_kept(each.passage, each.text))
    if not statements:
        return material
    return replace(
        material,
        statements=statements,
        definitions=tuple(
            each for each in material.definitions if is_kept(each.place[0], each.sentence)
        ),
        problems=tuple(
            each
            for each in material.problems
            if is_kept(each.problem[0][0].passage, each.problem_text)
        ),
    )


def _beginning(word: str) -> str:
    """What the forms of a word have in common; empty for one that says nothing of the topic."""
    small = word.lower()
    stems = terms_of(small)
    if not stems:
        return ""
    shared = 0
    while shared < min(len(small), len(stems[0])) and small[shared] == stems[0][shared]:
        shared += 1
    return small[:shared]
