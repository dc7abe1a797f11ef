"""What stands on certificates, in the languages that they can be in."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "heading": "Certificate",
        "before": "This certifies that",
        "after": "has completed the course",
        "check": "Whether it is valid:",
        "lessons": "{percent} of the lessons read",
        "quizzes": "{percent} of the points in the quizzes",
        "concepts": "{percent} of the concepts mastered",
    },
    "hi": {
        "heading": "प्रमाणपत्र",
        "before": "प्रमाणित किया जाता है कि",
        "after": "ने यह पाठ्यक्रम पूरा किया है",
        "check": "वैधता यहाँ जाँचें:",
        "lessons": "{percent} पाठ पढ़े",
        "quizzes": "प्रश्नोत्तरी में {percent} अंक",
        "concepts": "{percent} अवधारणाओं में निपुण",
    },
}


FIELDS = {"lessons": "lessons_share", "quizzes": "quiz_mark", "concepts": "mastered_share"}


def words_of(language: str) -> Mapping[str, str]:
    """The words in a course's language; English where there are none."""
    return WORDS.get(language.split("-")[0], WORDS["en"])


def facts_of(reached: Mapping[str, float | None], language: str) -> tuple[str, ...]:
    """What was reached when it was given, a phrase each."""
    words = words_of(language)
    found = {name: reached.get(field) for name, field in FIELDS.items()}
    return tuple(
        words[name].format(percent=f"{share:.0%}") for name, share in found.items() if share
    )
