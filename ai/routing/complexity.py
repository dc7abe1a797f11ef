"""How demanding a question is: a small classifier, stated here in full.

One point each for: more than 30 words (two for more than 80), each further sub-question up to two,
a word that asks for reasoning, mathematics. No point is simple, one or two standard, more complex.
"""

import re

from ai.routing.deployment import Tier

LONG_WORDS = 30
VERY_LONG_WORDS = 80
MOST_SUB_QUESTIONS = 2
MOST_STANDARD_POINTS = 2

_SUB_QUESTION = re.compile(
    r"[?？]|\b(?:and|then|also)\s+(?:what|why|how|when|which|who|explain|compare|find|show)\b", re.I
)
_REASONING = re.compile(
    r"\b(?:why|prove|proof|derive|derivation|compare|contrast|justify|analy[sz]e|evaluate|critique|"
    r"design|step by step|trade-?offs?|implications?|what (?:if|would happen))\b"
    r"|क्यों|सिद्ध|तुलना|विश्लेषण",
    re.I,
)
_MATHEMATICS = re.compile(
    r"[=<>≤≥∫∑√^]|\\[a-z]+|\$|\d\s*[-+*/×÷]\s*\d"
    r"|\b(?:integral|derivative|equation|matrix|theorem|probability|solve|calculate|compute)\b"
    r"|समीकरण|हल करो|गणना",
    re.I,
)


def tier_for(question: str) -> Tier:
    """The tier of deployment that a question asks for, by its wording alone."""
    points = points_of(question)
    if points == 0:
        return Tier.SIMPLE
    return Tier.STANDARD if points <= MOST_STANDARD_POINTS else Tier.COMPLEX


def points_of(question: str) -> int:
    """The points of a question, 0 to 6."""
    words = len(question.split())
    sub_questions = len(_SUB_QUESTION.findall(question))
    return (
        (words > LONG_WORDS)
        + (words > VERY_LONG_WORDS)
        + min(max(sub_questions - 1, 0), MOST_SUB_QUESTIONS)
        + (_REASONING.search(question) is not None)
        + (_MATHEMATICS.search(question) is not None)
    )
