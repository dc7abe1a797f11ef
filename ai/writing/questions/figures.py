"""Questions with a number for an answer, and steps to be brought into order."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from ai.answering.prose import as_said
from ai.caching.guard_words import UNIT_SYMBOLS, UNIT_WORDS
from ai.writing.headings import asks_for_work
from ai.writing.material import KeyStatement
from ai.writing.questions.workshop import Candidate, Workshop, of_statement
from ai.writing.source_lines import SourceLine
from ai.writing.worked_problems import WorkedProblem, spans_of
from content.questions import Numeric, Ordering

_GAP: Final = "____"
_UNIT: Final = (
    r"(?:[kMGmcµμn]?(?:m|s|g|N|J|W|Hz|Pa|V|A|K|C|F|L|l|h|eV|mol|cal)(?:[²³]|\^\{?\d\}?)?"
    r"(?:[/·.* ](?:k?m|k?g|s|h|N|rad)(?:[²³]|\^\{?\d\}?)?)*(?![^\W\d_])|[°%](?:C\b|F\b)?"
    r"|[^\W\d_]+)"
)
_QUANTITY: Final = re.compile(
    rf"(?<![\w.,^/=×−–-])(?P<number>\d{{1,3}}(?:[ ,]\d{{3}})+|\d+(?:\.\d+)?)(?P<gap>[ -]?)"
    rf"(?P<unit>{_UNIT})"
)
# What a reckoning comes to: "$1200 \times 2.5 = 3000$ N" or "$$v = \text{14 m/s}$$", at the end.
_RESULT: Final = re.compile(
    rf"(?:=|≈)\s*(?:\\text\{{)?(?P<number>\d+(?:\.\d+)?)(?:\s|\\ |\\,|~|\$|\\text\{{|\}})*"
    rf"(?P<unit>{_UNIT})\}}?[\s.$]*$"
)
_FORMULA: Final = re.compile(r"\$[^$]*\$")
_MOST_NUMBERS: Final = 3
# Before a number that belongs to the subject; in a story it follows "at", "by" or "with".
_TELLS: Final = re.compile(
    r"\b(?:is|are|equals?|equal to|means|about|every|gives?|contains?|has|have|to|of|launch at"
    r"|takes?|lasts?|measures?|there are|exactly|nearly)\s+(?:only |about |exactly |just )?$"
    r"|(?:लगभग|केवल|मान|औसत|आवर्तकाल)\s+$",
    re.IGNORECASE,
)
# What holds two quantities tells a story, unless it relates them.
_LAW: Final = re.compile(r"\b(?:equals?|equal to|is equivalent|same as|there are)\b|बराबर", re.I)
_YEARS: Final = range(1500, 2101)
_EXACT_PROBLEM: Final = 0.02
_AND: Final = re.compile(r"\band\b|,|और", re.IGNORECASE)
_FIND: Final = re.compile(r"(?:find|calculate|compute|determine)\b", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"^(?:step\s+)?\(?(?P<n>\d{1,2})[.):]\s+", re.IGNORECASE)
_PROCEDURE: Final = re.compile(
    r"\b(?:steps?|procedure|how to|method|strateg(?:y|ies)|experiment|algorithm|recipe|process"
    r"|instructions|order|follow)\b|प्रयोग|विधि|चरण|तरीका",
    re.IGNORECASE,
)
_FEWEST_STEPS: Final = 3
_MOST_STEPS: Final = 8


def find_the_number(workshop: Workshop) -> Iterator[Candidate]:
    """Numbers of solved problems, then those of sentences, to be found."""
    for problem in workshop.material.problems:
        candidate = _of_problem(workshop, problem)
        if candidate is not None:
            yield candidate
    for statement in workshop.sentences:
        candidate = _of_sentence(workshop, statement)
        if candidate is not None:
            yield candidate


def _of_sentence(workshop: Workshop, statement: KeyStatement) -> Candidate | None:
    text = _FORMULA.sub(lambda found: "x" * len(found[0]), statement.text)
    found = [each for each in _QUANTITY.finditer(text) if _is_unit(each["unit"])]
    numbers = re.findall(r"\d+(?:[.,]\d+)*", text)
    if not found or len(numbers) > _MOST_NUMBERS:
        return None
    if len(found) > 1 and not _LAW.search(text):
        return None
    found = [each for each in found if _TELLS.search(text[: each.start()])]
    if not found:
        return None
    asked = found[-1]
    value = _value(asked["number"])
    is_repeated = numbers.count(asked["number"]) > 1
    if value is None or is_repeated or (not asked["unit"] and int(value) in _YEARS):
        return None
    start, end = asked.span("number")
    sentence = statement.text[:start] + _GAP + statement.text[end:]
    decimals = len(asked["number"].partition(".")[2])
    return Candidate(
        Numeric(
            id="q",
            stem=workshop.words.fill_number.format(sentence=sentence),
            value=value,
            tolerance=0.5 / 10**decimals if decimals else 0.0,
            explanation=workshop.words.material_says.format(sentence=statement.text),
            difficulty="intermediate",
            sources=(statement.span,),
        ),
        frozenset({of_statement(statement)}),
    )


def _of_problem(workshop: Workshop, problem: WorkedProblem) -> Candidate | None:
    """A solved problem that asks for one thing, and whose solution ends with one quantity."""
    text = problem.problem_text
    question = re.split(r"(?<=[.!?])\s", text.rstrip())[-1]
    asks_once = text.count("?") <= 1 and (question.endswith("?") or _FIND.match(question))
    if not asks_once or _AND.search(question) or len(text) > 900:
        return None
    found = _answer(problem.steps[-1])
    value = None if found is None else _value(found["number"])
    if found is None or value is None:
        return None
    answer_in = workshop.words.answer_in.format(unit=found["unit"])
    places = [line.place for block in problem.problem for line in block]
    return Candidate(
        Numeric(
            id="q",
            stem=f"{text} {answer_in}",
            value=value,
            tolerance=_EXACT_PROBLEM,
            is_relative=True,
            explanation="\n\n".join(problem.steps)[:10_000],
            points=2.0,
            difficulty="advanced",
            sources=problem.spans(workshop.material.passages),
        ),
        frozenset({f"problem {places[0]}"}),
    )


def _answer(step: str) -> re.Match[str] | None:
    """The one quantity of a last step: the only one in words, else what its formula comes to."""
    said = _FORMULA.sub(" ", step)
    found = [each for each in _QUANTITY.finditer(said) if _is_unit(each["unit"])]
    if len(found) == 1 and len(re.findall(r"\d+(?:\.\d+)?", said)) == 1:
        return found[0]
    result = _RESULT.search(step)
    return result if not found and result is not None and _is_unit(result["unit"]) else None


def _is_unit(unit: str) -> bool:
    if unit.isalpha() and len(unit) > 3:
        return unit.lower() in UNIT_WORDS
    return unit in UNIT_SYMBOLS or unit.lower() in UNIT_WORDS or bool(re.search(r"[/²³·°%]", unit))


def _value(number: str) -> float | None:
    plain = number.replace(",", "").replace(" ", "")
    return float(plain) if plain.replace(".", "", 1).isdigit() else None


def order_the_steps(workshop: Workshop) -> Iterator[Candidate]:
    """The numbered steps of a procedure, to be brought into order."""
    material = workshop.material
    for number, group in groupby(material.lines, key=lambda line: line.passage):
        heading = material.passages[number].heading
        if any(asks_for_work(each) for each in heading):
            continue
        for steps, announcement in _numbered_runs(list(group)):
            if not _PROCEDURE.search(" ".join((*heading[-1:], announcement))):
                continue
            items = tuple(_step(line.text) for line in steps)
            if len(set(items)) != len(items) or not all(8 <= len(i) <= 300 for i in items):
                continue
            yield Candidate(
                Ordering(
                    id="q",
                    stem=workshop.words.order.format(topic=material.topic_of(number)),
                    items=items,
                    points=2.0,
                    difficulty="intermediate",
                    sources=spans_of(steps, material.passages),
                ),
                frozenset({f"steps {number}.{steps[0].index}"}),
            )


def _step(text: str) -> str:
    return _NUMBERED.sub("", as_said(text, keeps_bullet=True)).strip()


def _numbered_runs(lines: list[SourceLine]) -> Iterator[tuple[list[SourceLine], str]]:
    """Runs of items numbered 1, 2, 3 ... with the line before them."""
    run: list[SourceLine] = []
    announcement = ""
    for place, line in enumerate(lines):
        found = _NUMBERED.match(line.text)
        if found is None:
            continue
        if int(found["n"]) == len(run) + 1:
            if not run:
                announcement = lines[place - 1].text if place else ""
            run.append(line)
            continue
        if _FEWEST_STEPS <= len(run) <= _MOST_STEPS:
            yield run, announcement
        run = [line] if found["n"] == "1" else []
        announcement = lines[place - 1].text if place and run else ""
    if _FEWEST_STEPS <= len(run) <= _MOST_STEPS:
        yield run, announcement
