"""A lesson and a study guide by a chat model: outline, sections at once, then the whole."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from ai.embedding.embedder import Embedder
from ai.validation.errors import OutputInvalidError
from ai.writing.brief import Brief, Length, SourcePassage
from ai.writing.chat_shapes import (
    CitedText,
    ExplainedTerm,
    KeyIdea,
    LessonOutline,
    OutlinedSection,
    SolvedProblem,
    WrittenFormula,
    WrittenGuide,
    WrittenSection,
)
from ai.writing.cited_passages import CitedPassages
from ai.writing.model_text import line, lines, markdown
from ai.writing.own_words import own_words
from ai.writing.packing import fitting
from ai.writing.parts import PartWriter, audience
from content.base import SourceSpan
from content.lessons import (
    Exercise,
    GlossaryEntry,
    Lesson,
    Objective,
    Section,
    StudyGuide,
    WorkedExample,
)

OUTLINE_PROMPT: Final = "writer.lesson_outline"
SECTION_PROMPT: Final = "writer.lesson_section"
GUIDE_PROMPT: Final = "writer.study_guide"
MINUTES: Final[MappingProxyType[Length, int]] = MappingProxyType(
    {"short": 10, "medium": 25, "long": 50}
)
_MOST_SECTIONS: Final = MappingProxyType({"short": 4, "medium": 8, "long": 16})
_MOST_OBJECTIVES: Final = 10


async def write_lesson(
    parts: PartWriter,
    embedder: Embedder | None,
    brief: Brief,
    passages: Sequence[SourcePassage],
    title: str,
) -> Lesson:
    """A lesson after an outline that says which passages each section rests on.

    Raises:
        OutputInvalidError: A part is broken, or no section has a sentence that is borne out.
        ChatModelError: The chat model failed.
    """
    shown = fitting(passages, 2 * parts.limits.source_tokens)
    await parts.reached("outline", 0.0)
    outline = await parts.part(
        OUTLINE_PROMPT,
        LessonOutline,
        topic=brief.topic or title,
        goals=[],
        minutes=MINUTES[brief.length],
        sources=CitedPassages(shown).sources,
        **audience(brief),
    )
    sections = outline.sections[: _MOST_SECTIONS[brief.length]]
    given = shared_out(sections, shown, parts.limits.source_tokens)
    cited = [CitedPassages(each, embedder) for each in given]
    written = await parts.parts(
        SECTION_PROMPT,
        WrittenSection,
        [
            {
                "topic": brief.topic or title,
                "section_title": line(section.title) or title,
                "goals": lines([section.goal, *(p.text for p in section.key_points)], 8),
                "sources": own.sources,
                **audience(brief),
            }
            for section, own in zip(sections, cited, strict=True)
        ],
        stage="sections",
        shares=(0.15, 0.95),
    )
    assembly = _Assembly(lines(outline.goals, _MOST_OBJECTIVES))
    for section, output, own in zip(sections, written, cited, strict=True):
        await assembly.add(section, output, own)
    if not assembly.sections:
        raise OutputInvalidError(parts.model, ["sections: no statement is borne out by a source"])
    return assembly.lesson(line(outline.title) or title, brief.language)


def shared_out(
    sections: Sequence[OutlinedSection], passages: Sequence[SourcePassage], most_tokens: int
) -> list[list[SourcePassage]]:
    """For each section the passages it rests on.

    With them come those below the same headings that no section names, so that more of the
    material has its place. A section that names none is given what no other was.
    """
    named = [
        {n - 1 for p in section.key_points for n in p.sources if 1 <= n <= len(passages)}
        for section in sections
    ]
    taken = set[int]().union(*named)
    left = [n for n in range(len(passages)) if n not in taken]
    shared: list[list[SourcePassage]] = []
    for numbers in named:
        headings = {(passages[n].document_id, passages[n].heading) for n in numbers}
        near = {n for n in left if (passages[n].document_id, passages[n].heading) in headings}
        own = sorted(numbers | near) if numbers else (left or list(range(len(passages))))
        shared.append(fitting([passages[n] for n in own], most_tokens))
    return shared


class _Assembly:
    """A lesson that grows section by section."""

    def __init__(self, goals: Sequence[str]) -> None:
        self._objectives = [Objective(id=f"goal-{n}", text=g) for n, g in enumerate(goals, 1)]
        self.sections: list[Section] = []
        self._examples: list[WorkedExample] = []
        self._exercises: list[Exercise] = []
        self._glossary: dict[str, GlossaryEntry] = {}
        self._summary: list[str] = []

    async def add(
        self, outlined: OutlinedSection, written: WrittenSection, cited: CitedPassages
    ) -> None:
        """Adds a section with what belongs to it, but for what no passage bears out."""
        numbers = [n for point in outlined.key_points for n in point.sources]
        body = await cited.checked(written.markdown)
        if not body.text or not body.spans:
            return
        goal = line(outlined.goal)
        self.sections.append(
            Section(
                id=f"section-{len(self.sections) + 1}",
                heading=line(outlined.title) or f"{len(self.sections) + 1}",
                body=body.text,
                objectives=tuple(o.id for o in self._objectives if o.text == goal),
                sources=body.spans,
            )
        )
        summary = await cited.checked(written.summary, numbers)
        if summary.text:
            self._summary.append(f"- {' '.join(summary.text.split())}")
        await self._add_problems(written, cited)
        for entry in await glossary_entries(written.terms, cited):
            self._glossary.setdefault(entry.term.casefold(), entry)

    async def _add_problems(self, written: WrittenSection, cited: CitedPassages) -> None:
        for example in written.examples[:2]:
            steps = [step for each in example.steps[:20] if (step := markdown(each))]
            answer = markdown(example.answer) or (steps[-1] if steps else "")
            spans = await problem_spans(example, cited)
            if steps and answer and markdown(example.problem):
                self._examples.append(
                    WorkedExample(
                        id=f"example-{len(self._examples) + 1}",
                        problem=markdown(example.problem),
                        steps=tuple(steps),
                        answer=answer,
                        sources=spans,
                    )
                )
        for exercise in written.exercises[:3]:
            solution = markdown(exercise.solution or exercise.answer)
            spans = await problem_spans(exercise, cited)
            if solution and spans and markdown(exercise.problem):
                self._exercises.append(
                    Exercise(
                        id=f"exercise-{len(self._exercises) + 1}",
                        problem=markdown(exercise.problem),
                        solution=solution,
                        sources=spans,
                    )
                )

    def lesson(self, title: str, language: str) -> Lesson:
        """The whole."""
        return Lesson(
            title=title,
            language=language,
            objectives=tuple(self._objectives),
            sections=tuple(self.sections),
            examples=tuple(self._examples[:20]),
            exercises=tuple(self._exercises[:40]),
            glossary=tuple(sorted(self._glossary.values(), key=lambda e: e.term.casefold())[:100]),
            summary="\n".join(self._summary)[:10_000],
        )


async def write_study_guide(
    parts: PartWriter,
    embedder: Embedder | None,
    brief: Brief,
    passages: Sequence[SourcePassage],
    title: str,
) -> StudyGuide:
    """A study guide in one part, without what no passage bears out.

    Raises:
        OutputInvalidError: The part is broken, or nothing of it is borne out.
        ChatModelError: The chat model failed.
    """
    cited = CitedPassages(fitting(passages, 2 * parts.limits.source_tokens), embedder)
    await parts.reached("writing", 0.0)
    written = await parts.part(
        GUIDE_PROMPT,
        WrittenGuide,
        topic=brief.topic or title,
        goals=[],
        sources=cited.sources,
        **audience(brief),
    )
    words = own_words(brief.language)
    ideas = [
        (words.overview, [written.overview]),
        *(
            (i.title, [CitedText(text=i.text[:3_000], sources=i.sources)])
            for i in written.key_ideas
        ),
        (words.formula, [_formula_text(formula) for formula in written.formulas]),
        (words.pitfalls, written.pitfalls),
    ]
    sections: list[Section] = []
    for heading, texts in ideas:
        section = await _guide_section(f"topic-{len(sections) + 1}", heading, texts, cited)
        if section is not None:
            sections.append(section)
    if not sections:
        raise OutputInvalidError(parts.model, ["key_ideas: none is borne out by a source"])
    questions: list[Exercise] = []
    for asked in written.questions:
        span = await cited.span_of(asked.answer, asked.sources)
        if span is not None and markdown(asked.question) and markdown(asked.answer):
            questions.append(
                Exercise(
                    id=f"ask-{len(questions) + 1}",
                    problem=markdown(asked.question),
                    solution=markdown(asked.answer),
                    sources=(span,),
                )
            )
    entries = await glossary_entries(written.terms, cited)
    return StudyGuide(
        title=title,
        language=brief.language,
        sections=tuple(sections[:40]),
        glossary=tuple(entries[:100]),
        questions=tuple(questions[:60]),
    )


async def _guide_section(
    name: str, heading: str, texts: Sequence[CitedText], cited: CitedPassages
) -> Section | None:
    kept: list[str] = []
    spans: list[SourceSpan] = []
    for each in texts:
        checked = await cited.checked(each.text, each.sources)
        if checked.text and checked.spans:
            kept.append(checked.text)
            spans += checked.spans
    if not kept:
        return None
    body = kept[0] if len(kept) == 1 else "\n".join(f"- {text}" for text in kept)
    unique = {(s.chunk_id, s.char_start): s for s in spans}
    sources = tuple(unique.values())[:50]
    return Section(id=name, heading=line(heading) or name, body=body, sources=sources)


def _cited_idea(idea: KeyIdea) -> CitedText:
    return CitedText(text=idea.text[:3_000], sources=idea.sources)


def _formula_text(formula: WrittenFormula) -> CitedText:
    latex = formula.latex.strip().strip("$").strip()
    text = f"${latex}$: {formula.symbols} {formula.applies_when}".strip()
    return CitedText(text=text[:3_000], sources=formula.sources)


async def glossary_entries(
    terms: Sequence[ExplainedTerm], cited: CitedPassages
) -> list[GlossaryEntry]:
    """Terms whose definitions a passage bears out, each once."""
    entries: dict[str, GlossaryEntry] = {}
    for each in terms:
        term, definition = line(each.term, 120), markdown(each.definition, 2_000)
        if not term or not definition:
            continue
        span = await cited.span_of(f"{term}: {definition}", each.sources)
        if span is not None:
            entries.setdefault(
                term.casefold(),
                GlossaryEntry(term=term, definition=definition, sources=(span,)),
            )
    return list(entries.values())


async def problem_spans(problem: SolvedProblem, cited: CitedPassages) -> tuple[SourceSpan, ...]:
    """What bears out the solution of a problem, as far as it cites."""
    said = " ".join([*problem.steps, problem.answer or problem.solution])
    span = await cited.span_of(said, problem.sources)
    return () if span is None else (span,)
