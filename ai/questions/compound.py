"""Questions that ask several things: taken apart by rules, so that each part is looked up."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ai.questions.follow_ups import depends_on_history, has_subject, subject_of, with_subject

MOST_PARTS: Final = 3

_ENGLISH_OPENERS: Final = (
    r"(?:what|why|how|when|where|who|which|explain|define|describe|compare|derive|state|list|give|"
    r"calculate|prove|show|tell|discuss)\b"
)
_AUXILIARIES: Final = (
    r"(?:is|are|was|were|does|do|did|can|could|should|will)\s+"
    r"(?:it|they|there|this|that|these|those|he|she|the|a|an)\b"
)
_POLITE: Final = (
    r"(?:(?:please|kindly|also|then)\s+|(?:can|could|would|will) you\s+(?:please\s+)?)*"
)
_ASKS_IN_ENGLISH: Final = re.compile(
    rf"\s*(?:(?:and|also|then|but|so|now|finally|secondly|first(?:ly)?|next)\b[\s,]*)*"
    rf"{_POLITE}(?:{_ENGLISH_OPENERS}|{_AUXILIARIES})",
    re.IGNORECASE,
)
_ENGLISH_JOINT: Final = re.compile(
    rf"(?:\s*[,;]\s*(?:(?:and|but|then|or)\s+)?(?:also\s+|then\s+)?(?={_POLITE}{_ENGLISH_OPENERS})"
    rf"|\s*,?\s+(?:and|but|then)\s+(?:also\s+|then\s+)?"
    rf"(?={_POLITE}(?:{_ENGLISH_OPENERS}|{_AUXILIARIES})))",
    re.IGNORECASE,
)
_HINDI_JOINT: Final = re.compile(
    r"\s*,?\s+(?:और|तथा|एवं|लेकिन|aur|lekin)\s+(?:(?:साथ ही|यह भी)\s+)?", re.IGNORECASE
)
_ASKS_IN_HINDI: Final = re.compile(
    r"(?<!\S)(?:क्या|क्यों|कैसे|कौन|कब|कहाँ|कहां|कितन[ाीे]|किसने|किसे|समझाइए|समझाओ|बताइए|बताओ|"
    r"kya|kyon|kyun|kaise|kaun|kab|kahan|samjhao|samjhaiye|batao|bataiye)(?![^\s?।!.,])",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[?!।？])\s+|(?<=[^\W\d_]{3}\.)\s+(?=\S)")
_NOT_AS_ONE: Final = re.compile(r"```|\n\s*\n|^\s*[-*\d]+[.)]?\s", re.MULTILINE)
"""Code, paragraphs and lists are read whole: they are rarely several questions."""
_LONGEST_CHARACTERS: Final = 600


def sub_questions(question: str) -> tuple[str, ...]:
    """The parts of a compound question, each to be looked up by itself; empty for a single one.

    Two to three. A part that refers to the first one names its subject. Sentences that ask
    nothing stay with the question after them, the last ones with the one before.
    """
    if len(question) > _LONGEST_CHARACTERS or _NOT_AS_ONE.search(question):
        return ()
    parts = [part for sentence in _requests(question) for part in _divided(sentence)]
    if len(parts) < 2 or not all(has_subject(_bare(part)) or _refers(part) for part in parts):
        return ()
    parts = [*parts[: MOST_PARTS - 1], " ".join(parts[MOST_PARTS - 1 :])][:MOST_PARTS]
    parts = [part for part in parts if part]
    subject = subject_of(_bare(parts[0]))
    if not subject:
        return ()
    return (parts[0], *(_told(_bare(part), subject) for part in parts[1:]))


def _requests(question: str) -> Iterator[str]:
    """The sentences that ask, each with what is said before it."""
    said = ""
    asking: list[str] = []
    for sentence in _SENTENCE.split(question.strip()):
        said = f"{said} {sentence}".strip()
        if _asks(sentence):
            asking.append(said)
            said = ""
    if asking:
        asking[-1] = f"{asking[-1]} {said}".strip()
    yield from asking


def _asks(sentence: str) -> bool:
    is_english = _ASKS_IN_ENGLISH.match(sentence) is not None
    return is_english or _ASKS_IN_HINDI.search(sentence) is not None or sentence.endswith("?")


def _divided(sentence: str) -> Sequence[str]:
    """One sentence at the joints between its questions."""
    if _ASKS_IN_HINDI.search(sentence):
        pieces, asks = _HINDI_JOINT.split(sentence), _ASKS_IN_HINDI.search
    else:
        pieces, asks = _ENGLISH_JOINT.split(sentence), _ASKS_IN_ENGLISH.match
    is_whole = all(asks(piece) and _stands(piece) for piece in pieces)
    return pieces if is_whole else [sentence]


def _stands(piece: str) -> bool:
    """Whether a piece says what it asks about, or refers to something by a pronoun."""
    return has_subject(piece) or _refers(piece)


def _refers(part: str) -> bool:
    return len(part.split()) > 2 and with_subject(part, "x") != part


def _bare(part: str) -> str:
    """The part without what only joined it to the one before."""
    return re.sub(
        r"^\W*(?:(?:and|also|then|but|so|finally)\b[\s,]*)+", "", part, flags=re.IGNORECASE
    )


def _told(part: str, subject: str) -> str:
    """A later part as it reads by itself."""
    named = with_subject(part, subject)
    if named != part:
        return named
    return f"{part} ({subject})" if depends_on_history(part) and not has_subject(part) else part
