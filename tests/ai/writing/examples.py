"""A few passages of our own, and what a chat model might say of them."""

import json
import zlib
from typing import Any
from uuid import UUID

from ai.answering.answer_sentences import answer_sentences
from ai.prompts.registry import built_in_prompts
from ai.validation.structured import StructuredChat
from ai.writing.brief import SourcePassage
from ai.writing.chat import ChatWriter

PROMPTS = built_in_prompts()
DOCUMENT = UUID("7d8d3a31-5f3e-4f3e-9c1c-0a6b7a1d2f10")

LEVERS = (
    "A lever is a rigid bar that turns about a fixed point. The fixed point of a lever is called "
    "the fulcrum. A lever balances when the turning effects on both sides are equal. The turning "
    "effect of a force is called its moment, and it is measured in newton metres."
)
PULLEYS = (
    "A pulley is a wheel with a groove for a rope. A single fixed pulley changes the direction of "
    "a force and not its size. A movable pulley halves the force that is needed, and the rope must "
    "be pulled twice as far."
)
FRICTION = (
    "Friction turns a part of the work into heat. The efficiency of a machine is the useful work "
    "divided by the work put in. No machine has an efficiency above 100 %."
)


def source(text: str, heading: str, place: int) -> SourcePassage:
    return SourcePassage(
        document_id=DOCUMENT,
        document_version=3,
        document_title="Simple machines",
        chunk_id=1 + zlib.crc32(heading.encode()),
        text=text,
        char_start=place,
        heading=("Simple machines", heading),
        sentence_bounds=answer_sentences(text),
    )


MACHINES = (
    source(LEVERS, "Levers", 0),
    source(PULLEYS, "Pulleys", 1_000),
    source(FRICTION, "Losses", 2_000),
)

OUTLINE: dict[str, Any] = {
    "title": "How machines help",
    "goals": ["State when a lever balances.", "Say what a movable pulley does."],
    "sections": [
        {
            "title": "Levers",
            "goal": "State when a lever balances.",
            "key_points": [{"text": "What a lever is", "sources": [1]}],
        },
        {
            "title": "Pulleys",
            "goal": "Say what a movable pulley does.",
            "key_points": [{"text": "Fixed and movable", "sources": [2, 99]}],
        },
    ],
}
LEVER_SECTION: dict[str, Any] = {
    "markdown": (
        "### The bar\n\nA lever is a rigid bar that turns about a fixed point [1]. "
        "It was invented by Queen Victoria in 1877 [1]. "
        "A lever balances when the turning effects on both sides are equal [1]."
    ),
    "summary": "A lever balances when the turning effects on both sides are equal.",
    "examples": [],
    "exercises": [
        {
            "problem": "What is the fixed point of a lever called?",
            "solution": "The fixed point of a lever is called the fulcrum.",
            "sources": [1],
        }
    ],
    "terms": [
        {
            "term": "Moment",
            "definition": "The turning effect of a force, measured in newton metres.",
            "sources": [1],
        },
        {"term": "Torque wrench", "definition": "A tool from Birmingham.", "sources": [1]},
    ],
}
PULLEY_SECTION: dict[str, Any] = {
    "markdown": "A movable pulley halves the force that is needed [1].",
    "summary": "A movable pulley halves the force.",
}


def said(output: object) -> list[str]:
    """A script of one answer."""
    return [json.dumps(output)]


class KeptParts:
    """Drafts in memory, which can be counted."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}

    async def kept(self, key: str) -> bytes | None:
        return self.parts.get(key)

    async def keep(self, key: str, part: bytes) -> None:
        self.parts[key] = part


def chat_writer(model: Any, **parts: Any) -> ChatWriter:
    return ChatWriter(model, StructuredChat(PROMPTS), PROMPTS, **parts)
