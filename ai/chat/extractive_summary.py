"""A summary without a language model: what was asked, and how each answer began."""

from collections.abc import Iterator, Sequence
from typing import Final

from ai.answering.answer_sentences import answer_sentences
from ai.chat.chat_model import ChatTurn

QUESTION_CHARACTERS: Final = 160
ANSWER_CHARACTERS: Final = 240
SUMMARY_CHARACTERS: Final = 1_600


def extractive_summary(earlier: str, turns: Sequence[ChatTurn]) -> str:
    """The summary so far with a line for each new turn; the oldest lines leave for the newest.

    Every word of it was said: a question's beginning, and an answer's first sentence.

    Args:
        earlier: the summary of what came before; empty where nothing did.
        turns: what came since, oldest first.
    """
    lines = [*earlier.splitlines(), *_lines(turns)]
    kept: list[str] = []
    left = SUMMARY_CHARACTERS
    for line in reversed(lines):
        if len(line) > left and kept:
            break
        kept.append(line)
        left -= len(line) + 1
    return "\n".join(reversed(kept))


def _lines(turns: Sequence[ChatTurn]) -> Iterator[str]:
    for turn in turns:
        if turn.role == "user":
            yield f"The learner: {_cut(turn.content, QUESTION_CHARACTERS)}"
        else:
            yield f"The tutor: {_cut(_first_sentence(turn.content), ANSWER_CHARACTERS)}"


def _first_sentence(text: str) -> str:
    bounds = next(iter(answer_sentences(text)), (0, len(text)))
    return text[bounds[0] : bounds[1]]


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return line[:most].rsplit(" ", 1)[0] + " …"
