"""Whether an answer says anything, and whether it is a refusal; by stated rules."""

import re

from ai.answering.citation_markers import MARKER

_LETTER_OR_DIGIT = re.compile(r"\w")
_BEGUN_MARKER = re.compile(r"\[[^\]]*\Z")
_OPENING_CHARACTERS = 240
"""A refusal comes first. Later on, the same words are usually about the subject."""
_APOLOGY = r"(?:(?:i(?:'|’)?m|i am) (?:very |so |really )?sorry|sorry|i apologi[sz]e|my apologies)"
_CANNOT = (
    r"(?:(?:can(?:'|’)?t|cannot|can not|(?:am|'m|’m) (?:not able|unable) to|won(?:'|’)t|will not"
    r"|must decline to|have to decline to|(?:am|'m|’m) not (?:allowed|permitted|comfortable) to)"
)
_HELP = (
    r"(?:help|assist|comply|fulfil+|provide|answer|discuss|support|engage|do that|share|generate"
    r"|create|write|continue))"
)
_ENGLISH_REFUSAL = re.compile(
    rf"^\W*(?:{_APOLOGY}\W+(?:but )?)?(?:as an ai[^.]{{0,60}}, )?i\b ?{_CANNOT} {_HELP}\b"
    rf"|^\W*{_APOLOGY}\W+(?:but )?(?:this|that|your) (?:request|question) [^.]{{0,40}}"
    r"(?:violates|goes against|against|not allowed)"
    r"|^\W*(?:this|that|your) request (?:violates|goes against)",
    re.IGNORECASE,
)
_HINDI_REFUSAL = re.compile(
    r"^\W*(?:(?:क्षमा करें|माफ़ कीजिए|माफ कीजिए|माफ़ करें|खेद है|मुझे खेद है)[^।]{0,30}?)?"
    r"मैं [^।]{0,60}?(?:मदद|सहायता|उत्तर|जवाब|अनुरोध|जानकारी)[^।]{0,40}?"
    r"(?:नहीं कर सक|नहीं दे सक|असमर्थ|पूरा नहीं)"
)


def has_content(text: str) -> bool:
    """Whether anything is said: a letter or digit outside of citation markers, whole or begun."""
    return _LETTER_OR_DIGIT.search(_BEGUN_MARKER.sub("", MARKER.sub("", text))) is not None


def is_refusal(text: str) -> bool:
    """Whether a chat model declined to answer.

    The rule, in English and Hindi: the answer cites nothing, and opens (its first 240 characters)
    with someone who says of themselves that they cannot or will not help, answer, provide or the
    like, or that the request is against rules. Saying that the course does not hold an answer is
    no refusal, nor is a sentence of that form that cites a source.
    """
    if MARKER.search(text):
        return False
    opening = text[:_OPENING_CHARACTERS]
    return bool(_ENGLISH_REFUSAL.search(opening) or _HINDI_REFUSAL.search(opening))
