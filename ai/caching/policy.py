"""What an answer in the cache belongs to, which turns may use it, and what may be kept."""

import hashlib
import re
import unicodedata
from dataclasses import asdict, dataclass
from uuid import UUID

import orjson

CACHEABLE_MODES = frozenset({"explain"})
"""Graded and personal modes are never answered from what another learner was told."""

LOW_SUPPORT = 0.3
"""Groundedness below which an answer is repeated to the very same question only, and briefly."""

_PERSONAL = re.compile(
    r"(?<!\w)(?:i|i'(?:m|ve|d|ll)|im|my|mine|myself|ours?"
    r"|मैं|मैंने|मेरा|मेरी|मेरे|हमारा|हमारी|हमारे)(?![\w'])",
    re.IGNORECASE,
)
_SHORT_WORD = re.compile(
    "(?:a|am|an|as|at|be|by|do|go|he|if|in|is|it|me|my|no|of|on|or|so|to|up|us|we)", re.IGNORECASE
)
_EDGES = " \t\n?!.।\"“”'‘’"


@dataclass(frozen=True, slots=True)
class AnswerScope:
    """Everything besides the question that an answer depends on; equal scopes share answers.

    Attributes:
        retrieval_scope: Which documents and filters the passages may come from.
        corpus_revision: Of the course; it rises with every change of its material.
        prompt: `name@version`.
        model: The alias or name the chat model was asked for by.
        role: What the reader is in the course.
        support_policy: What becomes of sentences that their sources do not bear out.
    """

    course_id: UUID
    retrieval_scope: str
    corpus_revision: int
    embedder: str
    prompt: str
    model: str
    mode: str
    language: str
    role: str
    support_policy: str = "mark"

    @property
    def hash(self) -> str:
        """The scope as 64 hexadecimal digits."""
        return hashlib.sha256(orjson.dumps(asdict(self), default=str)).hexdigest()

    def key(self, question: str) -> str:
        """The key of a question's answer, 64 hexadecimal digits."""
        identity = f"{self.hash}\n{normalised(question)}"
        return hashlib.sha256(identity.encode()).hexdigest()


def normalised(question: str) -> str:
    """The question without what cannot change its meaning: spacing, outer marks, sentence case.

    Symbols keep their case, for g is not G and meV not MeV: only words of three letters or more
    that are capitalised at most at their beginning are folded, and the commonest short ones.
    """
    text = unicodedata.normalize("NFC", question).strip(_EDGES)
    return " ".join(_folded(word) for word in text.split())


def is_cacheable(question: str, mode: str, *, has_history: bool) -> bool:
    """Whether a turn may be answered from the cache, and its answer kept there.

    It may not where earlier turns are part of what the model reads, nor where the question is
    about the person who asks it.
    """
    if has_history or mode not in CACHEABLE_MODES:
        return False
    return _PERSONAL.search(question.replace("’", "'")) is None


def _folded(word: str) -> str:
    is_symbol = any(letter.isupper() for letter in word[1:])
    is_short = len(word) < 3 and _SHORT_WORD.fullmatch(word) is None
    return word if is_symbol or is_short else word.casefold()
