"""The topics of the material in its order, each with what it says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ai.writing.choosing import Centrality
from ai.writing.material import KeyStatement, Material

_FEWEST_STATEMENTS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    """A part of the subject, under the heading that the material gives it.

    Attributes:
        heading: Its name.
        passages: Its passages, by place in the material.
        statements: What is said of it, in order; summing up left out.
    """

    heading: str
    passages: frozenset[int]
    statements: tuple[KeyStatement, ...]


def find_topics(material: Material, most: int, centrality: Centrality) -> list[Topic]:
    """The topics that say most, in the order of the material.

    A topic with less than two statements joins the one before it in its document.

    Args:
        material: What is read.
        most: Topics at most.
        centrality: Of its statements.
    """
    topics = _joined(_all(material), material)
    ranked = sorted(
        range(len(topics)),
        key=lambda n: -sum(max(0.0, centrality.of(s)) ** 2 for s in topics[n].statements),
    )
    return [topics[n] for n in sorted(ranked[:most])]


def _all(material: Material) -> list[Topic]:
    def heading_of(passage: int) -> tuple[object, str]:
        return material.passages[passage].document_id, material.topic_of(passage)

    topics: list[Topic] = []
    for (_, heading), group in groupby(range(len(material.passages)), key=heading_of):
        passages = frozenset(group)
        statements = tuple(
            s for s in material.statements if s.passage in passages and not s.is_summary
        )
        topics.append(Topic(heading, passages, statements))
    return topics


def _joined(topics: Sequence[Topic], material: Material) -> list[Topic]:
    joined: list[Topic] = []
    for topic in topics:
        place = next((n for n, t in enumerate(joined) if t.heading == topic.heading), None)
        is_small = len(topic.statements) < _FEWEST_STATEMENTS
        if place is None and is_small and joined and _one_document(joined[-1], topic, material):
            place = len(joined) - 1
        if place is None:
            joined.append(topic)
        else:
            before = joined[place]
            joined[place] = Topic(
                before.heading,
                before.passages | topic.passages,
                (*before.statements, *topic.statements),
            )
    return [topic for topic in joined if topic.statements]


def _one_document(one: Topic, other: Topic, material: Material) -> bool:
    first, second = min(one.passages), min(other.passages)
    return material.passages[first].document_id == material.passages[second].document_id
