"""What the grounded model says in its own words, in English and Hindi."""

import re
from collections.abc import Sequence
from typing import Literal

from ai.answering.language import Language

SmallTalk = Literal["empty", "greeting", "thanks"]

_SMALL_TALK: tuple[tuple[SmallTalk, re.Pattern[str]], ...] = (
    ("empty", re.compile(r"[\W_]*")),
    (
        "greeting",
        re.compile(
            r"\W*(?:hi|hello|hey|hiya|namaste|good (?:morning|afternoon|evening)|नमस्ते|नमस्कार|हैलो)"
            r"(?: (?:there|tutor|everyone|all))?\W*",
            re.IGNORECASE,
        ),
    ),
    (
        "thanks",
        re.compile(
            r"\W*(?:thanks|thank you|thx|dhanyavaad|धन्यवाद|शुक्रिया)(?: (?:so|very) much| a lot)?\W*",
            re.IGNORECASE,
        ),
    ),
)
_REPLIES: dict[Language, dict[SmallTalk, str]] = {
    "en": {
        "empty": "Please ask a question about this course.",
        "greeting": "Hello! Ask me about this course and I will answer from its material.",
        "thanks": "You are welcome. Ask again whenever something in this course is unclear.",
    },
    "hi": {
        "empty": "कृपया इस पाठ्यक्रम के बारे में कोई प्रश्न पूछिए।",
        "greeting": "नमस्ते! इस पाठ्यक्रम के बारे में प्रश्न पूछिए, मैं इसकी सामग्री से उत्तर दूँगा।",
        "thanks": "आपका स्वागत है। इस पाठ्यक्रम में कुछ अस्पष्ट हो तो फिर पूछिए।",
    },
}
_NOT_COVERED: dict[Language, str] = {
    "en": "I could not find an answer to this in the course material.",
    "hi": "पाठ्यक्रम की सामग्री में मुझे इसका उत्तर नहीं मिला।",
}
_NEAREST: dict[Language, str] = {
    "en": "The nearest topics it covers: {topics}.",
    "hi": "इसके सबसे निकट के विषय: {topics}।",
}


def small_talk_reply(message: str, language: Language) -> str | None:
    """Gives a reply to a greeting, thanks or an empty message; None for a question."""
    for kind, pattern in _SMALL_TALK:
        if pattern.fullmatch(message):
            return _REPLIES[language][kind]
    return None


def not_covered(topics: Sequence[str], language: Language) -> str:
    """Says that the material does not answer, and which topics come nearest."""
    if not topics:
        return _NOT_COVERED[language]
    listed = ", ".join(f"**{topic}**" for topic in topics)
    return f"{_NOT_COVERED[language]} {_NEAREST[language].format(topics=listed)}"
