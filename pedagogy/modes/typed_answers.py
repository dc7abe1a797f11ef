"""Questions as a chat poses them, and answers as learners type them there."""

import re
from collections.abc import Sequence
from typing import Final

from content.answers import (
    AnyAnswer,
    ChoiceAnswer,
    GapsAnswer,
    MatchesAnswer,
    OrderAnswer,
    WrittenAnswer,
)
from content.languages import SpokenLanguage
from content.questions import (
    AnyQuestion,
    Choice,
    Cloze,
    Expression,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    SingleChoice,
)
from pedagogy.grading.folding import fold

LONGEST_VALUE: Final = 120
"""A number or formula with more around it is talk, not an answer."""
LONGEST_ANSWER: Final = 5_000
_LEAD: Final = re.compile(
    r"^\s*(?:(?:so|ok|okay|well|then|hence|thus)[,:]?\s+)?"
    r"(?:(?:i (?:think|guess|say|would say|got|get|choose|pick|found)|my answer(?: is)?|"
    r"the answer is|answer|it(?:'s| is)|that(?:'s| is)|would it be|is it|मेरा उत्तर)"
    r"(?: it(?:'s| is)| that)?\s*[:=]?\s*)+",
    re.IGNORECASE,
)
_PLACES: Final = re.compile(
    r"(?:option |choice |number |no\.? )?\(?([a-l]|\d{1,2})\)?", re.IGNORECASE
)
_LEFT_SIDE: Final = re.compile(r"^\$?\s*[^\W\d]\w*\s*=\s*")
_BETWEEN: Final = re.compile(r"\s*(?:,|;|\band\b|&|\n|->|→|>)\s*|\s+")
_PAIR: Final = re.compile(r"([a-l])\s*[-:=→>)]+\s*(\d{1,2})", re.IGNORECASE)
_ONE_LETTER: Final[dict[SpokenLanguage, str]] = {
    "en": "Answer with a letter.",
    "hi": "एक अक्षर से उत्तर दीजिए, जैसे “A”।",
}
_LETTERS: Final[dict[SpokenLanguage, str]] = {
    "en": "Answer with all letters that are right, such as “A, C”.",
    "hi": "सभी सही अक्षरों से उत्तर दीजिए, जैसे “A, C”।",
}
_NUMBER_WITH_UNIT: Final[dict[SpokenLanguage, str]] = {
    "en": "Answer with a number and its unit.",
    "hi": "संख्या और उसके मात्रक से उत्तर दीजिए।",
}
_LETTERS_IN_ORDER: Final[dict[SpokenLanguage, str]] = {
    "en": "Answer with the letters in the right order, such as “B, A, C”.",
    "hi": "अक्षरों को सही क्रम में लिखकर उत्तर दीजिए, जैसे “B, A, C”।",
}
_PAIRS: Final[dict[SpokenLanguage, str]] = {
    "en": "Answer with pairs, such as “A-2, B-1”.",
    "hi": "जोड़ों से उत्तर दीजिए, जैसे “A-2, B-1”।",
}
_GAPS: Final[dict[SpokenLanguage, str]] = {
    "en": "Answer with what stands in the gaps, in their order, a semicolon between them.",
    "hi": "रिक्त स्थानों में जो आता है उसे क्रम से लिखिए, बीच में अर्धविराम (;) लगाकर।",
}


def posed(question: AnyQuestion) -> str:
    """The question as Markdown, with what an answer may name by letters and numbers."""
    match question:
        case SingleChoice() | MultipleChoice():
            return _listed(question.stem, [choice.text for choice in question.choices])
        case Cloze():
            stem = question.stem
            for gap in question.gaps:
                stem = stem.replace("{{" + gap.id + "}}", "\\_\\_\\_\\_")
            return stem
        case Ordering():
            return _listed(question.stem, _shown_items(question))
        case Matching():
            lefts = _listed(question.stem, [pair.left for pair in question.pairs])
            rights = [f"{place}. {right}" for place, right in enumerate(_rights(question), 1)]
            return "\n".join([lefts, "", *rights])
        case _:
            return question.stem


def how_to_answer(question: AnyQuestion, language: SpokenLanguage) -> str:
    """What the tutor says about the form of an answer; empty where nothing need be said."""
    match question:
        case SingleChoice():
            return _ONE_LETTER[language]
        case MultipleChoice():
            return _LETTERS[language]
        case Numeric(unit=unit) if unit:
            return _NUMBER_WITH_UNIT[language]
        case Ordering():
            return _LETTERS_IN_ORDER[language]
        case Matching():
            return _PAIRS[language]
        case Cloze(gaps=gaps) if len(gaps) > 1:
            return _GAPS[language]
        case _:
            return ""


def answer_in(question: AnyQuestion, message: str) -> AnyAnswer | None:
    """What a message answers to a question; None where it reads as talk and not as an answer."""
    if message.rstrip().endswith("?") or len(message) > LONGEST_ANSWER:
        return None
    said = _LEAD.sub("", message).strip()
    match question:
        case SingleChoice() | MultipleChoice():
            return _chosen(question.choices, said, is_one=isinstance(question, SingleChoice))
        case Numeric():
            is_value = len(said) <= LONGEST_VALUE and any(map(str.isnumeric, said))
            return WrittenAnswer(text=said) if is_value else None
        case Expression():
            formula = _LEFT_SIDE.sub("", said)
            return WrittenAnswer(text=formula) if 0 < len(formula) <= LONGEST_VALUE else None
        case Cloze():
            return _gaps(question, said)
        case Ordering():
            return _order(question, said)
        case Matching():
            return _pairs(question, said)
        case _:
            return WrittenAnswer(text=said) if said else None


def _listed(stem: str, texts: Sequence[str]) -> str:
    lines = [f"- **{chr(ord('A') + place)}** {text}" for place, text in enumerate(texts)]
    return "\n".join([stem, "", *lines])


def _chosen(choices: Sequence[Choice], said: str, *, is_one: bool) -> ChoiceAnswer | None:
    by_text = {fold(choice.text): choice.id for choice in choices}
    if fold(said) in by_text:
        return ChoiceAnswer(chosen=(by_text[fold(said)],))
    places = _named_places(said, len(choices))
    if not places or (is_one and len(places) > 1):
        return None
    return ChoiceAnswer(chosen=tuple(choices[place].id for place in places))


def _named_places(said: str, count: int) -> list[int]:
    """Places that a list of letters or numbers names, each once; none beside anything else."""
    places: list[int] = []
    pieces = [piece for piece in _BETWEEN.split(said.strip(" .!")) if piece]
    for piece in pieces:
        found = _PLACES.fullmatch(piece)
        if found is None:
            if piece.casefold() in {"option", "choice", "number", "or"}:
                continue
            return []
        name = found[1].casefold()
        place = int(name) - 1 if name.isdigit() else ord(name) - ord("a")
        if not 0 <= place < count or place in places:
            return []
        places.append(place)
    return places


def _gaps(question: Cloze, said: str) -> GapsAnswer | None:
    gaps = question.gaps
    parts = [said] if len(gaps) == 1 else [part.strip() for part in re.split(r"[;\n]", said)]
    if len(parts) != len(gaps) or not all(0 < len(part) <= LONGEST_VALUE for part in parts):
        return None
    return GapsAnswer(gaps={gap.id: part for gap, part in zip(gaps, parts, strict=True)})


def _order(question: Ordering, said: str) -> OrderAnswer | None:
    shown = _shown_items(question)
    places = _named_places(said, len(shown))
    if len(places) != len(shown):
        return None
    return OrderAnswer(items=tuple(shown[place] for place in places))


def _pairs(question: Matching, said: str) -> MatchesAnswer | None:
    rights = _rights(question)
    matches = {}
    for letter, number in _PAIR.findall(said):
        left, right = ord(letter.casefold()) - ord("a"), int(number) - 1
        if left < len(question.pairs) and 0 <= right < len(rights):
            matches[question.pairs[left].left] = rights[right]
    return MatchesAnswer(matches=matches) if matches else None


def _shown_items(question: Ordering) -> list[str]:
    """The items in an order that says nothing of the right one, always the same."""
    return sorted(question.items, key=fold)


def _rights(question: Matching) -> list[str]:
    return sorted({pair.right for pair in question.pairs} | set(question.distractors), key=fold)
