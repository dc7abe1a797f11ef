"""What sort of answer a question asks for, and which sentences look like one."""

import re
from collections.abc import Sequence
from typing import Literal

from ai.retrieval.terms import terms_of

QuestionKind = Literal[
    "definition", "cause", "manner", "quantity", "time", "person", "place", "open"
]

# Tried in order: the first that matches names the kind.
_QUESTIONS: tuple[tuple[QuestionKind, re.Pattern[str]], ...] = (
    (
        "quantity",
        re.compile(r"\bhow (many|much|long|far|fast|large|big|old|high|tall|often)\b"
                   r"|\bwhat (number|percentage|percent|fraction|value)\b|कितन[ाीे]", re.I),
    ),
    ("time", re.compile(r"\bwhen\b|\b(what|which) (year|date|day|month|century)\b|कब", re.I)),
    ("person", re.compile(r"\bwho(m|se)?\b|किसने|किसका|कौन", re.I)),
    ("place", re.compile(r"\bwhere\b|\b(what|which) (city|country|place|state)\b|कहाँ|कहां", re.I)),
    ("cause", re.compile(r"\bwhy\b|\bwhat (causes?|caused|reason)\b|क्यों", re.I)),
    ("manner", re.compile(r"\bhow (do|does|did|is|are|was|were|can|could|to)\b|कैसे", re.I)),
    (
        "definition",
        re.compile(r"^\W*(what|who)('s| is| are| does)\b.{0,60}$|\b(define|definition|meaning)\b"
                   r"|\bmeans?\b|क्या (है|हैं|होत[ाीे])|परिभाषा", re.I),
    ),
)  # fmt: skip

_MONTH = r"january|february|march|april|may|june|july|august|september|october|november|december"
_ANSWERS: dict[QuestionKind, re.Pattern[str]] = {
    "cause": re.compile(
        r"\b(because|since|due to|caused? by|results? from|owing to|therefore|thus|so that|"
        r"reasons?|in order to)\b|क्योंकि|कारण|इसलिए", re.I,
    ),
    "manner": re.compile(
        r"\b(by \w+ing|using|through|first|then|step|method|means of)\b|द्वारा|तरीक", re.I
    ),
    "quantity": re.compile(
        r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|half|"
        r"twice|dozen)\b", re.I,
    ),
    "time": re.compile(rf"\b\d{{3,4}}s?\b|\b({_MONTH})\b|\b\w+ century\b", re.I),
    "person": re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+"),
    "place": re.compile(r"\b(in|at|on|near|from|to|of) (the )?[A-Z]\w+"),
}  # fmt: skip
_DEFINES = re.compile(
    r"\b(is|are|was|refers? to|means?|is called|is defined (as|to be)|known as|denotes?)\b"
    r"|\*\*\s*[:—–]|कहते हैं|कहा जाता है|(है|हैं)\W*$",
    re.I,
)
_DEFINITION_REACH = 80
_SUBJECT_EXTRA_WORDS = 3


def question_kind(question: str) -> QuestionKind:
    """Gives the sort of answer that `question` asks for; `open` where nothing tells."""
    for kind, pattern in _QUESTIONS:
        if pattern.search(question):
            return kind
    return "open"


def looks_like_answer(kind: QuestionKind, sentence: str, subject_terms: Sequence[str]) -> bool:
    """Whether `sentence` has the outward form of an answer of this kind.

    Args:
        kind: What is asked for.
        sentence: A sentence of a source.
        subject_terms: What a definition must be about, as `terms_of` gives it.
    """
    if kind == "open":
        return False
    if kind != "definition":
        return bool(_ANSWERS[kind].search(sentence))
    defines = _DEFINES.search(sentence, 0, _DEFINITION_REACH)
    if defines is None:
        return False
    subject = sentence[: defines.start()]
    is_short = len(subject.split()) <= len(subject_terms) + _SUBJECT_EXTRA_WORDS
    return is_short and set(subject_terms) <= set(terms_of(subject))


_ASIDE = re.compile(
    r"\b(let us|let's|we (start|begin|will|now|next|first)|recall that|consider (the|a|an)|"
    r"in this (section|chapter|lesson|module)|as (mentioned|discussed|noted|we saw)|"
    r"((the|see|in|shown) )+(figure|table|equation|section|chapter|example)s?)\b",
    re.IGNORECASE,
)


def is_aside(sentence: str) -> bool:
    """Whether `sentence` speaks about the text itself or points to a figure out of sight."""
    return bool(_ASIDE.search(sentence))
