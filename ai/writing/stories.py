"""Tells sentences about the things of one example from sentences about the subject."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from ai.retrieval.terms import terms_of
from ai.writing.brief import SourcePassage
from ai.writing.definitions import Definition
from ai.writing.headings import is_summary
from ai.writing.source_lines import SourceLine

_NAMED: Final = re.compile(r"\b(?:the|an?)\s+(?:[\w-]+\s+)?([^\W\d_][\w-]+)", re.IGNORECASE)
_DEFINITE: Final = re.compile(r"\bthe\s+([^\W\d_][\w-]+)(?:\s+([^\W\d_][\w-]+))?", re.IGNORECASE)
_FORMULA: Final = re.compile(r"\$\$?([^$]*=[^$]*)\$")
_RECKONED: Final = re.compile(r"\d (?:times|plus|minus|divided by) \d")
_MEASURED: Final = re.compile(r"(?<![_^{\d.])\d+\.\d+|(?<![_^{\d.])\d{2,}")
_MOST_NUMBERS: Final = 1
"""Measured ones in a formula of the subject; one with more reckons an example."""
_FEWEST_NAMINGS: Final = 2
_MOST_HEADINGS: Final = 1
_NAMINGS_TO_A_HEADING: Final = 2
"""What examples name this often more, may be met below one heading more."""


def story_terms(
    lines: Sequence[SourceLine],
    passages: Sequence[SourcePassage],
    told: frozenset[tuple[int, int]],
    definitions: Sequence[Definition],
) -> frozenset[str]:
    """Terms of things that only an example or a picture has: a package, a toy car.

    They occur in examples, exercises or descriptions of pictures, elsewhere below one heading at
    most, and neither in headings, nor in what the material defines or sums up. The title of an
    example is no heading of the subject.

    Args:
        lines: Of all passages.
        passages: The material.
        told: Places of lines in examples and descriptions.
        definitions: What the material defines.
    """
    headings: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    subject = {term for each in definitions for term in terms_of(f"{each.term} {each.sentence}")}
    in_story: Counter[str] = Counter()
    for line in lines:
        passage = passages[line.passage]
        terms = terms_of(line.text)
        if line.place in told:
            in_story.update(t for found in _NAMED.finditer(line.text) for t in terms_of(found[1]))
        else:
            subject.update(terms_of(" ".join((passage.document_title, *passage.heading))))
            for term in terms:
                headings[term].add((passage.document_id, passage.heading))
        if any(is_summary(heading) for heading in passage.heading):
            subject.update(terms)
    return frozenset(
        term
        for term, count in in_story.items()
        if count >= _FEWEST_NAMINGS
        and term not in subject
        and len(headings[term]) <= max(_MOST_HEADINGS, count // _NAMINGS_TO_A_HEADING)
    )


def tells_story(text: str, props: frozenset[str]) -> bool:
    """Whether a sentence speaks of "the" thing of a story, or reckons with its numbers."""
    if _RECKONED.search(text):
        return True
    if any(len(_MEASURED.findall(found[1])) > _MOST_NUMBERS for found in _FORMULA.finditer(text)):
        return True
    named = (word for found in _DEFINITE.finditer(text) for word in found.groups() if word)
    return any(props & set(terms_of(word)) for word in named)
