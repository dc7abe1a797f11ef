"""What an answer remembers of its conversation, and when a question leans on it."""

import re
from collections.abc import Sequence

from ai.chat.chat_model import ChatTurn

REMEMBERED_MESSAGES = 6
"""Three questions with their answers."""
REMEMBERED_CHARACTERS = 6_000
SHORT_QUESTION_WORDS = 3
LONG_QUESTION_WORDS = 25
"""A question this long says what it is about, whatever pronouns it uses."""

_PUNCTUATION = "?!.,;:\"'()।“”‘’"
_MARKER = re.compile(r"\s*\[\d+\]")
_REFERRING_WORDS = frozenset(
    [
        "it",
        "its",
        "it's",
        "this",
        "that",
        "these",
        "those",
        "they",
        "them",
        "their",
        "he",
        "him",
        "his",
        "she",
        "her",
        "one",
        "ones",
        "same",
        "former",
        "latter",
        "above",
        "previous",
        "again",
        "else",
        "instead",
        "यह",
        "ये",
        "वह",
        "वे",
        "इस",
        "उस",
        "इसका",
        "इसकी",
        "इसके",
        "उसका",
        "उसकी",
        "उसके",
        "इनका",
        "उनका",
        "इसे",
        "उसे",
        "इन्हें",
        "उन्हें",
    ]
)
_CONTINUING_OPENINGS = (
    "and ",
    "but ",
    "or ",
    "so ",
    "then ",
    "also ",
    "what about ",
    "how about ",
    "और ",
)


def depends_on_history(question: str) -> bool:
    """Whether the question, as a follow-up, cannot be looked up by its own words.

    The rule: at most three words; or it opens like a continuation ("and", "what about"); or,
    within 25 words, it uses a word that refers back ("it", "those", "again").
    """
    folded = question.casefold().strip()
    words = [word.strip(_PUNCTUATION) for word in folded.split()]
    if len(words) <= SHORT_QUESTION_WORDS or folded.startswith(_CONTINUING_OPENINGS):
        return True
    return len(words) <= LONG_QUESTION_WORDS and not _REFERRING_WORDS.isdisjoint(words)


def standalone_question(question: str, history: Sequence[ChatTurn]) -> str:
    """The question as retrieval should read it: after the one before it, where it needs that."""
    earlier = [turn.content for turn in history if turn.role == "user"]
    if not earlier or not depends_on_history(question):
        return question
    return f"{earlier[-1]} {question}"


def remembered(turns: Sequence[ChatTurn]) -> tuple[ChatTurn, ...]:
    """The latest turns within the bound of characters, oldest first, the older ones left out.

    Citation markers are taken out of earlier answers: their numbers meant other sources.
    """
    kept: list[ChatTurn] = []
    left = REMEMBERED_CHARACTERS
    for turn in reversed(turns):
        content = _MARKER.sub("", turn.content) if turn.role == "assistant" else turn.content
        if len(content) > left:
            break
        kept.append(ChatTurn(turn.role, content))
        left -= len(content)
    return tuple(reversed(kept))
