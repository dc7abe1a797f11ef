"""Mastery in words that a learner understands."""

from enum import StrEnum
from typing import Final

from content.languages import SpokenLanguage
from pedagogy.mastery.concepts import WEAK_BELOW
from pedagogy.mastery.knowledge_tracing import Mastery

FEW_ANSWERS: Final = 3
"""With fewer answers a belief is mostly what is believed of anybody."""


class Level(StrEnum):
    """How far a learner is with a concept."""

    UNSEEN = "unseen"
    LEARNING = "learning"
    NEARLY = "nearly"
    MASTERED = "mastered"


_BELIEVED: Final[dict[Level, dict[SpokenLanguage, str]]] = {
    Level.UNSEEN: {
        "en": "You have not answered a question about this yet.",
        "hi": "आपने अभी इसके बारे में किसी प्रश्न का उत्तर नहीं दिया है।",
    },
    Level.LEARNING: {
        "en": "You are still learning this ({percent} likely known).",
        "hi": "आप इसे अभी सीख रहे हैं ({percent} संभावना कि आप जानते हैं)।",
    },
    Level.NEARLY: {
        "en": "You probably know this ({percent} likely); a few more answers will tell.",
        "hi": "आप शायद इसे जानते हैं ({percent} संभावना); कुछ और उत्तरों से पता चलेगा।",
    },
    Level.MASTERED: {
        "en": "You know this ({percent} likely).",
        "hi": "आप इसे जानते हैं ({percent} संभावना)।",
    },
}
_CLAIMED: Final[dict[SpokenLanguage, str]] = {
    "en": "You said so yourself ({percent}); answers will show.",
    "hi": "यह आपने स्वयं कहा है ({percent}); उत्तरों से पता चलेगा।",
}
_RESTS_ON: Final[dict[SpokenLanguage, str]] = {
    "en": "This rests on {answers}{doubt}.",
    "hi": "यह {answers} पर आधारित है{doubt}।",
}
_ONE_ANSWER: Final[dict[SpokenLanguage, str]] = {"en": "1 answer", "hi": "1 उत्तर"}
_ANSWERS: Final[dict[SpokenLanguage, str]] = {"en": "{count} answers", "hi": "{count} उत्तरों"}
_TOO_FEW: Final[dict[SpokenLanguage, str]] = {
    "en": ", too few to be sure",
    "hi": ", जो पक्का कहने के लिए कम हैं",
}


def level_of(mastery: Mastery, *, is_claimed: bool = False) -> Level:
    """The level that a belief stands for."""
    if mastery.answer_count == 0 and not is_claimed:
        return Level.UNSEEN
    if mastery.is_mastered:
        return Level.MASTERED
    return Level.LEARNING if mastery.probability < WEAK_BELOW else Level.NEARLY


def explanation(
    mastery: Mastery, language: SpokenLanguage = "en", *, is_claimed: bool = False
) -> str:
    """What is believed, what that rests on, and how sure it is, in a sentence or two."""
    percent = f"{mastery.probability:.0%}"
    if is_claimed and mastery.answer_count == 0:
        return _CLAIMED[language].format(percent=percent)
    level = level_of(mastery, is_claimed=is_claimed)
    said = _BELIEVED[level][language].format(percent=percent)
    if level is Level.UNSEEN:
        return said
    count = mastery.answer_count
    rests_on = (_ONE_ANSWER if count == 1 else _ANSWERS)[language].format(count=count)
    doubt = _TOO_FEW[language] if count < FEW_ANSWERS else ""
    return f"{said} {_RESTS_ON[language].format(answers=rests_on, doubt=doubt)}"
