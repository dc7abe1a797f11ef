"""Whether a reply gives the key away, and what may be sent instead."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from content.languages import SpokenLanguage
from pedagogy.grading.short_answers import SAID_FROM, PointSupport, sentences_of
from pedagogy.modes.formula_leaks import formula_leak
from pedagogy.modes.guarded_keys import GuardedKey
from pedagogy.modes.number_leaks import number_leak
from pedagogy.modes.phrase_leaks import phrase_leak
from pedagogy.modes.readings import MAX_REPLY_CHARACTERS, readings
from pedagogy.modes.stock_words import stock_hint

_SENTENCE_END: Final = re.compile(r"(?<=[.!?।])\s+(?=\S)|\n+")


class LeakKind(StrEnum):
    """What a reply gives away."""

    NUMBER = "number"
    FORMULA = "formula"
    WORDS = "words"
    PARAPHRASE = "paraphrase"


@dataclass(frozen=True, slots=True)
class Leak:
    """What is given away, and the words that do it; for the log, never for the learner."""

    kind: LeakKind
    evidence: str


@dataclass(frozen=True, slots=True)
class GuardedReply:
    """What may be sent, and what was found in the reply as it was written.

    Attributes:
        text: The reply, the sentences of it that give nothing away, or a stock hint.
        leak: None where the reply may go as it is.
    """

    text: str
    leak: Leak | None


def leaks(reply: str, key: GuardedKey, support: PointSupport | None = None) -> Leak | None:
    """The first leak that is found in a reply, in whatever way it is to be read.

    Args:
        reply: The whole reply.
        key: The secrets of the open problem.
        support: Measures whether a sentence says a key point in other words; without it only
            words are compared.
    """
    for reading in readings(reply):
        found = _in_reading(reading, key)
        if found is not None:
            return found
    return _paraphrased(reply, key, support)


def guarded(
    reply: str,
    key: GuardedKey,
    *,
    hint_level: int = 1,
    support: PointSupport | None = None,
    language: SpokenLanguage = "en",
) -> GuardedReply:
    """The reply as it may be sent: whole, without the sentences that leak, or a stock hint.

    The stock hint is in `language`.

    What goes on beyond `MAX_REPLY_CHARACTERS` is not looked through, hence not sent.
    """
    reply = reply[:MAX_REPLY_CHARACTERS]
    leak = leaks(reply, key, support)
    if leak is None:
        return GuardedReply(reply, None)
    kept = [
        sentence
        for sentence in _SENTENCE_END.split(reply)
        if sentence.strip() and leaks(sentence, key, support) is None
    ]
    stock = stock_hint(hint_level, language)
    rest = " ".join(kept)
    # Sentences that are harmless one by one may spell the answer together.
    if not rest or leaks(rest, key, support) is not None:
        return GuardedReply(stock, leak)
    return GuardedReply(f"{rest} {stock}", leak)


def _in_reading(text: str, key: GuardedKey) -> Leak | None:
    for value, unit, tolerance in key.numbers:
        if words := number_leak(text, key.stem, value, unit, tolerance):
            return Leak(LeakKind.NUMBER, words)
    if key.formula is not None and (
        words := formula_leak(text, key.stem, key.formula, key.variables)
    ):
        return Leak(LeakKind.FORMULA, words)
    if words := phrase_leak(text, key):
        return Leak(LeakKind.WORDS, words)
    return None


def _paraphrased(reply: str, key: GuardedKey, support: PointSupport | None) -> Leak | None:
    sentences = sentences_of(reply)
    if support is None or not key.points or not sentences:
        return None
    rows = support.supports(key.points, sentences)
    for point, row in zip(key.points, rows, strict=True):
        if max(row) >= SAID_FROM:
            return Leak(LeakKind.PARAPHRASE, point)
    return None
