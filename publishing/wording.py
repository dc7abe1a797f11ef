"""The few words that files add to content, in its language: headings and labels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Headings and labels."""

    objectives: str
    examples: str
    problem: str
    step: str
    answer: str
    exercises: str
    questions: str
    solution: str
    solutions: str
    glossary: str
    summary: str
    source: str
    sources: str
    continued: str
    check: str
    right: str
    wrong: str
    score: str
    choose: str
    finished: str


ENGLISH = Words(
    objectives="Objectives",
    examples="Worked examples",
    problem="Problem",
    step="Step",
    answer="Answer",
    exercises="Exercises",
    questions="Questions to ask yourself",
    solution="Solution",
    solutions="Solutions",
    glossary="Glossary",
    summary="Summary",
    source="Source",
    sources="Sources",
    continued="continued",
    check="Check my answers",
    right="Right",
    wrong="Not right",
    score="Your score",
    choose="Choose",
    finished="I have read this",
)
HINDI = Words(
    objectives="उद्देश्य",
    examples="हल किए गए उदाहरण",
    problem="प्रश्न",
    step="चरण",
    answer="उत्तर",
    exercises="अभ्यास",
    questions="स्वयं से पूछने के प्रश्न",
    solution="हल",
    solutions="हल",
    glossary="शब्दावली",
    summary="सारांश",
    source="स्रोत",
    sources="स्रोत",
    continued="जारी",
    check="मेरे उत्तर जाँचें",
    right="सही",
    wrong="सही नहीं",
    score="आपके अंक",
    choose="चुनें",
    finished="मैंने यह पढ़ लिया",
)


def words_for(language: str) -> Words:
    """The words of a language; English where there are none."""
    return HINDI if language in ("hi", "hin") else ENGLISH
