"""What a learner does with a message, told by its words, in English and Hindi."""

import re
from typing import Final

from pedagogy.grading.folding import fold
from pedagogy.modes.states import LearnerMove

MOST_WORDS: Final = 12
"""A longer message says more than that somebody wants a hint."""
_ASKED_BEFORE: Final = (
    r"(?:please|kindly|ok|okay|so|and|now|just|can|could|may|will|would|i|you|we|want|need|like|"
    r"have|get|give|show|tell|let|see|me|us|to|a|an|the|one|another|more|next|some|any|first|"
    r"second|third|मुझे|एक|और|कृपया|दूसरा|अगला|अगली)"
)
_HINT: Final = re.compile(
    rf"(?:{_ASKED_BEFORE} )*(?:hints?|clues?|tips?|nudge|संकेत)(?: please| दो| दीजिए| चाहिए| बताओ)?"
    r"|(?:i am |i'm |im )?(?:stuck|lost)(?: here)?"
    r"|(?:please )?help(?: me)?(?: please)?"
    r"|(?:i )?(?:do not|don't|dont) know(?: (?:how|what|where).*)?"
    r"|(?:i have )?no idea"
    r"|मदद(?: करो| करें| कीजिए)?|मुझे नहीं (?:पता|आता)"
)
_SOLUTION: Final = re.compile(
    rf"(?:{_ASKED_BEFORE} )*(?:full |whole |right |correct |final |worked )*"
    r"(?:solution|answer|result)"
    r"(?: please| now| to (?:this|it|the (?:question|problem)))?"
    r"|what(?:'s| is) (?:the )?(?:right |correct |final )*(?:solution|answer|result)"
    r"|(?:please )?(?:just )?(?:solve|answer) (?:it|this|that)(?: for me)?(?: please)?"
    r"|(?:please )?just tell me(?: please)?"
    r"|i give up|(?:मुझे )?(?:उत्तर|हल|जवाब) (?:बताओ|बताइए|दो|दीजिए|दिखाओ)|मैं हार गया"
)
_NEXT: Final = re.compile(
    r"(?:please )?(?:(?:give|ask|show) me )?(?:an?other|the next|next|a new|new)"
    r"(?: (?:question|problem|one))?(?: please)?"
    r"|skip(?: (?:it|this|this one))?|(?:अगला|दूसरा) (?:प्रश्न|सवाल)"
)
_WAYS: Final = (
    (_SOLUTION, LearnerMove.ASK_SOLUTION),
    (_NEXT, LearnerMove.TAKE_PROBLEM),
    (_HINT, LearnerMove.ASK_HINT),
)


def move_in(message: str) -> LearnerMove | None:
    """What a message asks the tutor to do; None where it says something about the matter."""
    said = fold(message).replace("?", "").replace(",", "")
    if not said or len(said.split()) > MOST_WORDS:
        return None
    return next((move for pattern, move in _WAYS if pattern.fullmatch(said)), None)
