"""How far an answer may be relied on: its support, held against how well the course was found."""

from typing import Final

LEAST_TRUST: Final = 0.5
"""What well-supported text keeps where the course hardly holds an answer: its citations were still
checked."""


def answer_confidence(supported_share: float, answerability: float) -> float:
    """Confidence in an answer, 0..1: `supported_share * (1/2 + 1/2 * answerability)`.

    It rises with both. An answer without support has none, however good its passages; support
    found in a course that hardly holds the answer counts half.

    Args:
        supported_share: Share of the answer's text, by length, whose sentences have support of
            at least 0.5.
        answerability: How likely the course holds the answer, by `ai.answering.answerability`.
    """
    return supported_share * (LEAST_TRUST + (1 - LEAST_TRUST) * answerability)
