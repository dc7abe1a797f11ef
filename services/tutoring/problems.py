"""Problems that learners work on with the tutor, and the keys that replies are held against."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from ai.retrieval.stop_words import STOP_WORDS
from content.questions import AnyQuestion, ShortAnswer
from pedagogy.grading.errors import UnreadableAnswerError, UnreadableKeyError
from pedagogy.grading.numbers import read_number
from pedagogy.modes.guarded_keys import GuardedKey, key_to_guard

KeyOrigin = Literal["quiz", "chat_model", "sources", "none"]
"""Where the key is from: a quiz, a chat model that solved the problem, the sentences of the course
that answer it, or nowhere."""
OWN_PROBLEM: Final = "own"
"""The id of the question that a learner's own problem is kept as."""
NO_KEY: Final = "?"
MOST_STEM_CHARACTERS: Final = 8_000
_QUESTIONS: Final[TypeAdapter[AnyQuestion]] = TypeAdapter(AnyQuestion)
_NUMBER: Final = re.compile(r"[-+−]?\d[\d.,]*(?:\s*[×x]\s*10\^?-?\d+)?")
_CAPITALISED: Final = re.compile(r"\b[A-Z][^\W\d_]{2,}\b")
_ASKS_NAME: Final = re.compile(r"\b(?:who|whose|whom|where|which|name)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """A question with its key.

    Attributes:
        quiz_id: None for a problem that the learner brought.
    """

    question: AnyQuestion
    origin: KeyOrigin
    quiz_id: UUID | None = None

    @property
    def key(self) -> GuardedKey | None:
        """What replies must not say; None where nothing is known of the answer.

        Of an answer in the words of the course, its numbers are secrets too, and its names where
        a name is asked for.
        """
        if self.origin == "none":
            return None
        try:
            key = key_to_guard(self.question)
        except UnreadableKeyError:
            return None
        if self.origin != "sources":
            return key
        told = " ".join(key.points)
        names = _names(told, key.stem) if _ASKS_NAME.search(key.stem) else ()
        return replace(key, numbers=_numbers(told, key.stem), phrases=(*key.phrases, *names))

    @property
    def as_json(self) -> dict[str, Any]:
        """A problem that the learner brought, as its row keeps it."""
        return {"question": self.question.model_dump(mode="json"), "origin": self.origin}


def own_problem(kept: Mapping[str, Any]) -> Problem | None:
    """A problem that the learner brought, from its row; None where it cannot be read any more."""
    try:
        return Problem(_QUESTIONS.validate_python(kept["question"]), kept["origin"])
    except (ValidationError, KeyError):
        return None


def without_key(stem: str) -> Problem:
    """A problem of whose answer nothing is known."""
    question = ShortAnswer(id=OWN_PROBLEM, stem=stem[:MOST_STEM_CHARACTERS], accepted=(NO_KEY,))
    return Problem(question, "none")


def _numbers(told: str, stem: str) -> tuple[tuple[float, str, float], ...]:
    given = set(_readings(stem))
    return tuple((value, "", 0.0) for value in dict.fromkeys(_readings(told)) if value not in given)


def _readings(text: str) -> list[float]:
    values: list[float] = []
    for found in _NUMBER.findall(text):
        try:
            values += read_number(found.rstrip(".,")).readings
        except UnreadableAnswerError:
            continue
    return values


def _names(told: str, stem: str) -> tuple[str, ...]:
    """Names that the answer holds and the question does not."""
    known = stem.casefold()
    return tuple(
        name
        for name in dict.fromkeys(_CAPITALISED.findall(told))
        if name.casefold() not in known and name.casefold() not in STOP_WORDS["en"]
    )
