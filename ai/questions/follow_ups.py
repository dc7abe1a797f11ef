"""Follow-up questions: which lean on what was said before, and how they read by themselves.

The rules know English and Hindi. What they write is for looking up, not for showing: it has the
words that the passages have.
"""

import re
from collections.abc import Sequence
from typing import Final

from ai.retrieval.stop_words import STOP_WORDS

SHORT_QUESTION_WORDS: Final = 3
LONG_QUESTION_WORDS: Final = 25
"""A question this long says what it is about, whatever pronouns it uses."""
LONGEST_SUBJECT_WORDS: Final = 8
LONGEST_POSSESSOR_WORDS: Final = 2

_PUNCTUATION: Final = "?!.,;:\"'()।“”‘’"
_REFERRING: Final = """
it its it's this that these those they them their theirs he him his she her hers one ones
same former latter above previous again else instead
यह ये वह वे इस उस इसका इसकी इसके उसका उसकी उसके इनका इनकी इनके उनका उनकी उनके इसे उसे
इन्हें उन्हें इसमें उसमें इससे उससे
"""
_CONTINUING_OPENINGS: Final = (
    "and ",
    "but ",
    "or ",
    "so ",
    "then ",
    "also ",
    "what about ",
    "how about ",
    "और ",
    "लेकिन ",
    "aur ",
)
_ASKING: Final = """
what what's why how who when where which whose explain describe define tell give list name
state briefly please example examples called term difference between understand know discuss
compare mean means meaning hi hello hey thanks thank okay ok show find calculate
क्या क्यों कैसे कौन कब कहाँ कहां किसे किसने कितना कितनी कितने अर्थ मतलब परिभाषा समझाइए
समझाओ बताइए बताओ बताएं उदाहरण अंतर कहते
kya kyon kyun kaise kaun kab kahan hai hain hota hoti hote ka ki ke ko se mein batao
bataiye samjhao samjhaiye aur
"""
_REFERRING_WORDS: Final = frozenset(_REFERRING.split())
_STOP_WORDS: Final = STOP_WORDS["en"] | STOP_WORDS["hi"] | frozenset(_ASKING.split())

_BEFORE_VERB: Final = (
    r"(?=\W*$|\s+(?:is|are|was|were|has|have|had|can|could|does|do|did|will|would|should|may|"
    r"might|must|mean|means|work|works|happen|happens|differ|differs|depend|depends|not|and|or|"
    r"from|in|on|at|with|by|for|to|called|measured|used|defined|different)\b)"
)
_POSSESSIVE: Final = re.compile(r"\b(?:its|their|his|her)\b(?=\s+\w)", re.IGNORECASE)
_PRONOUN: Final = re.compile(r"\b(?:it|they|them|he|him|she)\b", re.IGNORECASE)
_DEMONSTRATIVE: Final = re.compile(rf"\b(?:this|that|these|those)\b{_BEFORE_VERB}", re.IGNORECASE)
_OF_NOTHING: Final = re.compile(
    r"\b(?:is|was|does|would|make) it (?:true|possible|necessary|clear|right|correct|matter)\b",
    re.IGNORECASE,
)
_HINDI: Final = (
    (re.compile(r"(?<!\S)[इउ](?:स|न)(क[ाीे])(?!\S)"), r"{subject} \1"),
    (re.compile(r"(?<!\S)(?:इसे|उसे|इन्हें|उन्हें)(?!\S)"), "{subject} को"),
    (re.compile(r"(?<!\S)(?:इस|उस)(में|से)(?!\S)"), r"{subject} \1"),
    (re.compile(r"(?<!\S)(?:यह|ये|वह|वे)(?!\S)"), "{subject}"),
)
_NAMES_ITS_SUBJECT: Final = re.compile(
    r"^\W*(?:(?:what|who)(?:'s| is| are| was| were)\s|(?:define|explain|describe)\s)\S"
    r"|\S\s+(?:क्या|कौन)\s+(?:है|हैं|था|थे|थी)\W*$"
)


def depends_on_history(question: str) -> bool:
    """Whether the question, as a follow-up, cannot be looked up by its own words.

    The rule: at most three words, unless they ask what something named is ("What is power?"); or
    it opens like a continuation ("and", "what about"); or, within 25 words, it uses a word that
    refers back ("it", "those", "again").
    """
    folded = question.casefold().strip()
    words = _words(folded)
    if folded.startswith(_CONTINUING_OPENINGS):
        return True
    if len(words) <= LONG_QUESTION_WORDS and not _REFERRING_WORDS.isdisjoint(words):
        return True
    names_its_subject = _NAMES_ITS_SUBJECT.search(folded) and _says_something(folded)
    return len(words) <= SHORT_QUESTION_WORDS and not names_its_subject


def standalone_question(question: str, earlier: Sequence[str]) -> str:
    """The question as it reads without the ones before it, by rule.

    Where it refers back by a pronoun, that gives way to the subject of what it follows: "How is
    it measured?" after "What is power?" is "How is power measured?". Where it only goes on ("And
    on the moon?"), the question before stands in front of it.

    Args:
        question: the follow-up.
        earlier: the learner's questions before it, oldest first.
    """
    if not earlier or not depends_on_history(question):
        return question
    subject = subject_of_conversation(earlier)
    if subject and (told := with_subject(question, subject)) != question:
        return told
    if _says_something(question) or not depends_on_history(earlier[-1]):
        return f"{earlier[-1]} {question}"
    return f"{standalone_question(earlier[-1], earlier[:-1])} {question}"


def subject_of_conversation(earlier: Sequence[str]) -> str:
    """What the latest question that stands by itself is about; empty where none tells."""
    for question in reversed(earlier):
        if not depends_on_history(question) or len(_words(question)) <= SHORT_QUESTION_WORDS:
            subject = subject_of(question)
            if subject:
                return subject
    return ""


def subject_of(question: str) -> str:
    """The words of a question that say what it is about, in their order; empty if it has too many.

    "What is the SI unit of work?" gives "SI unit of work".
    """
    words = question.split()
    telling = [place for place, word in enumerate(words) if not _is_stop_word(word)]
    if not telling:
        return ""
    subject = words[telling[0] : telling[-1] + 1]
    if len(subject) > LONGEST_SUBJECT_WORDS:
        return ""
    return " ".join(subject).strip(_PUNCTUATION)


def with_subject(question: str, subject: str) -> str:
    """The question with its first pronoun replaced by what it stands for; as it was without one."""
    for pattern, written in _HINDI:
        if pattern.search(question):
            return pattern.sub(written.replace("{subject}", _literal(subject)), question, count=1)
    if _OF_NOTHING.search(question):
        return question
    if _POSSESSIVE.search(question):
        if len(subject.split()) > LONGEST_POSSESSOR_WORDS:
            return f"{_POSSESSIVE.sub('the', question, count=1)} ({subject})"
        return _POSSESSIVE.sub(f"{_literal(subject)}'s", question, count=1)
    for pattern in (_PRONOUN, _DEMONSTRATIVE):
        if pattern.search(question):
            return pattern.sub(_literal(subject), question, count=1)
    return question


def has_subject(question: str) -> bool:
    """Whether any of its words says what it is about."""
    return any(not _is_stop_word(word) for word in question.split())


def _says_something(question: str) -> bool:
    return has_subject(question) and len(_words(question)) > 1


def _is_stop_word(word: str) -> bool:
    bare = word.strip(_PUNCTUATION).casefold().replace("’", "'")
    return not bare or bare in _STOP_WORDS


def _words(question: str) -> list[str]:
    return [word.strip(_PUNCTUATION) for word in question.casefold().split()]


def _literal(text: str) -> str:
    """The text as a replacement that stands for itself."""
    return text.replace("\\", r"\\")
