"""Requests and passages that the chat tests share."""

import re
from collections.abc import Sequence

from ai.chat.chat_model import ChatChunk, ChatModel, ChatRequest, Finished, TextDelta
from ai.chat.passage import Passage
from ai.prompts.rendered_prompt import RenderedPrompt

WORK = (
    "Work is the transfer of energy by a force acting on an object as it is displaced. "
    "The SI unit of work is the joule. "
    "For example, a person lifting a box does work on it."
)
MOMENTUM = (
    "Momentum is the product of the mass of a system and its velocity. "
    "It is a vector quantity. "
    "The momentum of an isolated system is conserved because no external force acts on it."
)
HINDI_WORK = "कार्य बल और विस्थापन का गुणनफल होता है। कार्य का मात्रक जूल है।"

_SENTENCE = re.compile(r"[^\s].*?(?:[.!?।](?=\s|$)|$)", re.DOTALL)


def passage(n: int, text: str, *, title: str = "Physics", heading: Sequence[str] = ()) -> Passage:
    bounds = tuple(match.span() for match in _SENTENCE.finditer(text))
    return Passage(n, text, title, tuple(heading), bounds, None, 1.0 / n)


def request(question: str, *passages: Passage, max_output_tokens: int = 1024) -> ChatRequest:
    prompt = RenderedPrompt("tutor.explain@1", "You are a tutor.", f"Question: {question}")
    return ChatRequest(prompt, question, None, passages, max_output_tokens=max_output_tokens)


async def chunks(model: ChatModel, asked: ChatRequest) -> list[ChatChunk]:
    return [chunk async for chunk in model.stream(asked)]


async def answer(model: ChatModel, asked: ChatRequest) -> str:
    return "".join(
        chunk.text for chunk in await chunks(model, asked) if isinstance(chunk, TextDelta)
    )


async def ending(model: ChatModel, asked: ChatRequest) -> Finished:
    last = (await chunks(model, asked))[-1]
    assert isinstance(last, Finished)
    return last
