"""What the tutor says in fixed words about an open problem, in English and Hindi."""

from typing import Final

from content.languages import SpokenLanguage
from pedagogy.modes.policy import ModePolicy
from pedagogy.modes.states import RUNGS, ProblemState

STOCK_HINTS: Final[dict[SpokenLanguage, tuple[str, ...]]] = {
    "en": (
        "I will not give this away yet. Which idea of the material does the question ask about?",
        "Look again at the sources above: which definition or law fits what you are given?",
        "Write down what is given and what is asked, and carry out the first step yourself.",
        "Say your plan in your own words, step by step, and send your answer when you have it.",
    ),
    "hi": (
        "यह मैं अभी नहीं बताऊँगा। प्रश्न सामग्री के किस विचार के बारे में है?",
        "ऊपर के स्रोत फिर से देखिए: जो दिया गया है, उस पर कौन-सी परिभाषा या नियम लागू होता है?",
        "लिखिए कि क्या दिया गया है और क्या पूछा गया है, और पहला चरण स्वयं कीजिए।",
        "अपनी योजना अपने शब्दों में, चरण-दर-चरण, कहिए; उत्तर मिल जाए तो भेजिए।",
    ),
}
"""What stands in place of a reply of which nothing may be sent, by the level of the hint."""
_RUNG: Final[dict[SpokenLanguage, str]] = {
    "en": "Hint {level} of {rungs}",
    "hi": "संकेत {level}, कुल {rungs}",
}
_NEVER_SHOWN: Final[dict[SpokenLanguage, str]] = {
    "en": "Solutions are not shown in this course; ask for hints, or send an answer.",
    "hi": "इस पाठ्यक्रम में हल नहीं दिखाए जाते; संकेत माँगिए या अपना उत्तर भेजिए।",
}
_WAITS_FOR: Final[dict[SpokenLanguage, str]] = {
    "en": "The solution waits for {things}.",
    "hi": "हल के लिए अभी चाहिए: {things}।",
}
_ONE_HINT: Final[dict[SpokenLanguage, str]] = {"en": "1 more hint", "hi": "1 और संकेत"}
_HINTS: Final[dict[SpokenLanguage, str]] = {"en": "{count} more hints", "hi": "{count} और संकेत"}
_ONE_ANSWER: Final[dict[SpokenLanguage, str]] = {
    "en": "1 answer of your own",
    "hi": "आपका 1 उत्तर",
}
_ANSWERS: Final[dict[SpokenLanguage, str]] = {
    "en": "{count} answers of your own",
    "hi": "आपके {count} उत्तर",
}
_AND: Final[dict[SpokenLanguage, str]] = {"en": " and ", "hi": " और "}


def stock_hint(level: int, language: SpokenLanguage) -> str:
    """The fixed hint of a rung; the nearest one for a rung that there is not."""
    hints = STOCK_HINTS[language]
    return hints[min(max(level, 1), len(hints)) - 1]


def rung_words(level: int, language: SpokenLanguage) -> str:
    """Says how far up the ladder a hint stands."""
    return _RUNG[language].format(level=level, rungs=RUNGS)


def missing_for_solution(
    problem: ProblemState, policy: ModePolicy, language: SpokenLanguage
) -> str:
    """What a solution still waits for; empty where it may be shown."""
    if problem.may_be_shown(policy):
        return ""
    if not policy.shows_solutions:
        return _NEVER_SHOWN[language]
    hints = max(0, policy.hints_before_solution - problem.hints)
    answers = max(0, policy.attempts_before_solution - problem.attempts)
    things = []
    if hints:
        things.append((_ONE_HINT if hints == 1 else _HINTS)[language].format(count=hints))
    if answers:
        things.append((_ONE_ANSWER if answers == 1 else _ANSWERS)[language].format(count=answers))
    return _WAITS_FOR[language].format(things=_AND[language].join(things))
