"""All that a chat model writes, for those who have no use for a part of it."""

from contextlib import aclosing
from dataclasses import dataclass

from ai.chat.chat_model import ChatModel, ChatRequest, Finished, TakenOver, TextDelta
from ai.chat.grounded import GROUNDED_NAME

MAXIMUM_CHARACTERS = 200_000
"""Bounds what is held in memory, whatever a model sends."""


@dataclass(frozen=True, slots=True)
class WrittenText:
    """What a chat model wrote.

    Attributes:
        text: All of it; empty where the built-in model had to take over, which writes no such
            thing.
        is_whole: Whether it ended where the model meant it to.
        taken_over: Why the built-in model had to, in words; None where it had not.
    """

    text: str
    is_whole: bool
    taken_over: str | None = None


async def written_text(chat_model: ChatModel, request: ChatRequest) -> WrittenText:
    """Reads the answer to its end.

    Raises:
        ChatModelError: As the chat model does.
    """
    pieces: list[str] = []
    length = 0
    is_whole = False
    async with aclosing(chat_model.stream(request)) as chunks:
        async for chunk in chunks:
            match chunk:
                case TextDelta(text):
                    pieces.append(text)
                    length += len(text)
                case TakenOver(by=by) if by == GROUNDED_NAME:
                    return WrittenText("", is_whole=False, taken_over=chunk.detail)
                case Finished(reason):
                    is_whole = reason == "stop"
                case TakenOver():
                    pass
            if length > MAXIMUM_CHARACTERS:
                break
    return WrittenText("".join(pieces), is_whole)
