"""What the course says around a topic: meanings given elsewhere, and terms to be told apart.

A chapter on a topic names terms that a glossary explains, and is too small to hold the terms that
they could be mistaken for.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ai.retrieval.terms import terms_of
from ai.writing.brief import SourcePassage
from ai.writing.definitions import Definition
from ai.writing.headings import is_glossary
from ai.writing.material import Material, read_material
from ai.writing.topic_names import TopicNames

_WELL_MATCHED: Final = 0.75
"""Of the best match: what only weaker ones name is not asked about."""
_FEWEST_NAMING: Final = 2
_MORE_OFTEN: Final = 1.25
_FEWEST_ELSEWHERE: Final = 12
"""Of fewer passages it does not show what the course speaks of everywhere."""


def with_background(
    material: Material, others: Sequence[SourcePassage], topic: str = ""
) -> Material:
    """The material of a topic, with what other passages of the course say around it.

    Terms that the material names and another passage defines more explicitly are defined so. Those
    that the whole course names as often, such as `time` or `energy`, do not belong to the topic.

    Args:
        material: About the topic.
        others: Passages of the same course that are not; those in another language are left out.
        topic: What it is about; what the passages below headings that name it speak of belongs
            to it, and every definition that names it.
    """
    if not others:
        return material
    background = read_material(others, material.language)
    if background.language != material.language:
        return material
    names = TopicNames(topic)
    below = [passage for passage in material.passages if names.stand_above(passage)]
    matching = _best_matching(below or material.passages)
    elsewhere = [p for p in others if not any(is_glossary(heading) for heading in p.heading)]
    defined = {each.stems: each for each in material.definitions}
    for found in background.definitions:
        own = defined.get(found.stems)
        is_asked = names.are_in(terms_of(found.sentence)) or (
            _is_named(found, matching) and not _is_general(found, matching, elsewhere)
        )
        if found.is_more_explicit(own) if own is not None else is_asked:
            defined[found.stems] = found
    return replace(material, definitions=tuple(defined.values()), background=background)


def _best_matching(passages: Sequence[SourcePassage]) -> list[SourcePassage]:
    """Those that match the topic well; all where none is named."""
    least = _WELL_MATCHED * max((passage.score for passage in passages), default=0.0)
    return [passage for passage in passages if passage.score >= least]


def _is_named(definition: Definition, passages: Sequence[SourcePassage]) -> bool:
    """Whether a heading has the term, or several passages, in its own form: not `works` for `work`.

    What one passage names in passing is not what it is about.
    """
    naming = _naming(definition, passages)
    term = _pattern(definition)
    in_heading = any(term.search(heading) for p in passages for heading in p.heading)
    return bool(naming) and (in_heading or len(naming) >= _FEWEST_NAMING)


def _is_general(
    definition: Definition, passages: Sequence[SourcePassage], elsewhere: Sequence[SourcePassage]
) -> bool:
    """Whether what is not on the topic names the term hardly less often than what is."""
    if len(elsewhere) < _FEWEST_ELSEWHERE:
        return False
    here = len(_naming(definition, passages)) / len(passages)
    there = len(_naming(definition, elsewhere)) / len(elsewhere)
    return here < _MORE_OFTEN * there


def _naming(definition: Definition, passages: Sequence[SourcePassage]) -> list[SourcePassage]:
    term = _pattern(definition)
    return [passage for passage in passages if term.search(passage.text)]


def _pattern(definition: Definition) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, definition.term.split()))
    return re.compile(rf"(?<![\w-]){words}(?![\w-])", re.IGNORECASE)
