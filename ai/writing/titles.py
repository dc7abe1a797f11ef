"""What a piece of content is called."""

from collections import Counter
from collections.abc import Sequence

from ai.writing.brief import Brief, SourcePassage
from ai.writing.headings import clean_heading

_LONGEST = 200
_SHOWN = 3


def title_of(brief: Brief, passages: Sequence[SourcePassage]) -> str:
    """The topic, or what the material calls itself: its commonest outer heading or title.

    Where none of them is that of half of the passages, the first three in their order.
    """
    topic = " ".join(brief.topic.split())[:_LONGEST]
    if topic:
        return topic[:1].upper() + topic[1:]
    names = Counter(
        clean_heading(passage.heading[0] if passage.heading else passage.document_title)
        for passage in passages
    )
    commonest, count = names.most_common(1)[0]
    if 2 * count >= len(passages):
        return commonest[:_LONGEST]
    shown = list(names)[:_SHOWN]
    return (", ".join(shown) + (" …" if len(names) > _SHOWN else ""))[:_LONGEST]
