"""What an answer remembers of its conversation: the latest turns, as far as there is room."""

import re
from collections.abc import Sequence

from ai.chat.chat_model import ChatTurn
from ai.chat.token_estimates import estimated_tokens

REMEMBERED_MESSAGES = 12
"""Six questions with their answers."""
REMEMBERED_TOKENS = 2_000
SHARE_OF_WINDOW = 4
"""Of a small context window the history gets at most this part."""

_MARKER = re.compile(r"\s*\[\d+(?:,\s*\d+)*\]")


def memory_tokens(window: int | None) -> int:
    """How much is remembered where the chat model's context window has that many tokens."""
    if window is None:
        return REMEMBERED_TOKENS
    return min(REMEMBERED_TOKENS, window // SHARE_OF_WINDOW)


def remembered(turns: Sequence[ChatTurn], budget_tokens: int) -> tuple[ChatTurn, ...]:
    """The latest turns within the budget, oldest first, the older ones left out.

    Citation markers are taken out of earlier answers: their numbers meant other sources. The
    latest turn is cut where it alone is too long.
    """
    kept: list[ChatTurn] = []
    left = budget_tokens
    for turn in reversed(turns):
        content = _MARKER.sub("", turn.content) if turn.role == "assistant" else turn.content
        size = estimated_tokens(content)
        if size > left and kept:
            break
        if size > left:
            content = _cut(content, left)
            size = left
        kept.append(ChatTurn(turn.role, content))
        left -= size
    return tuple(reversed(kept))


def _cut(text: str, budget_tokens: int) -> str:
    """The beginning of a text, to the last word that fits."""
    while estimated_tokens(text) > budget_tokens and text:
        shorter = text[: len(text) * budget_tokens // estimated_tokens(text)]
        text = shorter.rsplit(None, 1)[0] if " " in shorter.strip() else shorter[:-1]
    return text
