"""Problems that the material solves, found by how textbooks set them out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ai.answering.prose import as_said, is_formula
from ai.writing.brief import SourcePassage
from ai.writing.headings import asks_for_work
from ai.writing.source_lines import SourceLine, paragraphs
from content.base import SourceSpan

_EXAMPLE = re.compile(
    r"^\W*(?:(?:worked |solved )?example\s*[\d.]+\s*[:.]|worked example\b"
    r"|(?:हल किया हुआ )?उदाहरण\s*[\d.०-९]+\s*[:.])",
    re.IGNORECASE,
)
_SOLUTION = re.compile(r"^\W*(?:solution|answer|हल|उत्तर)\W*$", re.IGNORECASE)
_STRATEGY = re.compile(r"^\W*(?:strategy|approach|given|रणनीति)\W*$", re.IGNORECASE)
_LABEL = re.compile(
    r"^\W*(?:solution|answer|strategy|discussion|hint|check your understanding|हल|उत्तर)\W*$",
    re.IGNORECASE,
)
_LABEL_HEADING = re.compile(
    r"^\W*(?P<label>solution|answer|strategy|approach|given|discussion|हल|उत्तर|रणनीति)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]\W*$|\b(?:find|calculate|compute|determine|what|how (?:much|many|far|long|fast))\b"
    r"|निकालिए|ज्ञात",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?।:$|)]\W*$")
_COUNTS = re.compile(r"\d")
_OUT_OF_SIGHT = re.compile(
    r"\b(?:in|see|of|from) (?:is|are|at|was|coast|moves?|shows?)\b"
    r"|\b(?:in|see|from|by|of|example|figure|fig\.|table) ?[.,:;?)]|\b(?:example|figure|table)\s*\d"
    r"|\b(?:shown|above|below|previous)\b|\bthe (?:figure|diagram|graph|picture)\b",
    re.IGNORECASE,
)
_ONLY_A_LETTER = re.compile(r"^\W*[a-e]\W*$", re.IGNORECASE)
_MOST_PARAGRAPHS = 12
_LONGEST_TITLE_WORDS = 14


@dataclass(frozen=True, slots=True, eq=False)
class WorkedProblem:
    """A problem with its solution, both in the words of the material.

    Attributes:
        problem: Paragraphs of lines.
        solution: Likewise, never empty.
        is_example: Whether it explains; else it is an exercise.
    """

    problem: tuple[tuple[SourceLine, ...], ...]
    solution: tuple[tuple[SourceLine, ...], ...]
    is_example: bool

    @property
    def problem_text(self) -> str:
        """The problem, in Markdown."""
        return said_paragraphs(self.problem)

    @property
    def steps(self) -> tuple[str, ...]:
        """The solution in steps, a sentence with its formulas each."""
        steps: list[str] = []
        for line in (line for block in self.solution for line in block):
            said = as_said(line.text, keeps_bullet=False)
            if steps and (is_formula(said) or not _ENDS.search(steps[-1])):
                steps[-1] += f"\n\n{said}" if is_formula(said) else f" {said}"
            elif steps and steps[-1].endswith(":"):
                steps[-1] += f" {said}"
            else:
                steps.append(said)
        return tuple(steps)

    def spans(self, passages: Sequence[SourcePassage]) -> tuple[SourceSpan, ...]:
        """Where it stands, a span for each passage."""
        return spans_of(
            [line for block in (*self.problem, *self.solution) for line in block], passages
        )


@dataclass(frozen=True, slots=True, eq=False)
class FoundProblems:
    """The worked problems, and every line that belongs to one, whole or not."""

    problems: tuple[WorkedProblem, ...]
    places: frozenset[tuple[int, int]]


def find_problems(
    lines: Sequence[SourceLine],
    passages: Sequence[SourcePassage],
    aside: frozenset[tuple[int, int]],
) -> FoundProblems:
    """Finds the worked examples and solved exercises.

    Args:
        lines: Of all passages.
        passages: The material.
        aside: Places of lines that tell of pictures; left out of problems.
    """
    problems: list[WorkedProblem] = []
    places: set[tuple[int, int]] = set()
    for (_, heading), group in groupby(lines, key=lambda line: _section_of(passages[line.passage])):
        below = list(group)
        blocks = _blocks(below, passages, len(heading))
        is_task = any(asks_for_work(each) for each in heading)
        section = _Section(blocks, aside, is_task=is_task)
        problems += section.problems()
        places |= section.places
        if any(len(passages[line.passage].heading) > len(heading) for line in below):
            places.update(line.place for line in below)
    return FoundProblems(tuple(problems), frozenset(places))


def _section_of(passage: SourcePassage) -> tuple[object, tuple[str, ...]]:
    """The document and the headings of a passage, without those that are a part of an example."""
    heading = passage.heading
    while heading and _LABEL_HEADING.match(heading[-1]):
        heading = heading[:-1]
    return passage.document_id, heading


def _blocks(
    lines: Sequence[SourceLine], passages: Sequence[SourcePassage], depth: int
) -> list[list[SourceLine]]:
    """The paragraphs below a heading; what is a heading "Solution" stands as a line of its own."""
    blocks: list[list[SourceLine]] = []
    for label, part in groupby(lines, key=lambda line: passages[line.passage].heading[depth:][:1]):
        below = list(part)
        if label:
            blocks.append([SourceLine(below[0].passage, -1, _label(label[0]), -1)])
        blocks += paragraphs(below)
    return blocks


def _label(heading: str) -> str:
    """How an example labels its parts; "Solution for (b)" continues one and solves none."""
    found = _LABEL_HEADING.match(heading)
    return "Discussion" if found is None or found["rest"].strip(" :") else found["label"]


def said_paragraphs(blocks: Sequence[Sequence[SourceLine]]) -> str:
    """Paragraphs of lines as Markdown."""
    return "\n\n".join(_said_block(block) for block in blocks)


def spans_of(
    lines: Sequence[SourceLine], passages: Sequence[SourcePassage]
) -> tuple[SourceSpan, ...]:
    """The spans that lines take up, one for each passage."""
    spans: list[SourceSpan] = []
    for number, group in groupby(sorted(lines, key=lambda line: line.place), lambda x: x.passage):
        indexes = [line.index for line in group]
        bounds = passages[number].sentence_bounds
        spans.append(passages[number].span(bounds[indexes[0]][0], bounds[indexes[-1]][1]))
    return tuple(spans)


def _said_block(block: Sequence[SourceLine]) -> str:
    text = ""
    for line in block:
        said = as_said(line.text, keeps_bullet=False)
        text += ("\n\n" if is_formula(said) else " ") + said
        text += "\n\n" if is_formula(said) else ""
    return text.strip().replace("\n\n\n\n", "\n\n").replace("\n\n ", "\n\n")


class _Section:
    """The paragraphs below one heading."""

    def __init__(
        self,
        blocks: list[list[SourceLine]],
        aside: frozenset[tuple[int, int]],
        *,
        is_task: bool,
    ) -> None:
        self._blocks = blocks
        self._aside = aside
        self._is_task = is_task
        self.places: set[tuple[int, int]] = set()

    def problems(self) -> list[WorkedProblem]:
        found: list[WorkedProblem] = []
        for number, block in enumerate(self._blocks):
            problem = None
            if _EXAMPLE.match(block[0].text):
                problem = self._announced(number)
            elif _SOLUTION.match(block[0].text):
                problem = self._before_solution(number)
            if problem is not None:
                found.append(problem)
        return found

    def _announced(self, number: int) -> WorkedProblem | None:
        """A problem below "Worked example 1.2: a title."; the solution follows its question."""
        block = self._blocks[number]
        asked = [place for place, line in enumerate(block) if _ASKS.search(line.text)]
        self._note([block])
        solution = []
        if asked and block[asked[-1] + 1 :]:
            solution.append(block[asked[-1] + 1 :])
        for following in self._blocks[number + 1 : number + 1 + _MOST_PARAGRAPHS]:
            is_over = _EXAMPLE.match(following[0].text) or _LABEL.match(following[0].text)
            if is_over or not any(_COUNTS.search(line.text) for line in following):
                break
            solution.append(following)
        self._note(solution)
        if not asked or asked[-1] == 0:
            return None
        return self._made([block[1 : asked[-1] + 1]], solution, is_example=True)

    def _before_solution(self, number: int) -> WorkedProblem | None:
        """A problem above a line that says "Solution"."""
        start = number
        strategy = next(
            (
                n
                for n in range(number - 1, max(-1, number - 5), -1)
                if _STRATEGY.match(self._blocks[n][0].text)
            ),
            None,
        )
        end = number if strategy is None else strategy
        problem: list[list[SourceLine]] = []
        for start in range(end - 1, max(-1, end - 5), -1):
            block = self._blocks[start]
            if _LABEL.match(block[0].text) or self._is_title(start):
                break
            problem.insert(0, block)
            if self._is_task and any(_ASKS.search(line.text) for line in block):
                break
        solution = self._solution_after(number)
        self._note([*self._blocks[max(0, start) : number + 1], *solution])
        self._note(self._discussion_after(number + 1 + len(solution)))
        return self._made(problem, solution, is_example=not self._is_task)

    def _solution_after(self, number: int) -> list[list[SourceLine]]:
        most = 1 if self._is_task else _MOST_PARAGRAPHS
        solution: list[list[SourceLine]] = []
        for place in range(number + 1, min(number + 1 + most, len(self._blocks))):
            block = self._blocks[place]
            if _LABEL.match(block[0].text) or (solution and self._is_title(place)):
                break
            solution.append(block)
        return solution

    def _discussion_after(self, number: int) -> list[list[SourceLine]]:
        """What follows until the next title: it is about the example still."""
        last = min(number + 6, len(self._blocks))
        if self._is_task or number >= last or not _LABEL.match(self._blocks[number][0].text):
            return []
        title = next((n for n in range(number + 1, last) if self._is_title(n)), last)
        return self._blocks[number:title]

    def _is_title(self, place: int) -> bool:
        """Whether a paragraph is a heading by its form: short, no full stop, no formula next."""
        block = self._blocks[place]
        following = self._blocks[place + 1] if place + 1 < len(self._blocks) else None
        if len(block) != 1 or (following is not None and is_formula(following[0].text)):
            return False
        text = block[0].text
        is_short = len(text.split()) <= _LONGEST_TITLE_WORDS
        return is_short and not _ENDS.search(text) and text[:1].isupper()

    def _made(
        self,
        problem: Sequence[Sequence[SourceLine]],
        solution: Sequence[Sequence[SourceLine]],
        *,
        is_example: bool,
    ) -> WorkedProblem | None:
        asked, solved = self._seen(problem), self._seen(solution)
        text = said_paragraphs(asked) + "\n" + said_paragraphs(solved)
        if not asked or not solved or _OUT_OF_SIGHT.search(text):
            return None
        if not any(_ASKS.search(line.text) for block in asked for line in block):
            return None
        answer = said_paragraphs(solved)
        if _ONLY_A_LETTER.match(answer) or len(text) > 6_000:
            return None
        return WorkedProblem(asked, solved, is_example)

    def _seen(self, blocks: Sequence[Sequence[SourceLine]]) -> tuple[tuple[SourceLine, ...], ...]:
        kept = (tuple(line for line in block if line.place not in self._aside) for block in blocks)
        return tuple(block for block in kept if block)

    def _note(self, blocks: Sequence[Sequence[SourceLine]]) -> None:
        self.places.update(line.place for block in blocks for line in block)
