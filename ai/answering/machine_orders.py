"""Sentences of course material that give orders to the machine that reads them."""

import re
from collections.abc import Sequence

LEFT_OUT = "(Left out here: words to a machine.)"
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_MACHINE = (
    r"(?:(?:ai|a\.i\.|virtual|digital)[ -]?(?:assistants?|models?|tutors?|systems?|agents?)"
    r"|ai|llms?|assistants?|chat-?bots?|(?:large )?language models?|(?:chat)?gpt|claude|gemini"
    r"|copilot)"
)
_TELLTALES = (
    *("assistant", "llm", "chatbot", "chat-bot", "chat bot", "language model", "gpt", "claude"),
    *("gemini", "copilot", "im_start", "a.i.", " ai ", " ai:", " ai,", "\nai ", "\nai:", "\nai,"),
    *("virtual model", "virtual tutor", "virtual agent", "digital tutor", "digital agent"),
    *("system:", "developer:", "system prompt", "system message", "system note", "system>"),
    *("developer message", "source>", "sources>", "question>", "instruction", "rules", "prompt"),
    *("guidelines", "you are now", "सहायक", "एआई", "ए.आई", "चैटबॉट", "मॉडल", "नियम", "निर्देश"),
)
"""Most passages hold none of these: a quick look is enough for them."""
_ORDERS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        # Spoken to at the beginning of a sentence: "Note to the AI:", "Assistant, say".
        rf"(?:^|[.!?>*#\n])[\s\W]*(?:[\w’' ]{{0,30}}\b(?:to|for|dear|hey|attention)\s)?"
        rf"(?:the |any |all |every |my )?{_MACHINE}(?: \w+ing this)?\s*[:,]",
        rf"\b(?:note|message|instructions?|data|attention|reminder)\s(?:to|for)\s"
        rf"(?:the |any |all )?{_MACHINE}\b",
        # The roles and tags that prompts are made of.
        r"(?:^|[>\-\n*#])\s*(?:system|developer)(?: (?:prompt|message|note))?\s*:\s*[\"“]?"
        r"(?:say|you|ignore|do|always|never|answer|reply|respond|write|tell|new|from now)\b",
        r"</?(?:system|assistant|instructions)\s*>|</sources?\s*>|</question\s*>|<\|im_start\|>",
        r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,30}\b(?:previous|prior|above|earlier"
        r"|all|your|these)\b[^.\n]{0,20}\b(?:instructions?|rules|prompts?|guidelines)\b",
        r"\byou are now\b[^.\n]{0,40}\b(?:dan|unrestricted|free|no longer|without)\b",
        # The same in Hindi.
        r"(?:^|[।.!?>\n])\s*(?:हे |प्रिय )?(?:एआई |ए\.?आई\.? )?(?:सहायक|एआई|चैटबॉट|भाषा मॉडल)"
        r"(?: के लिए| को)?\s*[:,]",
        r"(?:ऊपर|पिछले|पहले|सभी)[^।\n]{0,25}(?:नियम|निर्देश)[^।\n]{0,20}(?:भूल|अनदेखा|मत मान)",
    )
)


def order_spans(
    text: str, sentence_bounds: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """The sentences that speak to a machine, each with the rest of its paragraph.

    What follows in the paragraph is said to the same ear. Spans are in code points, in order, and
    do not overlap.
    """
    folded = "\n" + _visible(text).lower()
    if not any(telltale in folded for telltale in _TELLTALES):
        return ()
    spans: list[tuple[int, int]] = []
    for start, end in sentence_bounds or ((0, len(text)),):
        if spans and start < spans[-1][1]:
            continue
        # The end of the sentence before tells where this one begins.
        said = _visible(text[max(start - 1, 0) : end])
        if any(order.search(said) for order in _ORDERS):
            paragraph = text.find("\n\n", end)
            spans.append((start, len(text) if paragraph < 0 else paragraph))
    return tuple(spans)


def without_orders(text: str, sentence_bounds: Sequence[tuple[int, int]]) -> str:
    """The text as a chat model may read it, with a remark where orders stood."""
    kept, at = "", 0
    for start, end in order_spans(text, sentence_bounds):
        kept += text[at:start] + LEFT_OUT
        at = end
    return kept + text[at:]


def _visible(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", text)
