"""How hard a text reads, as a school grade, and whether that fits its audience."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from ai.answering.answer_sentences import answer_sentences

FEWEST_WORDS: Final = 60
"""Of a text that is judged; the formula was made for samples of a hundred."""
HARDEST_GRADE: Final[Mapping[str, float]] = MappingProxyType(
    {"beginner": 12.0, "intermediate": 15.0, "advanced": 18.0}
)
JUDGED_LANGUAGES: Final = frozenset({"en"})

_NOT_PROSE: Final = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\{\{\w+\}\}", re.DOTALL)
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")


def grade(text: str) -> float | None:
    """The grade by Coleman and Liau: 0.0588 L - 0.296 S - 15.8; None below sixty words.

    L is letters and S sentences for a hundred words. It counts letters and not syllables, so it
    needs no dictionary; formulas and code are left out.

    Source: M. Coleman and T. L. Liau, A computer readability formula designed for machine scoring,
    Journal of Applied Psychology 60 (1975), 283-284.
    """
    prose = _NOT_PROSE.sub(" ", text)
    words = _WORD.findall(prose)
    if len(words) < FEWEST_WORDS:
        return None
    letters = sum(len(re.sub(r"[^A-Za-z]", "", word)) for word in words)
    sentences = max(1, len(answer_sentences(prose)))
    per_hundred = 100 / len(words)
    return 0.0588 * letters * per_hundred - 0.296 * sentences * per_hundred - 15.8


def is_too_hard(found: float, level: Literal["beginner", "intermediate", "advanced"]) -> bool:
    """Whether a grade is above what the audience reads."""
    return found > HARDEST_GRADE[level]
