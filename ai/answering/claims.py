"""Which sentences of an answer state something that a source must bear out."""

import re

from ai.answering.citation_markers import MARKER
from ai.answering.own_wording import is_own_wording

_QUESTION = re.compile(r"[?？][\"'”’)*_]*\s*$")
_ABOUT_THE_TALK = re.compile(
    r"^\W*(?:let me|let's|let us|here (?:is|are)|i (?:can|will|could|hope|do not|don't|cannot)"
    r"|(?:good|great) question|feel free|in short:|for example:|hello|hi\b|you are welcome"
    r"|(?:the )?(?:sources|course|material|passages) (?:do|does) (?:not|n't)"
    r"|नमस्ते|आइए|पाठ्यक्रम की सामग्री में)",
    re.IGNORECASE,
)


def is_claim(sentence: str) -> bool:
    """Whether a sentence states something about the subject, as far as its form tells.

    Not a question, nor what speaks about the conversation or says that the course is silent, nor
    what the tutor says in its own words.
    """
    said = MARKER.sub("", sentence).strip()
    if _QUESTION.search(said) or _ABOUT_THE_TALK.search(said):
        return False
    return not is_own_wording(said)
