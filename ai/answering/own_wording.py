"""What the tutor says in its own words and no source's, in English and Hindi."""

import re
from collections.abc import Sequence

from ai.chat.passage import Passage
from content.languages import SpokenLanguage

_MAX_TOPICS = 3

_NOT_COVERED: dict[SpokenLanguage, str] = {
    "en": "I could not find an answer to this in the course material.",
    "hi": "पाठ्यक्रम की सामग्री में मुझे इसका उत्तर नहीं मिला।",
}
_PART_NOT_COVERED: dict[SpokenLanguage, str] = {
    "en": "I could not find an answer to “{part}” in the course material.",
    "hi": "“{part}” का उत्तर मुझे पाठ्यक्रम की सामग्री में नहीं मिला।",
}
_NEAREST: dict[SpokenLanguage, str] = {
    "en": "The nearest topics it covers: {topics}.",
    "hi": "इसके सबसे निकट के विषय: {topics}।",
}


def nearest_topics(passages: Sequence[Passage]) -> tuple[str, ...]:
    """The headings, or else titles, of the best passages: at most three, each once."""
    topics: dict[str, None] = {}
    for passage in passages:
        topic = passage.heading[-1] if passage.heading else passage.title
        if topic.strip():
            topics.setdefault(" ".join(topic.split()))
    return tuple(topics)[:_MAX_TOPICS]


def is_own_wording(sentence: str) -> bool:
    """Whether a sentence is one that the tutor says by itself, whatever the course holds."""
    return bool(_OWN_SENTENCE.match(sentence))


def not_covered(topics: Sequence[str], language: SpokenLanguage) -> str:
    """Says that the material does not answer, and which topics come nearest."""
    if not topics:
        return _NOT_COVERED[language]
    listed = ", ".join(f"**{topic}**" for topic in topics)
    return f"{_NOT_COVERED[language]} {_NEAREST[language].format(topics=listed)}"


def part_not_covered(part: str, language: SpokenLanguage) -> str:
    """Says which part of a question the material does not answer."""
    return _PART_NOT_COVERED[language].format(part=" ".join(part.split()))


def _pattern(wording: str) -> str:
    """Matches a wording with whatever stands in its place for a name."""
    before, _, after = re.sub(r"\{\w+\}", "\0", wording).partition("\0")
    return f"{re.escape(before)}.*{re.escape(after)}" if after else re.escape(before)


_OWN_SENTENCE = re.compile(
    "|".join(
        _pattern(wording)
        for wordings in (_NOT_COVERED, _PART_NOT_COVERED, _NEAREST)
        for wording in wordings.values()
    )
)
