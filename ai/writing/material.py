"""The material as a writer needs it: what it says sentence by sentence, defines and solves."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ai.answering.prose import as_said, is_formula, without_heading
from ai.answering.statements import Statement, statements_of
from ai.chat.passage import Passage
from ai.retrieval.terms import terms_of
from ai.writing.brief import SourcePassage
from ai.writing.definitions import Definition, find_definitions
from ai.writing.headings import (
    asks_for_work,
    clean_heading,
    is_about_objectives,
    is_glossary,
    is_summary,
    is_topic,
)
from ai.writing.source_lines import SourceLine, source_lines, with_sentences
from ai.writing.standing_alone import lines_set_aside, stands_alone
from ai.writing.stories import story_terms, tells_story
from ai.writing.worked_problems import WorkedProblem, find_problems
from content.base import SourceSpan
from content.languages import language_by_script

_STRIPPED_OPENING = re.compile(
    r"^(?:in words: |in short: |note that |remember that |recall that |formally, |in general, "
    r"|it is important to note that |as a rule, |of course, |as expected, |याद रखें कि )",
    re.IGNORECASE,
)
# An emoji before a sentence, as in notebooks and blog posts.
_LEADING_SYMBOL = re.compile(r"^[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff\s]+")
_BLOCK_FORMULA = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class KeyStatement:
    """What the material says in one place and what can be read by itself.

    Attributes:
        passage: Its passage, by place in the material.
        first: Its first sentence in the passage.
        last: Its last one.
        text: As it is said.
        terms: Its lexical terms.
        direction: `(dimension,)` float32, L2-normalised; None where no vector is known.
        span: Where it stands.
        is_summary: Whether it stands where the material sums up.
        tells_story: Whether it names a thing of an example or a picture: "the package".
    """

    passage: int
    first: int
    last: int
    text: str
    terms: frozenset[str]
    direction: NDArray[np.float32] | None
    span: SourceSpan
    is_summary: bool
    tells_story: bool = False

    @property
    def order(self) -> tuple[int, int]:
        """Where it comes in the material."""
        return self.passage, self.first


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """All that a writer without a chat model knows.

    Attributes:
        passages: In the order of the course, sentences known.
        readable: The same as the rest of `ai` reads them, numbered from 1.
        lines: Their sentences.
        statements: Those that can stand by themselves, in order.
        definitions: One for each term, in order.
        problems: Worked examples and solved exercises.
        objectives: What the material says is to be learnt, with where it says so.
        language: `hi` or what was asked for, as the script of the material tells.
        frequencies: How often each lexical term occurs.
        background: What else the course says; None where all of it is the material.
    """

    passages: tuple[SourcePassage, ...]
    readable: tuple[Passage, ...]
    lines: tuple[SourceLine, ...]
    statements: tuple[KeyStatement, ...]
    definitions: tuple[Definition, ...]
    problems: tuple[WorkedProblem, ...]
    objectives: tuple[tuple[str, SourceSpan], ...]
    language: str
    frequencies: Counter[str]
    background: "Material | None" = None

    def topic_of(self, passage: int) -> str:
        """The innermost heading above a passage that names a part of the subject."""
        source = self.passages[passage]
        topics = [clean_heading(each) for each in source.heading if is_topic(each)]
        return topics[-1] if topics else clean_heading(source.document_title)

    def line_texts(self, statement: KeyStatement) -> list[str]:
        """The sentences of a statement, verbatim."""
        source = self.passages[statement.passage]
        bounds = source.sentence_bounds[statement.first : statement.last + 1]
        return [source.text[start:end] for start, end in bounds]


def read_material(passages: Sequence[SourcePassage], language: str) -> Material:
    """Reads the passages. Blocks for milliseconds per passage.

    Where some of them are in the language that is asked for, the others are left out.

    Args:
        passages: In the order of the course.
        language: ISO 639 code of what is to be written.
    """
    chosen = tuple(with_sentences(passage) for passage in _in_language(passages, language))
    lines = source_lines(chosen)
    aside = lines_set_aside(lines)
    found = find_problems(lines, chosen, aside)
    objectives = _objectives(lines, chosen)
    skipped = aside | found.places | _below_tasks(lines, chosen) | objectives.keys()
    readable = tuple(_readable(passage, number) for number, passage in enumerate(chosen, start=1))
    definitions = find_definitions(lines, chosen, _known_terms(chosen), skipped)
    statements = _statements(chosen, readable, skipped)
    props = story_terms(lines, chosen, aside | found.places, definitions)
    frequencies = Counter(term for passage in chosen for term in terms_of(passage.text))
    return Material(
        passages=chosen,
        readable=readable,
        lines=tuple(lines),
        statements=tuple(
            replace(each, tells_story=tells_story(each.text, props)) for each in statements
        ),
        definitions=tuple(definitions),
        problems=found.problems,
        objectives=tuple(objectives.values()),
        language=_language(chosen, language),
        frequencies=frequencies,
    )


def block_formula(text: str) -> str:
    """The first formula on lines of its own, without its signs; empty where there is none."""
    found = _BLOCK_FORMULA.search(text)
    return "" if found is None else " ".join(found[1].split()).strip(" ,;").removesuffix(".")


def _in_language(passages: Sequence[SourcePassage], language: str) -> Sequence[SourcePassage]:
    wants_hindi = language == "hi"
    fitting = [p for p in passages if (language_by_script(p.text) == "hi") == wants_hindi]
    return fitting or passages


def _language(passages: Sequence[SourcePassage], wanted: str) -> str:
    """What is written, which is what the material is in."""
    text = " ".join(passage.text[:400] for passage in passages[:40])
    if language_by_script(text) == "hi":
        return wanted if wanted in ("hi", "mr", "ne", "sa") else "hi"
    return "en" if wanted in ("hi", "mr", "ne", "sa") else wanted


def _readable(passage: SourcePassage, number: int) -> Passage:
    """As statements are taken from it: what stands below "Learning objectives" may explain too."""
    heading = tuple(each for each in passage.heading if not is_about_objectives(each))
    return Passage(
        number,
        passage.text,
        passage.document_title,
        heading,
        passage.sentence_bounds,
        passage.sentence_vectors,
        passage.score,
    )


def _known_terms(passages: Sequence[SourcePassage]) -> frozenset[str]:
    """Words of titles and headings, and those that are met again and again."""
    names = {(p.document_title, *p.heading) for p in passages}
    headings = frozenset(term for path in names for name in path for term in terms_of(name))
    counts = Counter(term for p in passages for term in set(terms_of(p.text)))
    return headings | {term for term, count in counts.items() if count >= 3}


def _below_tasks(
    lines: Sequence[SourceLine], passages: Sequence[SourcePassage]
) -> frozenset[tuple[int, int]]:
    return frozenset(
        line.place
        for line in lines
        if any(asks_for_work(each) for each in passages[line.passage].heading)
    )


def _statements(
    passages: Sequence[SourcePassage],
    readable: Sequence[Passage],
    skipped: frozenset[tuple[int, int]],
) -> list[KeyStatement]:
    found: dict[tuple[int, int, int], KeyStatement] = {}
    for number, (source, passage) in enumerate(zip(passages, readable, strict=True)):
        if source.kind in ("code", "table") or any(is_glossary(h) for h in source.heading):
            continue
        for statement in statements_of(passage):
            span = range(statement.first, statement.last + 1)
            if any((number, index) in skipped for index in span):
                continue
            made = _key_statement(source, number, statement)
            if made is not None:
                found.setdefault((number, statement.first, statement.last), made)
    return _without_repeats(list(found.values()))


def _without_repeats(statements: list[KeyStatement]) -> list[KeyStatement]:
    """Without those whose sentences stand in a longer statement of the same passage."""
    kept: list[KeyStatement] = []
    texts: set[str] = set()
    for each in statements:
        inside = any(
            other is not each
            and other.passage == each.passage
            and other.first <= each.first
            and each.last <= other.last
            and (other.first, other.last) != (each.first, each.last)
            for other in statements
        )
        if not inside and each.text not in texts:
            kept.append(each)
            texts.add(each.text)
    return kept


def _key_statement(source: SourcePassage, number: int, statement: Statement) -> KeyStatement | None:
    bounds = source.sentence_bounds
    texts = [source.text[start:end] for start, end in bounds[statement.first : statement.last + 1]]
    said = _said(texts)
    if not stands_alone(_checked(said), texts[0]):
        return None
    return KeyStatement(
        passage=number,
        first=statement.first,
        last=statement.last,
        text=said,
        terms=frozenset(terms_of(said)),
        direction=_direction(source, statement.core),
        span=source.span(bounds[statement.first][0], bounds[statement.last][1]),
        is_summary=any(is_summary(heading) for heading in source.heading),
    )


def _said(texts: Sequence[str]) -> str:
    """Sentences as a statement; formulas on lines of their own stay so."""
    said = ""
    for text in texts:
        piece = as_said(without_heading(text), keeps_bullet=False)
        separator = "\n\n" if is_formula(piece) or said.endswith("$$") else " "
        said = f"{said}{separator}{piece}" if said else piece
    stripped = _STRIPPED_OPENING.sub("", said)
    stripped = _LEADING_SYMBOL.sub("", stripped)
    return stripped[:1].upper() + stripped[1:] if stripped != said else said


def _checked(said: str) -> str:
    """The statement as its wholeness is judged: a formula in its place counts as its end."""
    return " ".join(_BLOCK_FORMULA.sub("$x$", said).split())


def _direction(source: SourcePassage, index: int) -> NDArray[np.float32] | None:
    vectors = source.sentence_vectors
    if vectors is None or index >= len(vectors):
        return None
    vector = vectors[index].astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector / length if length else None


_ABLE_TO = re.compile(r"\bable to\b|\bwill learn\b|\bobjectives\b|सीखेंगे|उद्देश्य", re.IGNORECASE)


def _objectives(
    lines: Sequence[SourceLine], passages: Sequence[SourcePassage]
) -> dict[tuple[int, int], tuple[str, SourceSpan]]:
    """Items of a list after "you will be able to:", by the places of their lines."""
    found: dict[tuple[int, int], tuple[str, SourceSpan]] = {}
    is_open = False
    for line in lines:
        source = passages[line.passage]
        is_item = line.text.lstrip()[:1] in "-*+•"
        if not is_item:
            is_open = bool(_ABLE_TO.search(line.text)) and line.text.rstrip().endswith(":")
        elif is_open:
            said = as_said(line.text, keeps_bullet=False)
            start, end = source.sentence_bounds[line.index]
            if 10 <= len(said) <= 300:
                text = said[:1].upper() + said[1:]
                found[line.place] = (text, source.span(start, end))
    return found
