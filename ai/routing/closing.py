"""Closes a broken answer with what has not been said yet."""

import re

SAID_SHARE = 0.8
"""A sentence counts as said when this share of its words stands in one sentence said before."""

_CITED_SENTENCE = re.compile(r"[^\s.].*?\[\d+\](?:\s*\[\d+\])*[.!?।]?", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?।\]])\s+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ENDINGS = (".", "!", "?", "।", "…", ":", "]", '."', ".”", "```", "$$")


def unsaid(answer: str, said: str) -> str:
    """What closes `said` and adds the cited sentences of `answer` that are new."""
    earlier = [_words(sentence) for sentence in _SENTENCE_END.split(said)]
    new = [
        sentence
        for sentence in _CITED_SENTENCE.findall(answer)
        if not _is_said(_words(sentence), earlier)
    ]
    ending = said.rstrip()
    closing = "" if ending.endswith(_ENDINGS) else "…"
    if ending.count("```") % 2:
        closing = "\n```"
    return closing + "".join(
        f"\n\n{sentence}" if not i else f" {sentence}" for i, sentence in enumerate(new)
    )


def _is_said(words: frozenset[str], earlier: list[frozenset[str]]) -> bool:
    needed = SAID_SHARE * len(words)
    return any(len(words & sentence) >= needed for sentence in earlier)


def _words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(re.sub(r"\[\d+\]", "", sentence).casefold()))
