"""What readers are told of sentences that the sources do not bear out, in English and Hindi."""

from typing import Final

from content.languages import SpokenLanguage

_ONE_OF_LOW_SUPPORT: Final[dict[SpokenLanguage, str]] = {
    "en": "A sentence is not borne out by the sources; check before you rely on it.",
    "hi": "एक वाक्य की पुष्टि स्रोतों से नहीं होती; भरोसा करने से पहले जाँच लीजिए।",
}
_LOW_SUPPORT: Final[dict[SpokenLanguage, str]] = {
    "en": "{count} sentences are not borne out by the sources; check before you rely on it.",
    "hi": "{count} वाक्यों की पुष्टि स्रोतों से नहीं होती; भरोसा करने से पहले जाँच लीजिए।",
}
_ONE_WITHHELD: Final[dict[SpokenLanguage, str]] = {
    "en": "A sentence was left out, as the sources do not bear out what was said.",
    "hi": "एक वाक्य छोड़ दिया गया, क्योंकि स्रोतों से उसकी पुष्टि नहीं होती।",
}
_WITHHELD: Final[dict[SpokenLanguage, str]] = {
    "en": "{count} sentences were left out, as the sources do not bear out what was said.",
    "hi": "{count} वाक्य छोड़ दिए गए, क्योंकि स्रोतों से उनकी पुष्टि नहीं होती।",
}


def low_support_words(count: int, language: SpokenLanguage) -> str:
    """Says that sentences of an answer have low support."""
    return (_ONE_OF_LOW_SUPPORT if count == 1 else _LOW_SUPPORT)[language].format(count=count)


def withheld_words(count: int, language: SpokenLanguage) -> str:
    """Says that sentences were left out of an answer."""
    return (_ONE_WITHHELD if count == 1 else _WITHHELD)[language].format(count=count)
