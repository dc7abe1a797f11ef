"""What headings say: the topics of the material, and what below them is no explanation."""

import re
from typing import Final

_NUMBER = re.compile(
    r"^(?:(?:chapter|section|part|unit|lesson|module|lecture|अध्याय|पाठ|खंड)\s+)?"
    r"(?:\d+(?:\.\d+)*|[IVX]+(?=[.:)])|[०-९]+)\s*[.:)—–-]?\s+|^(?:chapter|अध्याय)\s*:\s*",
    re.IGNORECASE,
)
_OBJECTIVES = re.compile(
    r"\b(?:learning (?:objectives|outcomes|goals)|objectives|what you will learn)\b"
    r"|उद्देश्य|आप क्या सीखेंगे",
    re.IGNORECASE,
)
GLOSSARY_NAMES: Final = (
    "glossary", "key terms", "vocabulary", "definitions", "शब्दावली", "परिभाषा"
)  # fmt: skip
_GLOSSARY = re.compile("|".join(rf"(?<!\w){name}(?!\w)" for name in GLOSSARY_NAMES), re.IGNORECASE)
_SUMMARY = re.compile(
    r"\b(?:summary|what to remember|key (?:points|ideas|takeaways|concepts|equations)|recap"
    r"|takeaways|in (?:brief|short))\b|याद रखने|सारांश|सार\b|मुख्य बातें",
    re.IGNORECASE,
)
_TASKS = re.compile(
    r"\b(?:exercises?|problems?(?![- ]solving)(?: (?:and|&) exercises)?|questions|test prep"
    r"|check your (?:understanding|learning)|homework|quiz|try it|practice|self[- ](?:check|test)"
    r"|lab|labs|challenge)\b|अभ्यास|प्रश्न|स्वयं कीजिए|हल कीजिए",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"^(?:references?|bibliography|further reading|acknowledge?ments?|contents|index|licen[cs]e"
    r"|copyright|credits?|about(?: the author)?|footnotes?|sources|preface|संदर्भ|आभार"
    r"|introduction|परिचय|प्रस्तावना)$",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(r"^(?:(?:an )?introduction to )(?:the )?", re.IGNORECASE)
_QUESTION = re.compile(r"[?？]\s*$")


def clean_heading(heading: str) -> str:
    """A heading without its number and marks, and what it introduces instead of that it does."""
    text = " ".join(heading.strip(" #*_").split())
    numberless = _NUMBER.sub("", text).strip(" :")
    name = _INTRODUCTION.sub("", numberless)
    is_shorter = bool(name) and name != numberless
    return name[:1].upper() + name[1:] if is_shorter else numberless or text


def is_about_objectives(heading: str) -> bool:
    """Whether what stands below says what is to be learnt."""
    return bool(_OBJECTIVES.search(heading))


def is_glossary(heading: str) -> bool:
    """Whether terms are explained below."""
    return bool(_GLOSSARY.search(heading))


def is_summary(heading: str) -> bool:
    """Whether the matter is summed up below."""
    return bool(_SUMMARY.search(heading))


def asks_for_work(heading: str) -> bool:
    """Whether tasks for the learner stand below."""
    return bool(_TASKS.search(heading)) and not _QUESTION.search(heading)


def is_question(heading: str) -> bool:
    """Whether the heading asks something that the text below answers."""
    return bool(_QUESTION.search(heading))


def is_topic(heading: str) -> bool:
    """Whether the heading names a part of the subject and not a part of the book."""
    return not (
        is_about_objectives(heading)
        or is_glossary(heading)
        or is_summary(heading)
        or asks_for_work(heading)
        or _FURNITURE.match(clean_heading(heading))
    )
