"""The plan of study that the built-in tutor makes: the course's path from where a learner is."""

from typing import Final

from content.languages import SpokenLanguage
from services.tutoring.learner_model import LearnerModel

MOST_STEPS: Final = 6
_EMPTY: Final[dict[SpokenLanguage, str]] = {
    "en": "This course has no concepts yet, so I cannot plan a path. Its material covers:"
    " {topics}. Begin with the first.",
    "hi": "इस पाठ्यक्रम में अभी अवधारणाएँ नहीं हैं। इसकी सामग्री में है: {topics}। पहले से शुरू कीजिए।",
}
_DONE: Final[dict[SpokenLanguage, str]] = {
    "en": "You know every concept of this course, as far as your answers tell. Keep it fresh with"
    " the cards that are due.",
    "hi": "आपके उत्तरों के अनुसार आप इस पाठ्यक्रम की सभी अवधारणाएँ जानते हैं। कार्ड दोहराते रहिए।",
}
_INTRODUCTION: Final[dict[SpokenLanguage, str]] = {
    "en": "Your next steps, by what your answers tell and by what needs what:",
    "hi": "आपके उत्तरों के आधार पर अगले चरण:",
}
_STEP: Final[dict[SpokenLanguage, str]] = {
    "en": "{place}. **{name}** ({percent} likely known){before}. Ask me to explain it, then choose"
    " “Quiz me”.",
    "hi": "{place}. **{name}** ({percent} संभावना कि आप जानते हैं){before}। पहले समझिए, फिर “मुझसे पूछो”।",
}
_BEFORE: Final[dict[SpokenLanguage, str]] = {"en": "; first: {names}", "hi": "; पहले: {names}"}
_CARDS: Final[dict[SpokenLanguage, str]] = {
    "en": "{count} cards are due: review them first, a few minutes a day.",
    "hi": "{count} कार्ड दोहराने हैं: पहले उन्हें देखिए, रोज़ कुछ मिनट।",
}
_BEGIN: Final[dict[SpokenLanguage, str]] = {
    "en": "Begin now with **{name}**. What you are believed to know may be wrong; correct it under"
    " “Progress”.",
    "hi": "अभी **{name}** से शुरू कीजिए। यदि अनुमान ग़लत है, तो उसे “प्रगति” में सुधारिए।",
}


def study_plan(
    model: LearnerModel, due_cards: int, topics: tuple[str, ...], language: SpokenLanguage
) -> str:
    """At most six steps, those with nothing in the way first."""
    if not model.concepts:
        return _EMPTY[language].format(topics=", ".join(topics) or "—")
    if not model.order:
        return _DONE[language]
    names = {concept.key: concept.name for concept in model.concepts}
    steps = []
    for place, key in enumerate(model.order[:MOST_STEPS], start=1):
        weak = model.weak_before.get(key, ())
        before = _BEFORE[language].format(names=", ".join(weak)) if weak else ""
        percent = f"{model.known_of(names[key]):.0%}"
        steps.append(
            _STEP[language].format(place=place, name=names[key], percent=percent, before=before)
        )
    cards = [_CARDS[language].format(count=due_cards)] if due_cards else []
    begin = _BEGIN[language].format(name=names[model.order[0]])
    return "\n\n".join([*cards, _INTRODUCTION[language], "\n".join(steps), begin])
