"""Slides and storyboards without a chat model: short points, and what is said to each."""

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from ai.writing.brief import Brief
from ai.writing.choosing import Centrality
from ai.writing.extractive_lesson import chosen_topics, summing_up
from ai.writing.material import KeyStatement, Material, block_formula
from ai.writing.own_words import OwnWords, own_words
from ai.writing.topics import Topic
from content.languages import language_by_script
from content.slides import Slide, SlideDeck, Storyboard

COUNTS: Final = MappingProxyType({"short": 5, "medium": 10, "long": 18})
_POINTS: Final = 4
_LONGEST_POINT: Final = 110
_LONGEST_HEADING: Final = 120
_SHORTEST_CLAUSE_WORDS: Final = 5
_MOST_TOPICS_SHOWN: Final = 7

_CLAUSE_END = re.compile(
    r"[;:—]\s|,\s(?=(?:because|since|so|which|although|whereas|while|क्योंकि)\b)"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|can|must|does|do|means|equals|depends?|gives?|\w{3,}(?:s|ed))\b"
    r"|(?:है|हैं)(?=\W|$)",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\s*\$\$(.+?)\$\$\s*", re.DOTALL)


def write_slides(brief: Brief, material: Material, title: str) -> SlideDeck:
    """An opening slide, slides for each topic, and a closing one that sums up.

    Raises:
        NothingToWriteError: The material says nothing that can be said by itself.
    """
    return SlideDeck(
        title=title, language=material.language, slides=_slides(brief, material, title)
    )


def write_storyboard(brief: Brief, material: Material, title: str) -> Storyboard:
    """The same as scenes, each narrated in whole sentences; formulas stay between `$` signs.

    Raises:
        NothingToWriteError: The material says nothing that can be said by itself.
    """
    slides = _slides(brief, material, title)
    return Storyboard(title=title, language=material.language, slides=slides)


def _slides(brief: Brief, material: Material, title: str) -> tuple[Slide, ...]:
    centrality = Centrality(material)
    most = max(1, (brief.count or COUNTS[brief.length]) - 2)
    topics = chosen_topics(brief, material, centrality, most)
    words = own_words(material.language)
    groups = _groups(topics, centrality, most)
    shown = list(dict.fromkeys(topic for topic, _ in groups))
    slides = [_opening(title, shown, words)]
    slides += [_of_topic(topic, chosen) for topic, chosen in groups]
    if brief.count != 1:
        slides.append(_closing(material, topics, centrality, words))
    return tuple(
        slide.model_copy(update={"id": f"slide-{number}"})
        for number, slide in enumerate(slides, start=1)
    )


def _groups(
    topics: Sequence[Topic], centrality: Centrality, most: int
) -> list[tuple[Topic, list[KeyStatement]]]:
    """For each slide its topic and what it shows; a topic gets more where there is room."""
    groups: list[tuple[int, Topic, list[KeyStatement]]] = []
    rounds = [centrality.best(topic.statements, 3 * _POINTS) for topic in topics]
    for turn in range(3):
        for place, topic in enumerate(topics):
            chosen = rounds[place][turn * _POINTS : (turn + 1) * _POINTS]
            if len(groups) < most and len(chosen) > (1 if turn else 0):
                groups.append((place, topic, sorted(chosen, key=lambda s: s.order)))
    groups.sort(key=lambda group: (group[0], group[2][0].order))
    return [(topic, chosen) for _, topic, chosen in groups]


def _opening(title: str, topics: Sequence[Topic], words: OwnWords) -> Slide:
    headings = [topic.heading[:_LONGEST_HEADING] for topic in topics[:_MOST_TOPICS_SHOWN]]
    about = words.about.format(topic=title)
    parts = words.parts.format(topics=words.listed(headings))
    return Slide(
        id="s",
        heading=title[:_LONGEST_HEADING],
        points=tuple(dict.fromkeys(headings)) if len(headings) > 1 else (),
        narration=(f"{about} {parts}" if len(headings) > 1 else about,),
    )


def _of_topic(topic: Topic, statements: Sequence[KeyStatement]) -> Slide:
    points = [short_point(statement.text) for statement in statements]
    heading = topic.heading[:_LONGEST_HEADING]
    formula = next((f for s in statements if (f := block_formula(s.text))), "")
    opening = heading if heading.endswith(("?", "!", "।")) else f"{heading}."
    return Slide(
        id="s",
        heading=heading,
        points=tuple(points),
        formula=formula[:2_000],
        narration=(opening, *(spoken(statement.text) for statement in statements)),
        sources=tuple(statement.span for statement in statements),
    )


def _closing(
    material: Material, topics: Sequence[Topic], centrality: Centrality, words: OwnWords
) -> Slide:
    statements = summing_up(material, topics, centrality)[: _POINTS + 1]
    return Slide(
        id="s",
        heading=words.summary,
        points=tuple(short_point(s.text) for s in statements),
        narration=(words.closing, *(spoken(s.text) for s in statements)),
        sources=tuple(s.span for s in statements),
    )


def short_point(text: str) -> str:
    """A statement short enough to be read while it is said: whole, or as many clauses as fit."""
    line = " ".join(_BLOCK.sub(" ", text).split()).rstrip(" :")
    if len(line) <= _LONGEST_POINT:
        return line
    sentence = re.split(r"(?<=[.।])\s(?=[^a-z])", line)[0]
    if len(sentence) <= _LONGEST_POINT:
        return sentence
    clauses = [
        clause
        for found in _CLAUSE_END.finditer(sentence)
        if _is_clause(clause := sentence[: found.start()])
    ]
    short = [clause for clause in clauses if len(clause) <= _LONGEST_POINT]
    chosen = short[-1:] or clauses[:1]
    return chosen[0] + ("।" if line.endswith("।") else ".") if chosen else sentence[:480]


def _is_clause(text: str) -> bool:
    is_said = len(text.split()) >= _SHORTEST_CLAUSE_WORDS and bool(_VERB.search(text))
    return is_said and text.count("$") % 2 == 0 and text.count("(") == text.count(")")


def spoken(text: str) -> str:
    """A statement as it is said: one paragraph with a full stop, formulas within the sentence."""
    inline = " ".join(_BLOCK.sub(lambda found: f" ${found[1].strip()}$ ", text).split())
    if not inline or inline.endswith((".", "!", "?", "।", "…", "$", ":", ";")):
        return inline
    return inline + ("।" if language_by_script(inline) == "hi" else ".")
